"""The shape of ids where the outside asks for one. Not here: making them (``eslapp.ids``; injected)."""

from __future__ import annotations

from collections.abc import Callable

IdSource = Callable[[], str]
UUID_GROUPS = (8, 12, 16, 20, 32)


def leg_id(raw: str) -> str:
    """An id as FreeSWITCH writes a channel's: 32 hex digits are grouped as a UUID, anything else stays.

    >>> leg_id("0123456789abcdef0123456789abcdef"), leg_id("leg-1")
    ('01234567-89ab-cdef-0123-456789abcdef', 'leg-1')
    """
    if len(raw) != UUID_GROUPS[-1] or not all(digit in "0123456789abcdef" for digit in raw):
        return raw
    starts = (0, *UUID_GROUPS[:-1])
    return "-".join(raw[start:end] for start, end in zip(starts, UUID_GROUPS, strict=True))
