"""Where phones are registered, as the switch tells it: one way to write an address, however it is told. Pure.

Not here: what follows from a registration (``reconciler``), what a phone is tested for (``phone_tests``).

>>> address_of("sofia/internal/sip:1001@10.0.0.5:5060;transport=udp;fs_nat=yes"), address_of("<sip:1001@10.0.0.5:5060>")
('1001@10.0.0.5:5060', '1001@10.0.0.5:5060')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_ADDRESS = re.compile(r"sips?:([^;>\s,\"]{1,200})", re.ASCII | re.IGNORECASE)


def address_of(text: str) -> str:
    """The address in a contact or a dial string, without its parameters; ``""`` where there is none."""
    found = _ADDRESS.search(text)
    return found[1] if found else ""


def phones_of(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """User -> the addresses of their phones, with a blank between where there are several."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.get("reg_user", ""), set()).add(address_of(row.get("url", "")))
    return {user: " ".join(sorted(addresses - {""})) for user, addresses in found.items()}
