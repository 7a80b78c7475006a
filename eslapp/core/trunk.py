"""Which numbers outside may be called, and by which way: the one answer for callbacks, click-to-call and transfers.

Nothing is allowed unless the site says so: toll fraud lives on what is allowed by default. Not here: dialling
(``eslapp.services``), the form of ``site.yaml`` (``ivr.site``).

>>> rules = Trunk(way="gateway trunk", allow=("1[3-9]#########", "010*"))
>>> rules.refusal("13800138000"), rules.refusal("0101"), rules.refusal("00881234")
('', '', 'number-not-allowed')
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .phone_numbers import as_told, ungrouped

DIALLABLE = re.compile(r"\+?[0-9]{2,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trunk:
    """``allow``: patterns; ``#`` is any digit, ``[3-9]`` one of these, a last ``*`` any further digits."""

    way: str = ""  # "gateway NAME" or "server HOST:PORT"; "": no calls to the outside
    allow: tuple[str, ...] = ()
    caller_number: str = ""  # what the called see
    limit: int = 10  # calls to the outside at once
    ring_s: float = 25.0

    def refusal(self, number: str, *, live: int = 0) -> str:
        """Why this number is not called now, ``""`` if it may be."""
        if not self.way:
            return "no-way-outside"
        if not DIALLABLE.fullmatch(number):
            return "not-a-number"
        if not any(_matcher(pattern).fullmatch(number) for pattern in self.allow):
            return "number-not-allowed"
        return "too-many-calls" if live >= self.limit else ""


def as_dialled(trunk: Trunk, written: str, country: str) -> str:
    """The number as the trunk dials what people write, grouped or with their own country's code: as it stands where
    that is allowed, else as people at home dial it.

    >>> as_dialled(Trunk("gateway trunk", allow=("1[3-9]#########",)), "+86 138 0013 8000", "CN")
    '13800138000'
    """
    plain = ungrouped(written.strip())
    at_home = as_told(plain, country)
    return at_home if trunk.refusal(plain) and not trunk.refusal(at_home) else plain


@lru_cache(maxsize=512)
def _matcher(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\[[0-9-]+\]|#|\*)", pattern)
    return re.compile("".join(_piece(part) for part in parts), re.ASCII)


def _piece(part: str) -> str:
    if part == "#":
        return "[0-9]"
    if part == "*":
        return "[0-9]*"
    return part if part.startswith("[") else re.escape(part)


def trunk_of(settings: object) -> Trunk:
    """From ``site.yaml``'s ``trunk`` (any object shaped like it), or nothing allowed."""
    if settings is None:
        return Trunk()
    given = {name: getattr(settings, name) for name in Trunk.__slots__}
    return Trunk(**{**given, "allow": tuple(given["allow"])})
