"""``uuid_bridge``: two channels are pulled out of whatever they do, and joined.

Owns: who is caller and who is callee from there on, the meeting of the two. Not here: the bridge (``bridging.py``).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from eslapp.softswitch.bridging import after_bridge, bridge
from eslapp.softswitch.origins import ORIGINS
from eslapp.softswitch.session_events import fire
from eslapp.softswitch.states import State
from eslapp.softswitch.waiting import wait

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

MEET_TIMEOUT_S = 5.0


def bridge_existing(a: Session, b: Session) -> bool:
    """Pull two channels out of whatever they do and join them. False when neither has media."""
    if a is b or not (a.is_media_ready or b.is_media_ready):
        return False
    if a.direction == "outbound" and not a.hit_dialplan:
        a.flip_caller_id(is_bridged=True)
        a.hit_dialplan = True
    if not a.is_media_ready:
        a, b = b, a
    if b.direction == "outbound":
        b.hit_dialplan = False
    a.variables.set("uuid_bridge", b.uuid)
    for one, other in ((a, b), (b, a)):
        one.variables.set("bridge_channel", other.name)
        one.variables.set("bridge_uuid", other.uuid)
        one.variables.set("signal_bond", other.uuid)
    _exchange_profiles(a, b)
    a.soft_execute = lambda session: _soft_bridge(session, b)
    b.soft_execute = _await_bridge
    for one in (a, b):
        one.messages.clear()
        one.wants_route = False
        one.set_state(State.HIBERNATE)
    a.switch.background(_release(a, b), "uuid_bridge")
    return True


def _exchange_profiles(a: Session, b: Session) -> None:
    """Who is caller and who is callee from here on: FreeSWITCH's steps, in its order."""
    if a.direction == "inbound" and a.is_b_leg:
        _invert(a)
        b.is_b_leg = False
    if b.direction == "inbound" and not b.is_b_leg:
        _invert(b)
        b.is_b_leg = True
    for one in (b, a):
        one.variables.set("original_destination_number", one.profile.destination_number)
        one.variables.set("original_caller_id_name", one.profile.caller_id_name)
        one.variables.set("original_caller_id_number", one.profile.caller_id_number)
        is_inward = one.direction == "inbound" or one.hit_dialplan
        direction = "inbound" if is_inward else "outbound"
        one.profile = one.profile.transferred(at=one.switch.now(), logical_direction=direction)
        one.profile.transfer_source = ""  # the other leg does not show it
    a.other_type, a.other_profile = "originatee", b.profile.frozen()
    b.other_type, b.other_profile = "originator", a.profile.as_originator()
    a.profile.callee_id_name, a.profile.callee_id_number = b.profile.callee_id_name, b.profile.callee_id_number
    b.profile.caller_id_name, b.profile.caller_id_number = a.profile.caller_id_name, a.profile.caller_id_number
    for one, other in ((a, b), (b, a)):
        note = f"{one.switch.now() // 1_000_000}:{one.switch.new_uuid()}:uuid_br:{other.uuid}"
        one.profile.transfer_source = note
        one.variables.push("transfer_history", note)
        one.variables.set("transfer_source", note)


def _invert(session: Session) -> None:
    """Caller and callee change places in the present profile; nobody is ``Unknown``."""
    profile = session.profile
    name, number = profile.caller_id_name, profile.caller_id_number
    profile.caller_id_name = profile.callee_id_name or "Unknown"
    profile.caller_id_number = profile.callee_id_number or "Unknown"
    profile.callee_id_name, profile.callee_id_number = name, number


async def _release(a: Session, b: Session) -> None:
    """Once both are out of what they did, send both on together."""
    if await _both(a, b, (State.HIBERNATE, State.RESET)):
        for one in (a, b):
            one.set_state(State.RESET)
    if await _both(a, b, (State.RESET,)):
        b.own_call()
        for one in (a, b):
            one.set_state(State.SOFT_EXECUTE)
        return
    for one, other in ((a, b), (b, a)):
        if one.is_up and one.state in (State.HIBERNATE, State.RESET):
            _left_alone(one, other)


def _left_alone(one: Session, other: Session) -> None:
    """The other is gone before the two met: what was said for after a bridge holds, as in FreeSWITCH."""
    if not other.is_up:
        after_bridge(one, "DESTINATION_OUT_OF_ORDER", is_hangup_default=True)
    if one.is_up and one.state in (State.HIBERNATE, State.RESET, State.SOFT_EXECUTE):
        one.hangup("NORMAL_CLEARING")


async def _both(a: Session, b: Session, states: tuple[State, ...]) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + MEET_TIMEOUT_S
    while loop.time() < deadline and a.is_up and b.is_up:
        if a.running_state in states and b.running_state in states:
            return True
        await asyncio.sleep(0.001)
    return False


async def _soft_bridge(a: Session, b: Session) -> None:
    """The A leg in SOFT_EXECUTE."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + MEET_TIMEOUT_S
    while b.is_up and b.running_state is not State.SOFT_EXECUTE and a.is_ready and loop.time() < deadline:
        await asyncio.sleep(0.001)
    if not a.is_ready:
        return
    if not b.is_ready or b.running_state is not State.SOFT_EXECUTE:
        _left_alone(a, b)
        return
    a.variables.set("uuid_bridge", None)
    for one, other, origin in ((a, b, "uuid_bridge A"), (b, a, "uuid_bridge B")):
        what = [("Application", "uuid_bridge"), ("Application-Data", other.uuid)]
        fire(one, "CHANNEL_EXECUTE", after=what, origin=ORIGINS[origin])
    await bridge(a, b, is_known=True)
    after_bridge(a, b.hangup_cause or "NORMAL_CLEARING", is_hangup_default=False)
    if a.is_ready:
        a.set_state(State.EXECUTE)  # nothing is left to execute: the end


async def _await_bridge(b: Session) -> None:
    """The B leg in SOFT_EXECUTE: the A leg takes it into EXCHANGE_MEDIA."""
    result = await wait(b, timeout_s=2 * MEET_TIMEOUT_S, breaks=False)
    if result.is_timed_out:
        b.hangup("NORMAL_CLEARING")
