"""SIP messages, bytes to objects and back (RFC 3261 7), with strict limits.

``parse`` either gives a message whose mandatory headers are all right, or raises ``Malformed`` with the status the
sender deserves and, for requests, as much of the message as an answer needs. It raises nothing else, whatever comes.
Not here: single header values (``uri.py``, ``text.py``), what a message means.

>>> parse(b"OPTIONS sip:h SIP/2.0\\r\\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\\r\\nf: <sip:a@h>;tag=1\\r\\n"
...       b"t: <sip:h>\\r\\ni: 1\\r\\nCSeq: 1 OPTIONS\\r\\n\\r\\n").method
'OPTIONS'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from eslapp.softswitch.sip.bodies import sdp_of
from eslapp.softswitch.sip.text import BadText, clean, integer, is_token, split_list
from eslapp.softswitch.sip.uri import Address, Uri, Via, parse_address, parse_uri, parse_via

COMPACT = {
    "a": "accept-contact", "b": "referred-by", "c": "content-type", "d": "request-disposition",
    "e": "content-encoding", "f": "from", "i": "call-id", "j": "reject-contact", "k": "supported",
    "l": "content-length", "m": "contact", "o": "event", "r": "refer-to", "s": "subject", "t": "to",
    "u": "allow-events", "v": "via", "x": "session-expires", "y": "identity",
}  # fmt: skip
SINGLE = frozenset("from to call-id cseq max-forwards content-length content-type date expires event".split())
MAX_CSEQ = 2**31 - 1
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
_METHOD_CSEQ = re.compile(r"([0-9]{1,10})[ \t]+(\S+)")


class Malformed(ValueError):
    """Not a SIP message we take. ``partial``: the request as far as it was read, if it can be answered at all."""

    def __init__(self, reason: str, status: int = 400, partial: Request | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.partial = partial


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Beyond these a message is refused unread."""

    message_bytes: int = 65_535
    headers: int = 256
    header_bytes: int = 8_192


@dataclass(slots=True)
class Message:
    """What requests and responses share. ``pairs`` are (name as written, raw value), folds undone, in order."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    size: int = 0  # bytes it came in; 0 for one of our own
    via: Via | None = None  # the top one
    from_: Address | None = None
    to: Address | None = None
    call_id: str = ""
    cseq: int = 0
    cseq_method: str = ""
    _index: dict[str, list[str]] | None = None

    def all(self, name: str) -> list[str]:
        """Every raw value under a name (any case, long form), one per header line."""
        if self._index is None:
            index: dict[str, list[str]] = {}
            for given, value in self.pairs:
                low = given.lower()
                index.setdefault(COMPACT.get(low, low), []).append(value)
            self._index = index
        return self._index.get(name.lower(), [])

    def get(self, name: str, default: str = "") -> str:
        """The first raw value under a name."""
        values = self.all(name)
        return values[0] if values else default

    def elements(self, name: str) -> list[str]:
        """Every element of a comma-separated header, over all its lines. BadText when a quote stays open."""
        return [element for value in self.all(name) for element in split_list(value) if element]

    @property
    def sdp(self) -> bytes:
        """The session description in the body, empty where there is none."""
        return sdp_of(self.get("content-type"), self.body) if self.body else b""

    def shown(self) -> Iterator[tuple[str, str]]:
        """(name, value) of all headers, cleaned for events and logs; names with a percent sign are left out."""
        for name, value in self.pairs:
            if "%" not in name:
                yield name, clean(value, 8192)


@dataclass(slots=True)
class Request(Message):
    """A request; ``uri`` is the Request-URI, ``version_ok`` False when it is not SIP/2.0."""

    method: str = ""
    uri: Uri = field(default_factory=lambda: Uri(""))


@dataclass(slots=True)
class Response(Message):
    """A response."""

    status: int = 0
    phrase: str = ""


def parse(packet: bytes, limits: ParseLimits = ParseLimits()) -> Request | Response:  # noqa: B008 - frozen
    """One message from one datagram (or one framed piece of a stream). Raises only Malformed."""
    if len(packet) > limits.message_bytes:
        raise Malformed("message too large", 513)
    head, separator, body = packet.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise Malformed("no end of headers")
    lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    message = _start_line(lines[0], limits)
    message.size = len(packet)
    try:
        message.pairs = _headers(lines, limits)
        _fill(message)
        message.body = _cut_body(message, body)
        _check(message)
    except Malformed as error:
        error.partial = message if isinstance(message, Request) else None
        raise
    except BadText as error:
        raise Malformed(str(error), 400, message if isinstance(message, Request) else None) from None
    return message


def _start_line(line: str, limits: ParseLimits) -> Request | Response:
    if len(line) > limits.header_bytes or "\r" in line or "\n" in line:
        raise Malformed("start line too long or broken")
    if line[:8].upper() == "SIP/2.0 ":
        status, _, phrase = line[8:].partition(" ")
        if len(status) != 3 or not status.isascii() or not status.isdigit() or not 100 <= int(status) <= 699:
            raise Malformed("not a status code")
        return Response(status=int(status), phrase=phrase)
    method, _, rest = line.partition(" ")
    uri, _, version = rest.rstrip(" \t").rpartition(" ")
    if not is_token(method) or not version.upper().startswith("SIP/"):
        raise Malformed("not a SIP message", 0)
    request = Request(method=method)
    if version.upper() != "SIP/2.0":
        request.uri = Uri("", "version")
    elif rest.endswith(version) and uri == uri.strip():
        try:
            request.uri = parse_uri(uri)
        except BadText:
            request.uri = Uri("")
    return request


def _headers(lines: list[str], limits: ParseLimits) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for line in lines[1:]:
        if len(line) > limits.header_bytes or "\n" in line or "\r" in line:
            raise Malformed("a header is too long or holds a bare line end")
        if line[:1] in (" ", "\t"):
            if not pairs:
                raise Malformed("the first header is folded")
            name, value = pairs[-1]
            if len(value) + len(line) > limits.header_bytes:
                raise Malformed("a header is too long")
            pairs[-1] = (name, f"{value} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t")
        if not colon or not is_token(name):
            raise Malformed("not a header")
        if len(pairs) >= limits.headers:
            raise Malformed("too many headers")
        pairs.append((name, value.strip()))
    return pairs


def _fill(message: Message) -> None:
    """Read the six headers everybody needs; what is there stays filled when a later one is wrong."""
    vias = message.all("via")  # fills the index
    for name, values in (message._index or {}).items():
        if len(values) > 1 and name in SINGLE:
            raise Malformed(f"more than one {name} header")
    message.call_id = message.get("call-id")
    if isinstance(message, Request) and message.uri.scheme == "version":
        raise Malformed("version is not SIP/2.0", 505)
    if not vias or not message.call_id or not message.get("from") or not message.get("to"):
        raise Malformed("a mandatory header is missing")
    message.via = parse_via(split_list(vias[0])[0])
    message.from_ = parse_address(message.get("from"))
    message.to = parse_address(message.get("to"))
    cseq = _METHOD_CSEQ.fullmatch(message.get("cseq"))
    if cseq is None:
        raise Malformed("malformed CSeq")
    message.cseq, message.cseq_method = integer(cseq[1], MAX_CSEQ, "CSeq"), cseq[2]


def _cut_body(message: Message, body: bytes) -> bytes:
    given = message.get("content-length")
    if not given:
        return body
    length = integer(given, 2**31 - 1, "Content-Length")
    if length > len(body):
        raise Malformed("the body is shorter than its Content-Length")
    return body[:length]


def _check(message: Message) -> None:
    for via in message.elements("via"):
        parse_via(via)
    if message.get("max-forwards"):
        integer(message.get("max-forwards"), 255, "Max-Forwards")
    date = message.get("date")
    if date and not _DATE.fullmatch(date):
        raise Malformed("malformed Date")
    if isinstance(message, Request):
        _check_request(message)


def _check_request(request: Request) -> None:
    if not request.uri.text:
        raise Malformed("malformed Request-URI")
    if request.uri.headers:
        raise Malformed("headers in the Request-URI")
    if request.cseq_method != request.method:
        raise Malformed("CSeq names another method")
    for contact in request.elements("contact"):
        if contact != "*" and not contact.startswith("*;"):
            parse_address(contact)


def serialise(start_line: str, pairs: list[tuple[str, str]], body: bytes = b"") -> bytes:
    """Bytes of a message; Content-Length is put last. The caller vouches for values without line ends."""
    lines = [start_line]
    lines.extend(f"{name}: {value}" for name, value in pairs)
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body
