"""The header block every channel event shares, in FreeSWITCH's order. Pure.

Owns: channel state, codecs, ``Caller-*``, ``Other-*``, variables, and the report variables of a finished call.
Not here: when events are raised (``session.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from eslapp.softswitch.profile import CallerProfile, Header, Times
from eslapp.softswitch.states import CallState, State
from eslapp.softswitch.variables import Variables

LINEAR, LINEAR_BIT_RATE = "L16", "128000"


class ChannelView(Protocol):
    """What of a channel shows in its events."""

    uuid: str
    name: str
    direction: str
    state: State
    running_state: State
    call_state: CallState
    answer_state: str  # ringing | early | answered | hangup
    hangup_cause: str
    presence_id: str
    call_uuid: str
    hit_dialplan: bool
    codec: str  # "" before media
    read_codec: str  # L16 while an application reads linear audio, else as ``codec``
    is_write_open: bool  # the codec is agreed for both ways
    profile: CallerProfile
    has_profile: bool  # it is shown
    other_type: str  # originator | originatee | ""
    other_profile: CallerProfile | None
    variables: Variables


def channel_headers(channel: ChannelView) -> Iterator[Header]:
    """State, identity, codecs and profiles."""
    yield "Channel-State", channel.running_state.label
    yield "Channel-Call-State", channel.call_state.name
    yield "Channel-State-Number", str(int(channel.state))
    yield "Channel-Name", channel.name
    yield "Unique-ID", channel.uuid
    yield "Call-Direction", channel.direction
    yield "Presence-Call-Direction", channel.direction
    yield "Channel-HIT-Dialplan", "true" if channel.hit_dialplan else "false"
    yield "Channel-Presence-ID", channel.presence_id
    yield "Channel-Call-UUID", channel.call_uuid
    yield "Answer-State", channel.answer_state
    if channel.hangup_cause != "NONE":  # hung up with 0
        yield "Hangup-Cause", channel.hangup_cause
    if channel.codec:
        yield from _codec("Read", channel.read_codec)
        if channel.is_write_open:
            yield from _codec("Write", channel.codec)
    if (channel.running_state is State.NEW and not channel.hangup_cause) or not channel.has_profile:
        return
    yield from channel.profile.headers("Caller")
    if channel.other_profile is not None:
        yield "Other-Type", channel.other_type
        yield from channel.other_profile.headers("Other-Leg", with_index=False)


def _codec(side: str, codec: str) -> Iterator[Header]:
    yield f"Channel-{side}-Codec-Name", codec
    yield f"Channel-{side}-Codec-Rate", "8000"
    yield f"Channel-{side}-Codec-Bit-Rate", LINEAR_BIT_RATE if codec == LINEAR else "64000"


def variable_headers(variables: Variables) -> list[Header]:
    """``variable_<name>`` for all of them."""
    return variables.headers()


def stamp(micros: int) -> str:
    """``2026-11-22 01:46:47`` in local time."""
    return datetime.fromtimestamp(micros // 1_000_000).isoformat(" ")


STAMPS = (
    ("start", "created"),
    ("profile_start", ""),
    ("answer", "answered"),
    ("bridge", "bridged"),
    ("last_hold", "last_hold"),
    ("progress", "progress"),
    ("progress_media", "progress_media"),
    ("end", "hangup"),
)
STAMP_NAMES = {"last_hold": "hold"}  # the others are named as their epochs


def report_stamps(times: Times, profile_created: int) -> Iterator[Header]:
    """``start_stamp`` ... ``end_uepoch`` as FreeSWITCH sets them at the end; stamps that never were are absent."""
    values = {name: getattr(times, field) if field else profile_created for name, field in STAMPS}
    for name, value in values.items():
        if value:
            yield f"{STAMP_NAMES.get(name, name)}_stamp", stamp(value)
    for name in ("start", "profile_start", "answer", "bridge", "last_hold"):
        yield f"{name}_epoch", str(values[name] // 1_000_000)
        yield f"{name}_uepoch", str(values[name])
    yield "hold_accum_seconds", str(times.hold_accum // 1_000_000)
    yield "hold_accum_usec", str(times.hold_accum)
    yield "hold_accum_ms", str(times.hold_accum // 1_000)
    yield "resurrect_epoch", "0"
    yield "resurrect_uepoch", "0"
    for name in ("progress", "progress_media", "end"):
        yield f"{name}_epoch", str(values[name] // 1_000_000)
        yield f"{name}_uepoch", str(values[name])


def report_durations(times: Times) -> Iterator[Header]:
    """``duration``, ``billsec`` and their siblings in seconds, milliseconds and microseconds."""
    pairs = (
        ("duration", times.created, times.hangup),
        ("bill", times.answered, times.hangup),
        ("progress", times.created, times.progress),
        ("answer", times.created, times.answered),
        ("wait", times.created, times.bridged),
        ("progress_media", times.created, times.progress_media),
        ("flow_bill", times.created, times.hangup),
    )
    for unit, divisor in (("sec", 1_000_000), ("msec", 1_000), ("usec", 1)):
        for name, start, end in pairs:
            spent = end // divisor - start // divisor if start and end else 0
            label = {"sec": "duration", "msec": "mduration", "usec": "uduration"}[unit] if name == "duration" else ""
            yield label or f"{name}{unit}", str(max(0, spent))
