"""Names what was seen: one frame or SIP message becomes a kind, a label and (for events) its headers. Pure.

The label holds what a controller acts on (event name, application and its response, hang-up cause, digits); the
headers are compared apart. Not here: comparing (``compare``).
"""

from __future__ import annotations

import json
import re
import urllib.parse
from dataclasses import dataclass, field
from xml.etree import ElementTree

from tests.conformance.sip_text import Message
from tests.conformance.wire import Frame


@dataclass(frozen=True)
class Sight:
    """One thing that came from the switch. ``leg`` is the event's Unique-ID, or a phone's call number."""

    kind: str  # auth reply api connect event notice log other | open closed | sip
    label: str
    leg: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # of an event: its form, then the headers' names as they stand, doubles too


_DETAILS = {
    "CHANNEL_STATE": ("Channel-State",),
    "CHANNEL_CALLSTATE": ("Original-Channel-Call-State", "Channel-Call-State"),
    "CHANNEL_EXECUTE": ("Application", "Application-Data"),
    "CHANNEL_EXECUTE_COMPLETE": ("Application", "Application-Response"),
    "DTMF": ("DTMF-Digit",),
    "CHANNEL_HANGUP": ("Hangup-Cause",),
    "CHANNEL_HANGUP_COMPLETE": ("Hangup-Cause",),
    "RECORD_START": ("Record-File-Path",),
    "RECORD_STOP": ("Record-File-Path",),
    "PLAYBACK_START": ("Playback-File-Path",),
    "PLAYBACK_STOP": ("Playback-File-Path", "Playback-Status"),
    "BACKGROUND_JOB": ("Job-Command", "_body"),
    "API": ("API-Command", "API-Command-Argument"),
    "CUSTOM": ("Event-Subclass", "Action"),
}


def of_frame(frame: Frame) -> Sight:
    """What one event-socket frame says."""
    kind = frame.get("Content-Type")
    if frame.head.startswith("Event-Name: CHANNEL_DATA"):
        headers = _plain(frame.head)
        return Sight("connect", "CHANNEL_DATA", headers.get("Unique-ID", ""), headers, _names("plain", frame.head))
    if kind.startswith("text/event-"):
        return _event(kind.rpartition("-")[2], frame.body)
    if kind == "command/reply":
        return Sight("reply", frame.head.partition("Reply-Text: ")[2])
    if kind == "api/response":
        return _dump(frame.body) or Sight("api", frame.body)
    if kind == "text/disconnect-notice":
        return Sight("notice", f"{frame.get('Content-Disposition')} {frame.get('Linger-Time')}".strip())
    if kind == "auth/request":
        return Sight("auth", kind)
    return Sight("log" if kind == "log/data" else "other", kind)


def of_sip(message: Message, call: int) -> Sight:
    """What one SIP message says: status or method, and why."""
    label = f"{message.status} {message.method}" if message.status else message.method
    direction = re.search(r"a=(sendonly|recvonly|inactive)", message.body)
    parts = [label, direction[1] if direction else "", message.get("Reason")]
    if message.method == "NOTIFY" and not message.status:
        parts.append(message.body.strip())
    return Sight("sip", " ".join(part for part in parts if part), str(call))


def _dump(body: str) -> Sight | None:
    """The result of ``uuid_dump``: headers like an event's."""
    starts = {"plain": "Event-Name: CHANNEL_DATA", "json": '{"Event-Name":"CHANNEL_DATA"', "xml": "<event>"}
    for form, start in starts.items():
        if body.startswith(start):
            return Sight("api", f"dump as {form}", "", _event(form, body).headers, _names(form, body))
    return None


def _event(form: str, body: str) -> Sight:
    headers = {"plain": _plain_event, "json": _json_event, "xml": _xml_event}[form](body)
    name = headers.get("Event-Name", "?")
    details = [headers.get(key, "").strip() for key in _DETAILS.get(name, ())]
    label = " | ".join([name, *details]) if details else name
    return Sight("event", label, headers.get("Unique-ID", ""), headers, _names(form, body))


def _names(form: str, body: str) -> tuple[str, ...]:
    try:
        return (form, *_NAMES[form](body))
    except (ValueError, ElementTree.ParseError):
        return (form,)


def _plain_names(body: str) -> list[str]:
    return [line.partition(": ")[0] for line in body.partition("\n\n")[0].split("\n")]


def _json_names(body: str) -> list[str]:
    return [name for name, _ in json.loads(body.encode("latin-1").decode("utf-8", "replace"), object_pairs_hook=list)]


def _xml_names(body: str) -> list[str]:
    return [child.tag for block in ElementTree.fromstring(body).iter("headers") for child in block]


_NAMES = {"plain": _plain_names, "json": _json_names, "xml": _xml_names}


def _plain(block: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in block.split("\n"):
        name, separator, value = line.partition(": ")
        if separator:
            headers.setdefault(name, urllib.parse.unquote(value, "latin-1"))
    return headers


def _plain_event(body: str) -> dict[str, str]:
    head, _, inner = body.partition("\n\n")
    return {**_plain(head), **({"_body": inner} if inner else {})}


def _json_event(body: str) -> dict[str, str]:
    try:
        loaded = json.loads(body.encode("latin-1").decode("utf-8", "replace"))
    except ValueError:
        return {"Event-Name": "not json", "_body": body}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in loaded.items()}


def _xml_event(body: str) -> dict[str, str]:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return {"Event-Name": "not xml", "_body": body}
    pairs = ((child.tag, child.text or "") for block in root.iter("headers") for child in block)
    return {name: urllib.parse.unquote(value, "latin-1") for name, value in pairs}
