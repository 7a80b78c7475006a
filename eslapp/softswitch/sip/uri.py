"""SIP URIs, name-addrs and Via values (RFC 3261 19.1, 20.10, 20.42).

Not here: lists and parameters (``text.py``). User parts keep their percent escapes: nobody sees a decoded NUL.

>>> parse_address('"Bob" <sip:bob@host:5070;lr>;tag=1').uri.port
5070
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from eslapp.softswitch.sip.text import TOKEN, BadText, clean, format_params, integer, parse_params, quote, unquote

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(\S+)")
_TEL = re.compile(r"([+]?[0-9*#().\-]{1,64})(?:;|$)")  # RFC 3966
_USERINFO = re.compile(r'[^\x00-\x20<>"@\x7f]*')
_HOST_PORT = re.compile(
    r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._\-]{1,255})(?::([0-9]{1,5}))?((?:;[^?]*)?)(\?.*)?", re.DOTALL
)
_NAME_ADDR = re.compile(r'("(?:[^"\\]|\\.)*"[ \t]*+|[^"<>,;:@()\[\]\\]*+)<([^<>]*)>[ \t]*+(;.*)?', re.DOTALL)
_VIA = re.compile(
    rf"SIP[ \t]*/[ \t]*2\.0[ \t]*/[ \t]*({TOKEN})[ \t]+"
    r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._\-]{1,255})[ \t]*+(?::[ \t]*+([0-9]{1,5}))?[ \t]*+(;.*)?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI. For schemes other than sip and sips only ``scheme`` and ``text`` mean something; tel has a ``user``."""

    text: str
    scheme: str = "sip"
    user: str = ""  # with its escapes, password taken off
    host: str = ""
    port: int = 0  # 0: not given
    params: dict[str, str] = field(default_factory=dict)
    headers: str = ""  # "?Route=.."

    @property
    def is_sip(self) -> bool:
        """sip or sips."""
        return self.scheme in ("sip", "sips")

    @property
    def address(self) -> tuple[str, int]:
        """Host without brackets, port with the default."""
        return self.host.strip("[]"), self.port or 5060


def parse_uri(text: str) -> Uri:
    """BadText when it is no URI, or an unusable sip one."""
    text = text.strip()
    match = _URI.fullmatch(text)
    if match is None:
        raise BadText("not a URI")
    scheme = match[1].lower()
    if scheme not in ("sip", "sips"):
        number = _TEL.match(match[2]) if scheme == "tel" else None
        return Uri(text, scheme, number[1] if number else "")
    userinfo, at, rest = match[2].rpartition("@")
    if (at and not userinfo) or not _USERINFO.fullmatch(userinfo):
        raise BadText("the URI's user part is malformed")
    place = _HOST_PORT.fullmatch(rest)
    if place is None:
        raise BadText("the URI's host is malformed")
    port = integer(place[2], 65535, "port") if place[2] else 0
    params = parse_params(place[3]) if place[3] else {}
    return Uri(text, scheme, userinfo.partition(":")[0], place[1], port, params, place[4] or "")


@dataclass(frozen=True, slots=True)
class Address:
    """The value of From, To, Contact, Route..: a URI with a display name and header parameters."""

    uri: Uri
    display: str = ""  # unquoted, raw: use ``shown`` outside SIP
    params: dict[str, str] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """The dialog tag, "" without one."""
        return self.params.get("tag", "")

    @property
    def shown(self) -> str:
        """The display name, cleaned, at most 128 characters."""
        return clean(self.display, 128)

    def __str__(self) -> str:
        display = quote(self.display) + " " if self.display else ""
        return f"{display}<{self.uri.text}>{format_params(self.params)}"


def parse_address(text: str) -> Address:
    """A name-addr or addr-spec; in the second form parameters are the header's (20.10) and ``?`` may not appear."""
    text = text.strip()
    if "<" in text:
        match = _NAME_ADDR.fullmatch(text)
        if match is None or match[2] != match[2].strip():
            raise BadText("not an address")
        return Address(parse_uri(match[2]), unquote(match[1].strip()), parse_params(match[3]) if match[3] else {})
    spec, semicolon, params = text.partition(";")
    if "?" in spec or "," in spec or "?" in params:
        raise BadText("an address with ? or , needs <>")
    return Address(parse_uri(spec), "", parse_params(semicolon + params) if semicolon else {})


@dataclass(frozen=True, slots=True)
class Via:
    """One hop."""

    transport: str  # upper case
    host: str
    port: int = 0
    params: dict[str, str] = field(default_factory=dict)

    @property
    def branch(self) -> str:
        """The transaction id as the sender wrote it."""
        return self.params.get("branch", "")

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"SIP/2.0/{self.transport} {self.host}{port}{format_params(self.params)}"


def parse_via(text: str) -> Via:
    """BadText when it is none."""
    match = _VIA.fullmatch(text.strip())
    if match is None:
        raise BadText("malformed Via")
    port = integer(match[3], 65535, "Via port") if match[3] else 0
    return Via(match[1].upper(), match[2], port, parse_params(match[4]) if match[4] else {})
