"""Q.850 causes, their FreeSWITCH names and the SIP answers that stand for them (pure tables).

Both directions as FreeSWITCH 1.10 was seen to map them; codes above 127 are its own and travel as ``SIP;cause=``.
"""

from __future__ import annotations

import re

from eslapp.softswitch.sip.text import clean, quote

CAUSES = {
    "UNALLOCATED_NUMBER": 1, "NO_ROUTE_TRANSIT_NET": 2, "NO_ROUTE_DESTINATION": 3, "NORMAL_CLEARING": 16,
    "USER_BUSY": 17, "NO_USER_RESPONSE": 18, "NO_ANSWER": 19, "SUBSCRIBER_ABSENT": 20, "CALL_REJECTED": 21,
    "NUMBER_CHANGED": 22, "REDIRECTION_TO_NEW_DESTINATION": 23, "EXCHANGE_ROUTING_ERROR": 25,
    "DESTINATION_OUT_OF_ORDER": 27, "INVALID_NUMBER_FORMAT": 28, "FACILITY_REJECTED": 29,
    "NORMAL_UNSPECIFIED": 31, "NORMAL_CIRCUIT_CONGESTION": 34, "NETWORK_OUT_OF_ORDER": 38,
    "NORMAL_TEMPORARY_FAILURE": 41, "SWITCH_CONGESTION": 42, "ACCESS_INFO_DISCARDED": 43,
    "REQUESTED_CHAN_UNAVAIL": 44, "OUTGOING_CALL_BARRED": 52, "INCOMING_CALL_BARRED": 54,
    "BEARERCAPABILITY_NOTAUTH": 57, "BEARERCAPABILITY_NOTAVAIL": 58, "BEARERCAPABILITY_NOTIMPL": 65,
    "CHAN_NOT_IMPLEMENTED": 66, "FACILITY_NOT_IMPLEMENTED": 69, "SERVICE_NOT_IMPLEMENTED": 79,
    "INCOMPATIBLE_DESTINATION": 88, "MANDATORY_IE_MISSING": 96, "RECOVERY_ON_TIMER_EXPIRE": 102,
    "INTERWORKING": 127, "ORIGINATOR_CANCEL": 487, "USER_NOT_REGISTERED": 806,
}  # fmt: skip

_SIP_OF_CAUSE = {
    1: 404, 2: 404, 3: 404, 17: 486, 18: 408, 19: 480, 20: 480, 21: 603, 22: 410, 23: 410, 25: 483, 27: 502,
    28: 484, 29: 501, 34: 503, 38: 503, 41: 503, 42: 503, 44: 503, 52: 403, 54: 403, 57: 403, 58: 503, 65: 488,
    66: 488, 69: 501, 79: 501, 88: 488, 96: 480, 102: 504, 127: 500, 487: 487, 806: 480,
}  # fmt: skip

_CAUSE_OF_SIP = {
    200: 16, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127,
    414: 127, 415: 79, 416: 127, 420: 127, 421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28,
    485: 3, 486: 17, 487: 487, 488: 88, 500: 41, 501: 79, 502: 38, 503: 41, 504: 102, 505: 127, 513: 127,
    600: 17, 603: 21, 604: 3, 606: 88,
}  # fmt: skip

_NAMES = {code: name for name, code in CAUSES.items()}
_REASON = re.compile(r"(Q\.850|SIP)\s*;(?:[^,]*?;)?\s*cause\s*=\s*([0-9]{1,4})", re.IGNORECASE)


def sip_code(cause: int) -> int:
    """The final answer for a cause; 480 where FreeSWITCH has none of its own."""
    return _SIP_OF_CAUSE.get(cause, 480)


def cause_of(status: int) -> int:
    """The cause a final answer stands for; 31 (NORMAL_UNSPECIFIED) where there is none."""
    return _CAUSE_OF_SIP.get(status, 31)


def cause_name(cause: int) -> str:
    """FreeSWITCH's name; NORMAL_UNSPECIFIED for numbers without one."""
    return _NAMES.get(cause, "NORMAL_UNSPECIFIED")


def format_reason(cause: int, name: str) -> str:
    """The value of a Reason header (RFC 3326).

    >>> format_reason(16, "NORMAL_CLEARING")
    'Q.850;cause=16;text="NORMAL_CLEARING"'
    """
    return f"{'Q.850' if cause <= 127 else 'SIP'};cause={cause};text={quote(name)}"


def parse_reason(text: str) -> int:
    """The cause in a Reason header, Q.850's rather than SIP's; 0 without one.

    >>> parse_reason('SIP;cause=200, Q.850;cause=17;text="USER_BUSY"')
    17
    """
    found = {match[1].upper(): int(match[2]) for match in _REASON.finditer(clean(text, 512))}
    if "Q.850" in found:
        return found["Q.850"] if found["Q.850"] <= 127 else 0
    return cause_of(found["SIP"]) if "SIP" in found else 0
