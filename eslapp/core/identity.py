"""Whether two contacts are one person: deterministic proof merges, weaker evidence is a suggestion, conflict forbids.

Owns: ``judge``. Pure. Sources: the identity rules of the field (member ids decide; disagreement blocks; names and
devices never count). Not here: the rows and undoing (``eslapp.store.people``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MEMBER = "member"
# Addresses that many people share, or nobody has: never evidence.
WORTHLESS = frozenset({"", "0", "anonymous", "unknown", "restricted", "unavailable", "test", "info", "none", "null"})


class Verdict(StrEnum):
    """What to do with two contacts who share an address."""

    MERGE = "merge"
    SUGGEST = "suggest"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Known:
    """One address of a contact."""

    scope: str
    external_id: str
    is_verified: bool


def judge(ours: Iterable[Known], theirs: Iterable[Known], *, shared: Known, is_undone: bool) -> tuple[Verdict, str]:
    """The verdict and why. ``shared``: what both have, verified only where both sides proved it.

    >>> phone = Known("tel", "+8613800138000", True)
    >>> judge([phone], [phone], shared=phone, is_undone=False)[0].value
    'merge'
    >>> judge([Known("member", "7", True)], [Known("member", "8", True)], shared=phone, is_undone=False)[0].value
    'never'
    >>> judge([], [], shared=Known("tel", "+8613800138000", False), is_undone=False)[0].value
    'suggest'
    """
    if is_worthless(shared.scope, shared.external_id):
        return Verdict.NEVER, "an address that many share"
    mine = {one.external_id for one in ours if one.scope == MEMBER}
    other = {one.external_id for one in theirs if one.scope == MEMBER}
    if mine and other and mine.isdisjoint(other):
        return Verdict.NEVER, "different members"
    if is_undone:
        return Verdict.NEVER, "parted by hand before"
    if shared.is_verified:
        return Verdict.MERGE, f"the same proved {shared.scope}"
    return Verdict.SUGGEST, f"the same {shared.scope}, not proved"


def is_worthless(scope: str, external_id: str) -> bool:
    """Whether an address says nothing about who it is; only what people type: a site's member may be number 1000.

    >>> [is_worthless(*one) for one in (("tel", "+10000000000"), ("email", "test@example.com"), ("tel", "13800138000"))]
    [True, True, False]
    >>> is_worthless("member", "1000")
    False
    """
    if scope == MEMBER:
        return False
    plain = external_id.strip().lower()
    digits = plain.lstrip("+")
    is_filler = digits.isdigit() and len(digits) > 3 and len(set(digits[1:])) == 1
    return plain in WORTHLESS or plain.partition("@")[0] in WORTHLESS or is_filler
