"""What happened on the switch, as small typed facts: ``fact(event)`` reads the headers once, here and nowhere else.

Owns: which headers of which event mean what. Not here: the records themselves (``facts``, re-exported here), what
follows from a fact (``eslapp.services``), the format (``codec``).

>>> fact(Event({"Event-Name": "DTMF", "Unique-ID": "u", "DTMF-Digit": "7", "DTMF-Duration": "800"}))
DigitPressed(at=0.0, leg='u', digit='7', duration_ms=100)
"""

from __future__ import annotations

from collections.abc import Callable

from .codec import Event
from .facts import (
    AppCompleted,
    DigitPressed,
    Fact,
    JobDone,
    LegAnswered,
    LegBridged,
    LegCreated,
    LegFact,
    LegHungUp,
    LegParked,
    LegRests,
    LegUnbridged,
    PhoneRegistered,
    PhoneUnregistered,
    RecordingStopped,
    SwitchBeat,
)

__all__ = [
    "AppCompleted",
    "DigitPressed",
    "Fact",
    "JobDone",
    "LegAnswered",
    "LegBridged",
    "LegCreated",
    "LegFact",
    "LegHungUp",
    "LegParked",
    "LegRests",
    "LegUnbridged",
    "PhoneRegistered",
    "PhoneUnregistered",
    "RecordingStopped",
    "SUBSCRIPTION",
    "SwitchBeat",
    "fact",
]

# What the daemon's link subscribes to: of what ``fact`` understands, what its services act on. Each event costs the
# switch and us a dump of the whole leg; a caller's own keys and completions come over the caller's own connection.
SUBSCRIPTION = (
    "CHANNEL_ANSWER",
    "CHANNEL_PARK",
    "CHANNEL_BRIDGE",
    "CHANNEL_HANGUP_COMPLETE",
    "DTMF",
    "RECORD_STOP",
    "BACKGROUND_JOB",
    "HEARTBEAT",
    "CUSTOM",
    "sofia::register",
    "sofia::unregister",
    "sofia::expire",
    "zongji::resting",
)


def fact(event: Event) -> Fact | None:
    """The fact an event states, ``None`` for an event that means nothing to us. Never raises."""
    read = _READERS.get(f"CUSTOM {event.subclass}" if event.name == "CUSTOM" else event.name)
    return read(event, _instant(event.get("Event-Date-Timestamp"))) if read else None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _instant(microseconds: str) -> float:
    return _whole(microseconds) / 1_000_000


def _created(event: Event, at: float) -> Fact:
    return LegCreated(
        at=at,
        leg=event.uuid,
        direction=event.get("Call-Direction"),
        caller_number=event.get("Caller-Caller-ID-Number"),
        caller_name=event.get("Caller-Caller-ID-Name"),
        destination=event.get("Caller-Destination-Number"),
        variables=event.variables(),
    )


def _answered(event: Event, at: float) -> Fact:
    return LegAnswered(at=at, leg=event.uuid, variables=event.variables())


def _partner(event: Event) -> str:
    """The other end of a bridge; the A leg carries both ids, and the event is raised for the A leg."""
    for name in ("Bridge-B-Unique-ID", "Bridge-A-Unique-ID", "Other-Leg-Unique-ID"):
        if event.get(name) and event.get(name) != event.uuid:
            return event.get(name)
    return event.variable("bridge_uuid")


def _bridged(event: Event, at: float) -> Fact:
    return LegBridged(at=at, leg=event.uuid, other=_partner(event), variables=event.variables())


def _unbridged(event: Event, at: float) -> Fact:
    return LegUnbridged(at=at, leg=event.uuid, other=_partner(event), cause=event.get("Hangup-Cause"))


def _hung_up(event: Event, at: float) -> Fact:
    status = event.variable("sip_term_status") or event.variable("sip_invite_failure_status")
    return LegHungUp(
        at=at,
        leg=event.uuid,
        cause=event.get("Hangup-Cause") or event.variable("hangup_cause") or "UNKNOWN",
        answered_at=_instant(event.get("Caller-Channel-Answered-Time")),
        sip_status=_whole(status),
        variables=event.variables(),
    )


def _parked(event: Event, at: float) -> Fact:
    return LegParked(at=at, leg=event.uuid, variables=event.variables())


def _rests(event: Event, at: float) -> Fact:
    return LegRests(at=at, leg=event.uuid)


def _completed(event: Event, at: float) -> Fact:
    return AppCompleted(
        at=at,
        leg=event.uuid,
        app_uuid=event.get("Application-UUID"),
        app=event.get("Application"),
        response=event.get("Application-Response"),
        variables=event.variables(),
    )


def _digit(event: Event, at: float) -> Fact:
    duration_ms = _whole(event.get("DTMF-Duration")) // 8  # sent in samples at 8 kHz
    return DigitPressed(at=at, leg=event.uuid, digit=event.get("DTMF-Digit")[:1], duration_ms=duration_ms)


def _recorded(event: Event, at: float) -> Fact:
    return RecordingStopped(
        at=at,
        leg=event.uuid,
        path=event.get("Record-File-Path"),
        seconds=_whole(event.variable("record_ms")) / 1000,
        bytes=_whole(event.variable("record_file_size")),
        cause=event.get("Record-Completion-Cause"),
    )


def _registered(event: Event, at: float) -> Fact:
    return PhoneRegistered(
        at=at,
        user=event.get("username") or event.get("from-user"),
        domain=event.get("realm") or event.get("from-host"),
        contact=event.get("contact"),
        expires_s=_whole(event.get("expires")),
    )


def _unregistered(event: Event, at: float) -> Fact:
    return PhoneUnregistered(
        at=at,
        user=event.get("username") or event.get("user") or event.get("from-user"),
        domain=event.get("realm") or event.get("host") or event.get("from-host"),
        expired=event.subclass == "sofia::expire",
    )


def _job(event: Event, at: float) -> Fact:
    return JobDone(at=at, job=event.get("Job-UUID"), command=event.get("Job-Command"), result=event.body)


def _beat(event: Event, at: float) -> Fact:
    return SwitchBeat(
        at=at, sessions=_whole(event.get("Session-Count")), uptime_s=_whole(event.get("Uptime-msec")) / 1000
    )


_READERS: dict[str, Callable[[Event, float], Fact]] = {
    "CHANNEL_CREATE": _created,
    "CHANNEL_ANSWER": _answered,
    "CHANNEL_BRIDGE": _bridged,
    "CHANNEL_UNBRIDGE": _unbridged,
    "CHANNEL_HANGUP_COMPLETE": _hung_up,
    "CHANNEL_PARK": _parked,
    "CHANNEL_EXECUTE_COMPLETE": _completed,
    "DTMF": _digit,
    "RECORD_STOP": _recorded,
    "BACKGROUND_JOB": _job,
    "HEARTBEAT": _beat,
    "CUSTOM zongji::resting": _rests,
    "CUSTOM sofia::register": _registered,
    "CUSTOM sofia::unregister": _unregistered,
    "CUSTOM sofia::expire": _unregistered,
}
