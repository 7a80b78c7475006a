"""Hang-up causes on the wire: the SIP answer a cause becomes and the Reason header (RFC 3326). Pure.

As FreeSWITCH 1.10 was seen to map them; causes above 127 are its own and travel as ``SIP;cause=``.
Not here: the causes' names, and what a received answer stands for (``softswitch.causes``).
"""

from __future__ import annotations

import re

from eslapp.softswitch.sip.text import clean, quote

_SIP_OF_CAUSE = {
    1: 404, 2: 404, 3: 404, 17: 486, 18: 408, 19: 480, 20: 480, 21: 603, 22: 410, 23: 410, 25: 483, 27: 502,
    28: 484, 29: 501, 34: 503, 38: 503, 41: 503, 42: 503, 44: 503, 52: 403, 54: 403, 57: 403, 58: 503, 65: 488,
    66: 488, 69: 501, 79: 501, 88: 488, 96: 480, 102: 504, 487: 487, 806: 480, 809: 503, 815: 600, 816: 603, 817: 604,
    818: 606, 819: 607, 820: 428, 821: 429, 822: 437, 823: 438, 824: 403,
}  # fmt: skip

ELSEWHERE = frozenset({"LOSE_RACE", "PICKED_OFF"})  # somebody else answered

_REASON = re.compile(r"Q\.850\s*;(?:[^,]*?;)?\s*cause\s*=\s*([0-9]{1,4})", re.IGNORECASE)


def sip_code(cause: int) -> int:
    """The final answer for a cause; 480 where FreeSWITCH has none of its own."""
    return _SIP_OF_CAUSE.get(cause, 480)


def format_reason(cause: int, name: str) -> str:
    """The value of a Reason header (RFC 3326).

    >>> format_reason(16, "NORMAL_CLEARING")
    'Q.850;cause=16;text="NORMAL_CLEARING"'
    >>> format_reason(702, "LOSE_RACE")
    'SIP;cause=200;text="Call completed elsewhere"'
    """
    if name in ELSEWHERE:
        return 'SIP;cause=200;text="Call completed elsewhere"'
    return f"{'Q.850' if 0 < cause <= 127 else 'SIP'};cause={cause};text={quote(name)}"


def parse_reason(text: str) -> int:
    """Q.850's cause in a Reason header; 0 without one. A SIP cause there says nothing, as with FreeSWITCH.

    >>> parse_reason('SIP;cause=200, Q.850;cause=17;text="USER_BUSY"'), parse_reason("SIP;cause=486")
    (17, 0)
    """
    found = _REASON.search(clean(text, 512))
    return int(found[1]) if found is not None and int(found[1]) <= 127 else 0
