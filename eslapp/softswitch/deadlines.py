"""FreeSWITCH's second-resolution timeouts: "2" ends when the epoch's second counter has advanced by two. Pure.

>>> seconds_until_epoch(2, 1_000_300_000)
1.7
"""

from __future__ import annotations


def seconds_until_epoch(seconds: int, now_us: int) -> float:
    """How long to wait: between ``seconds - 1`` and ``seconds``."""
    fraction = (now_us % 1_000_000) / 1_000_000
    return round(max(0.0, seconds - fraction), 6)
