"""From frames to events, in the formats of the event socket. Nothing here trusts a byte.

Owns: the two event formats in use and the ``connect`` reply. Not here: framing (``frames``, re-exported here), what an
event means (``switch_events``).

Why this is not greenswitch's parser: values are percent-encoded by the switch, so a block is split at ``\\n`` FIRST
and each value decoded after; names are never encoded by the switch, so a name holding ``%`` is dropped; of two
headers with one name the first counts (the switch writes its own before a sender's); bodies are kept apart from
headers; bytes that are no UTF-8 become U+FFFD instead of an exception.

>>> parse_event_plain(b"Event-Name: DTMF\\nDTMF-Digit: %23\\n\\n").get("DTMF-Digit")
'#'
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import orjson

from .frames import Frame, FrameReader, ProtocolError, read_headers

__all__ = [
    "Event",
    "Frame",
    "FrameReader",
    "ProtocolError",
    "Variables",
    "decode_headers",
    "parse_connect",
    "parse_event",
    "parse_event_json",
    "parse_event_plain",
]

_VARIABLE = "variable_"


class Variables(Mapping[str, str]):
    """The channel variables among an event's headers, without their prefix: a view, nothing is copied.

    >>> Variables({"Event-Name": "CHANNEL_ANSWER", "variable_zj_did": "1000"})
    {'zj_did': '1000'}
    """

    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self._headers: Mapping[str, str] = {} if headers is None else headers

    def __getitem__(self, name: str) -> str:
        return self._headers[_VARIABLE + name]

    def __iter__(self) -> Iterator[str]:
        return (name[len(_VARIABLE) :] for name in self._headers if name.startswith(_VARIABLE))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(slots=True)
class Event:
    """An event or a channel dump: decoded headers and an unparsed body."""

    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def name(self) -> str:
        """``Event-Name``, or ``""``: FreeSWITCH does send events without one."""
        return self.headers.get("Event-Name", "")

    @property
    def subclass(self) -> str:
        return self.headers.get("Event-Subclass", "")

    @property
    def uuid(self) -> str:
        """The leg the event is about, ``""`` where it is about none."""
        return self.headers.get("Unique-ID", "")

    @property
    def data(self) -> str:
        """greenswitch's name for the body."""
        return self.body

    def get(self, name: str, default: str = "") -> str:
        return self.headers.get(name, default)

    def variable(self, name: str, default: str = "") -> str:
        return self.headers.get(_VARIABLE + name, default)

    def variables(self) -> Variables:
        """All channel variables of the event, without their prefix."""
        return Variables(self.headers)


def decode_headers(raw: dict[str, str]) -> dict[str, str]:
    """Percent-decode the values (each on its own, so nothing decoded can become a header)."""
    return {name: unquote(value, "utf-8", "replace") if "%" in value else value for name, value in raw.items()}


def parse_connect(frame: Frame) -> Event:
    """The reply to ``connect``: the channel's dump sits in the headers of the reply itself."""
    return Event(decode_headers(frame.headers), frame.body.decode("utf-8", "replace"))


def parse_event_plain(body: bytes) -> Event:
    """An event in ``plain`` format. A body inside it is never read as headers, whatever it holds."""
    block, _, rest = body.partition(b"\n\n")
    headers = decode_headers(read_headers(block))
    length = headers.get("Content-Length", "")
    if length.isascii() and length.isdigit():
        rest = rest[: int(length)]
    return Event(headers, rest.decode("utf-8", "replace"))


def parse_event_json(body: bytes) -> Event:
    """An event in ``json`` format. Raises ``ValueError`` where it is no JSON object."""
    try:
        fields = orjson.loads(body)
    except ValueError:  # bytes that are no UTF-8, control characters: the slow parser is more forgiving
        fields = json.loads(body.decode("utf-8", "replace"), strict=False)
    if type(fields) is not dict:
        raise ValueError("an event is no JSON object")
    text = fields.pop("_body", "")
    try:
        "".join(fields.values())  # the quickest way to see that all of them are text
    except TypeError:
        fields = {name: _flat(value) for name, value in fields.items()}
    return Event(fields, _flat(text))


def _flat(value: object) -> str:
    """Arrays the way the plain format writes them; anything else that is no text as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "ARRAY::" + "|:".join(map(_flat, value))
    return json.dumps(value)


def parse_event(frame: Frame) -> Event | None:
    """The event of a ``text/event-*`` frame, ``None`` for any other. ``ValueError``: not readable, to be skipped."""
    if frame.kind == "text/event-json":
        return parse_event_json(frame.body)
    if frame.kind == "text/event-plain":
        return parse_event_plain(frame.body)
    return None
