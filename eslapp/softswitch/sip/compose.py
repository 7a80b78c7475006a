"""Writes responses and requests: the headers RFC 3261 8.1 and 8.2.6 ask for, nothing about what they mean. Pure.

Not here: bytes (``message.serialise``), dialogs (``dialog.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from eslapp.softswitch.sip.message import Request, serialise
from eslapp.softswitch.sip.text import BadText, is_header_safe, is_token, split_list
from eslapp.softswitch.sip.uri import parse_via

Pair = tuple[str, str]
ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REGISTER, REFER, NOTIFY"
INFORMATIVE = frozenset({"Allow", "Accept", "Reason", "Date", "User-Agent", "Supported"})
METHODS = frozenset(ALLOW.split(", "))
KNOWN_ELSEWHERE = frozenset({"MESSAGE", "SUBSCRIBE", "PUBLISH", "PRACK"})  # 405, not 501
RESERVED = frozenset(
    "via from to call-id cseq contact max-forwards content-length content-type route record-route authorization "
    "proxy-authorization v f t i m l c".split()
)
PHRASES = {
    100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
    200: "OK", 202: "Accepted", 302: "Moved Temporarily", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone", 413: "Request Entity Too Large",
    415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
    422: "Session Interval Too Small", 423: "Interval Too Brief",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected",
    483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending", 500: "Server Internal Error",
    501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Server Time-out",
    505: "Version Not Supported", 513: "Message Too Large", 600: "Busy Everywhere", 603: "Decline",
    604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}  # fmt: skip


def phrase_of(status: int) -> str:
    """The reason phrase we write."""
    return PHRASES.get(status, "OK" if status < 300 else "Rejected")


class Replies:
    """Everything that is the same in all answers to one request, made once."""

    def __init__(self, request: Request, source: tuple[str, int]) -> None:
        self._vias = _answered_vias(request, source)
        self._from = request.get("from")
        self._to = request.get("to")
        self._tail = [("Call-ID", request.get("call-id")), ("CSeq", request.get("cseq"))]
        self._routes = [("Record-Route", value) for value in request.all("record-route")]
        self._has_tag = request.to is None or bool(request.to.tag)
        self._room = 2 * request.size

    def make(
        self, status: int, tag: str = "", extra: Iterable[Pair] = (), body: bytes = b"", *, phrase: str = ""
    ) -> bytes:
        """The response's bytes. ``tag`` is put on To unless it has one (and never on a 100).

        Without a body it is at most twice as long as the request where leaving out what is merely informative helps:
        nobody gains by sending us questions in somebody else's name.
        """
        to = self._to if self._has_tag or status == 100 or not tag else f"{self._to};tag={tag}"
        pairs = [*self._vias, ("From", self._from), ("To", to), *self._tail]
        if 100 < status < 300:
            pairs += self._routes
        line = f"SIP/2.0 {status} {phrase or phrase_of(status)}"
        packet = serialise(line, [*pairs, *extra], body)
        if not body and len(packet) > self._room > 0:
            packet = serialise(line, [*pairs, *(pair for pair in extra if pair[0] not in INFORMATIVE)])
        return packet


def _answered_vias(request: Request, source: tuple[str, int]) -> list[Pair]:
    """The Vias as they came, with received and rport put on the top one (18.2.1, RFC 3581)."""
    values = request.all("via")
    try:
        elements = split_list(values[0])
        via = request.via or parse_via(elements[0])
    except (BadText, IndexError):
        return [("Via", value) for value in values]
    params = dict(via.params)
    if "rport" in params:
        params["rport"] = str(source[1])
    if via.host.strip("[]") != source[0]:
        params["received"] = source[0]
    first = ", ".join([str(replace(via, params=params)), *elements[1:]])
    return [("Via", first), *(("Via", value) for value in values[1:])]


def response_addr(request: Request, source: tuple[str, int]) -> tuple[str, int]:
    """Where a response goes over UDP (18.2.2): back to the source, to the Via's port where no rport is asked for."""
    via = request.via
    if via is None or "rport" in via.params:
        return source
    return source[0], via.port or 5060


def check_headers(headers: Mapping[str, str]) -> list[Pair]:
    """Headers somebody wants on a request, as pairs. ValueError names the one that cannot be sent."""
    pairs = []
    for name, value in headers.items():
        if not is_token(name) or name.lower() in RESERVED:
            raise ValueError(f"header {name!r} cannot be set on a call")
        if not is_header_safe(value) or len(value) > 4096:
            raise ValueError(f"the value of header {name} holds control characters or is too long")
        pairs.append((name, value))
    return pairs
