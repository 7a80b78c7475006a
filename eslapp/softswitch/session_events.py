"""How a channel raises its events: one method per kind, with the right headers before, after and around the variables.

Not here: serialising (``events.py``), the headers all channel events share (``channel_events.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eslapp.softswitch.channel_events import LINEAR, LINEAR_BIT_RATE, channel_headers, variable_headers
from eslapp.softswitch.events import Event
from eslapp.softswitch.origins import ORIGINS, WITHOUT_VARIABLES, Origin
from eslapp.softswitch.profile import Header
from eslapp.softswitch.states import CallState, State

if TYPE_CHECKING:
    from eslapp.softswitch.messages import Message
    from eslapp.softswitch.session import Session


def channel_event(
    session: Session,
    name: str,
    *,
    before: Iterable[Header] = (),
    after: Iterable[Header] = (),
    origin: Origin | None = None,
) -> Event:
    """Build one event of a channel; ``before`` stands before the channel's headers, ``after`` at the end."""
    event = Event([*session.switch.core_headers(name, origin), *before, *channel_headers(session)])
    if name not in WITHOUT_VARIABLES:
        event.headers.extend(variable_headers(session.variables))  # none of them is empty
    for header, value in after:
        event.add(header, value)
    return event


def fire(
    session: Session,
    name: str,
    *,
    before: Iterable[Header] = (),
    after: Iterable[Header] = (),
    origin: Origin | None = None,
) -> None:
    """Publish an event of a channel; nothing is built when nobody listens for it."""
    bus = session.switch.bus
    if bus.is_wanted(name, leg=session.uuid):
        bus.publish(channel_event(session, name, before=before, after=after, origin=origin))
    else:
        session.switch.skip_sequence()


def bug(function: str, target: str) -> list[Header]:
    """What the events of a media bug say first."""
    return [("Media-Bug-Function", function), ("Media-Bug-Target", target)]


def tell_reinvite(session: Session) -> None:
    """``sofia::reinvite``: the phone made another offer."""
    session.switch.fire_custom("sofia::reinvite", [("Unique-ID", session.uuid)])


def fire_info(session: Session, about: Iterable[Header], body: bytes) -> None:
    """RECV_INFO: what the phone said in an INFO."""
    event = channel_event(session, "RECV_INFO", before=about)
    event.body = body.decode("utf-8", "surrogateescape")
    session.switch.bus.publish(event)


def fire_message(session: Session, message: Message) -> None:
    """PRIVATE_COMMAND: what was queued to the channel is done; its own words come first. What the switch itself queued
    was an event before, and tells both its names.
    """
    switch, name = session.switch, "PRIVATE_COMMAND"
    if not switch.bus.is_wanted(name, leg=session.uuid):
        switch.skip_sequence()
        return
    told = [*message.said, *switch.core_headers(name), *channel_headers(session)]
    switch.bus.publish(Event(told, message.body, name))


def fire_state(session: Session) -> None:
    """CHANNEL_STATE."""
    fire(session, "CHANNEL_STATE")


def set_call_state(session: Session, call_state: CallState) -> None:
    """Change the call state and say so (CHANNEL_CALLSTATE)."""
    if session.call_state is call_state:
        return
    before = session.call_state
    session.call_state = call_state
    fire(
        session,
        "CHANNEL_CALLSTATE",
        before=[("Original-Channel-Call-State", before.name), ("Channel-Call-State-Number", str(int(call_state)))],
    )


def fire_codecs(session: Session) -> None:
    """The two CODEC events when media opens."""
    if not session.switch.bus.is_wanted("CODEC", leg=session.uuid):
        session.switch.skip_sequence(2)
        return
    rate = LINEAR_BIT_RATE if session.codec == LINEAR else "64000"
    session.is_write_open = not session.is_loop
    fire_read_codec(session, ORIGINS["CODEC read"])
    session.is_write_open = True
    write = [
        ("Channel-Write-Codec-Name", session.codec),
        ("Channel-Write-Codec-Rate", "8000"),
        ("Channel-Write-codec-bit-rate", rate),
    ]
    fire(session, "CODEC", after=write, origin=ORIGINS["CODEC write"])


def fire_read_codec(session: Session, origin: Origin) -> None:
    """What is read changed."""
    codec = session.read_codec
    read = [
        ("channel-read-codec-name", codec),
        ("channel-read-codec-rate", "8000"),
        ("channel-read-codec-bit-rate", LINEAR_BIT_RATE if codec == LINEAR else "64000"),
    ]
    fire(session, "CODEC", after=read, origin=origin)


@contextmanager
def reading_linear(session: Session) -> Iterator[None]:
    """An application that works on samples has FreeSWITCH decode them first, which events tell as codec L16."""
    session.is_reading_linear += 1
    _read_codec_changed(session)
    try:
        yield
    finally:
        if session.is_reading_linear:
            session.is_reading_linear -= 1
            _read_codec_changed(session)


def read_undecoded(session: Session) -> None:
    """A transfer ends the decoding before the applications that wanted it end."""
    if session.is_reading_linear:
        session.is_reading_linear = 0
        _read_codec_changed(session)


def _read_codec_changed(session: Session) -> None:
    fire_read_codec(session, ORIGINS["CODEC read again"])
    session.variables.set("read_codec", session.read_codec)
    session.variables.set("read_rate", "8000")


def forget_hold(session: Session) -> None:
    """CHANNEL_UNHOLD though nobody took the hold back: the leg hung up, or its bridge ended."""
    session.is_held = session.holds_itself = False
    mark_unheld(session)


def mark_unheld(session: Session, origin: Origin | None = None) -> None:
    """CHANNEL_UNHOLD, and how long it was."""
    set_call_state(session, CallState.UNHELD)
    now = session.switch.now()
    session.profile.times.end_hold(now)
    session.holds[-1:] = [(since, now) for since, _ in session.holds[-1:]]
    fire(session, "CHANNEL_UNHOLD", origin=origin)


def fire_presence(session: Session, status: str, *, where: tuple[str, str, str]) -> None:
    """PRESENCE_IN of a leg that has a presence id; ``where`` is file, function, line of the caller."""
    if not session.presence_id:
        return
    shown = PRESENCES.get(status, "active" if session.is_answered else "progressing")
    after = [
        ("proto", "any"),
        ("login", "src/switch_channel.c"),
        ("from", session.presence_id),
        ("rpid", "unknown"),
        ("status", status),
        ("event_type", "presence"),
        ("alt_event_type", "dialog"),
        ("presence-call-info-state", shown),
        ("presence-call-direction", session.direction),
        ("event_count", str(session.presence_count)),
        ("Presence-Calling-File", where[0]),
        ("Presence-Calling-Function", where[1]),
        ("Presence-Calling-Line", where[2]),
    ]
    session.presence_count += 1
    fire(session, "PRESENCE_IN", after=after)


PRESENCES = {"CS_HANGUP": "idle", "cancelled": "idle", "hold": "held"}  # others: whether somebody talks
HELD = ("src/switch_core_media.c", "switch_core_media_toggle_hold", "6494")
UNHELD = ("src/switch_core_media.c", "switch_core_media_toggle_hold", "6604")
CHECK_PRESENCE = ("src/switch_core_state_machine.c", "check_presence", "521")
CANCELLED = ("src/switch_core_state_machine.c", "check_presence", "518")
MARK_ANSWERED = ("src/switch_channel.c", "switch_channel_perform_mark_answered", "3904")


def enter_running_state(session: Session, state: State) -> None:
    """The state machine begins to run a state: events in FreeSWITCH's order."""
    session.running_state = state
    if state is State.ROUTING and session.direction == "inbound":
        set_call_state(session, CallState.RINGING)
    elif state is State.EXECUTE and session.answer_state == "answered":
        set_call_state(session, CallState.ACTIVE)
    fire_state(session)
