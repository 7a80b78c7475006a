"""A FreeSWITCH event as data, and its three serialisations: plain, JSON and XML.

Owns: header order, the percent-encoding of values, frames for the event socket.
Not here: which headers an event has (``channel_events.py``), who gets it (``event_socket``).

>>> event = Event([("Event-Name", "CUSTOM"), ("Who", "a b")])
>>> event.plain()
b'Event-Name: CUSTOM\\nWho: a%20b\\n\\n'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring as quote_json

ARRAY = "ARRAY::"  # what a value with several elements begins with
UNSAFE = frozenset('\r\n #%&+:;<=>?@[\\]^`{|}"'.encode("ascii"))
HEX = frozenset(b"0123456789ABCDEF")
ENCODED = [bytes([code]) if 0x20 <= code <= 0x7E and code not in UNSAFE else b"%%%02X" % code for code in range(256)]


class JsonNames(dict[str, str]):
    """``name`` -> ``"name":``. The same few hundred names stand in every event; strangers' do not fill the memory."""

    def __missing__(self, name: str) -> str:
        quoted = quote_json(name) + ":"
        if len(self) < MAX_NAMES:
            self[name] = quoted
        return quoted


MAX_NAMES = 5_000
JSON_NAMES = JsonNames()


def url_encode(value: str) -> bytes:
    """Percent-encode as FreeSWITCH does: ``, / ' ( ) * ! $`` stay; an upper-case ``%XX`` already there stays too.

    >>> url_encode("a/b c%25")
    b'a/b%20c%25'
    """
    raw = value.encode("utf-8", "surrogateescape")
    if b"%" not in raw:
        return b"".join([ENCODED[code] for code in raw])
    parts = []
    for index, code in enumerate(raw):
        is_escape = code == 0x25 and len(raw) > index + 2 and raw[index + 1] in HEX and raw[index + 2] in HEX
        parts.append(b"%" if is_escape else ENCODED[code])
    return b"".join(parts)


class Event:
    """An ordered list of headers (a name may occur twice) and a body; empty values are not sent."""

    __slots__ = ("_json", "_plain", "body", "headers", "kind")

    def __init__(self, headers: Iterable[tuple[str, str]], body: str = "", kind: str = "") -> None:
        self.headers = [(name, value) for name, value in headers if value != ""]
        self.body = body
        self.kind = kind  # of an event that does not tell its name
        self._plain: bytes | None = None
        self._json: bytes | None = None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.headers)

    def get(self, name: str, default: str = "") -> str:
        """The first header of that name; names compare without case."""
        for header, value in self.headers:  # nearly always spelt as asked for
            if header == name:
                return value
        wanted = name.lower()
        return next((value for header, value in self.headers if header.lower() == wanted), default)

    @property
    def name(self) -> str:
        """``CHANNEL_ANSWER`` and the like."""
        return self.kind or self.get("Event-Name")

    @property
    def subclass(self) -> str:
        """The subclass of a CUSTOM event."""
        return self.get("Event-Subclass") if self.name == "CUSTOM" else ""

    def add(self, name: str, value: str) -> None:
        """Append a header; only before the event is published."""
        if value != "":
            self.headers.append((name, value))

    def plain(self, *, encode: bool = True) -> bytes:
        """``Name: value`` lines, a blank line, the body."""
        if self._plain is None or not encode:
            lines = [
                name.encode("utf-8", "surrogateescape")
                + b": "
                + (url_encode(value) if encode else value.encode("utf-8", "surrogateescape"))
                for name, value in self.headers
            ]
            body = self.body.encode("utf-8", "surrogateescape")
            if body:
                lines.append(b"Content-Length: %d" % len(body))
            text = b"\n".join(lines) + b"\n\n" + body
            if not encode:
                return text
            self._plain = text
        return self._plain

    def json(self) -> bytes:
        """One compact JSON object in header order; a name that occurs twice stands twice, as in FreeSWITCH."""
        if self._json is None:
            fields = [JSON_NAMES[name] + _json_value(value) for name, value in self.headers]
            if self.body:
                length = len(self.body.encode("utf-8", "surrogateescape"))
                fields.append(f'"Content-Length":"{length}"')
                fields.append('"_body":' + quote_json(self.body))
            self._json = ("{" + ",".join(fields) + "}").encode("utf-8", "surrogateescape")
        return self._json

    def xml(self) -> bytes:
        """``<event><headers>...`` indented by two blanks, values percent-encoded inside the tags."""
        lines = [b"<event>", b"  <headers>"]
        for name, value in self.headers:
            tag = name.encode("utf-8", "surrogateescape")
            for each in elements(value):
                lines.append(b"    <" + tag + b">" + url_encode(each) + b"</" + tag + b">")
        body = self.body.encode("utf-8", "surrogateescape")
        lines.append(b"  </headers>")
        if body:
            lines.append(b"  <Content-Length>%d</Content-Length>" % len(body))
            escaped = body.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
            lines.append(b"  <body>" + escaped + b"</body>")
        return b"\n".join([*lines, b"</event>", b""])

    def frame(self, form: str) -> bytes:
        """The event as one frame of the event socket: ``form`` is plain, json or xml."""
        body = {"plain": self.plain, "json": self.json, "xml": self.xml}[form]()
        return b"Content-Length: %d\nContent-Type: text/event-%s\n\n" % (len(body), form.encode()) + body


def _json_value(value: str) -> str:
    """An array (``ARRAY::a|:b``) is one in JSON too."""
    if not value.startswith(ARRAY):
        return quote_json(value)
    return "[" + ",".join(map(quote_json, elements(value))) + "]"


def elements(value: str) -> list[str]:
    """Those of an array (``ARRAY::a|:b``); any other value is one element."""
    return value[len(ARRAY) :].split("|:") if value.startswith(ARRAY) else [value]
