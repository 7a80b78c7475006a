"""The state machine of one channel, run by its own task from the first event to CHANNEL_DESTROY.

Owns: what each core state does. Not here: applications (``apps/``), the legs' SIP (``legs.py``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from eslapp.softswitch import causes, flawed, hooks, legs, parting
from eslapp.softswitch.channel_events import report_durations, report_stamps
from eslapp.softswitch.dialplan import hunt
from eslapp.softswitch.execute import execute
from eslapp.softswitch.invite_variables import rtp_report
from eslapp.softswitch.loopback import start_far
from eslapp.softswitch.parking import park
from eslapp.softswitch.session_events import (
    CANCELLED,
    CHECK_PRESENCE,
    bug,
    enter_running_state,
    fire,
    fire_presence,
    fire_state,
    set_call_state,
)
from eslapp.softswitch.sip.causes import ELSEWHERE
from eslapp.softswitch.states import CallState, State

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

log = logging.getLogger(__name__)
STEPS_BEFORE_DESTROY = 4  # a partner reports CHANNEL_UNBRIDGE before this channel is destroyed


async def live(session: Session) -> None:
    """From INIT to DESTROY. Whatever goes wrong, the channel's end is reported and its resources are given back."""
    try:
        if session.direction == "inbound" and not session.is_loop:
            fire_state(session)
            flawed.refuse_incomplete(session)
        session.state = State.INIT if session.is_up else session.state
        while session.state < State.HANGUP:
            state = session.state
            enter_running_state(session, state)
            await STATES[state](session)
            while session.state is state:
                await session.wait_for_bell()
    except Exception:
        log.exception("channel-failed leg=%s", session.uuid)
        session.hangup("DESTINATION_OUT_OF_ORDER")
    finally:
        await end(session)


async def _init(session: Session) -> None:
    session.state = State.ROUTING if session.is_up else session.state
    if "call_uuid" not in session.variables:
        session.variables.set("call_uuid", session.call_uuid)
    fire(session, "CHANNEL_CREATE")
    if session.direction == "inbound" and session.call is not None and session.call.state == "answered":
        legs.answer(session)
    if session.direction == "outbound":
        fire(session, "CHANNEL_ORIGINATE")
        if session.call is not None and session.call.is_loopback:
            start_far(session)


async def _routing(session: Session) -> None:
    _find_way(session)
    fire_presence(session, "CS_ROUTING", where=CHECK_PRESENCE)


def _find_way(session: Session) -> None:
    if not session.wants_route:
        if session.direction == "inbound" and session.actions and session.is_ready:
            session.set_state(State.EXECUTE)
        if session.direction == "outbound" and session.state is State.ROUTING:
            session.set_state(State.CONSUME_MEDIA)
        return
    session.wants_route = False
    route(session)
    if session.state is not State.ROUTING:
        return
    session.own_call()
    if session.actions:
        session.hit_dialplan = True
        session.flip_caller_id()
        session.set_state(State.EXECUTE)
    else:
        session.hangup("NO_ROUTE_DESTINATION")


def route(session: Session) -> None:
    """Fill ``actions`` from the dialplan for the profile's destination."""
    profile = session.profile
    if profile.dialplan.lower() == "inline":
        session.actions.extend(session.switch.inline_actions(profile.destination_number))
        if profile.rdnis:  # what was called before is the destination again
            profile.destination_number, profile.rdnis = profile.rdnis, ""
        return
    if profile.dialplan.lower() != "xml":
        log.warning("dialplan-unknown dialplan=%r leg=%s", profile.dialplan, session.uuid)
        return
    context = session.switch.conf.contexts.get(profile.context)
    if context is None:
        log.warning("dialplan-context-missing context=%r leg=%s", profile.context, session.uuid)
        return
    found = hunt(context, session.get, lambda name, data: _run_inline(session, name, data))
    session.actions.extend(found.actions)
    if len(found.captures) > 1:
        session.variables.set("DP_MATCH", None)
        for capture in found.captures:
            push_match(session, capture)


def push_match(session: Session, capture: str) -> None:
    """``DP_MATCH`` is an array from its first element on."""
    present = session.variables.get("DP_MATCH")
    value = f"{present}|:{capture}" if present else f"ARRAY::{capture}"
    session.variables.set("DP_MATCH", value)


def _run_inline(session: Session, name: str, data: str) -> None:
    if name in ("set", "export"):
        key, _, value = session.expand(data).partition("=")
        session.variables.set(key.removeprefix("nolocal:"), value)
    elif name == "unset":
        session.variables.set(data, None)


async def _execute(session: Session) -> None:
    session.own_call()
    while session.actions and session.is_ready:
        action = session.actions.popleft()
        await execute(session, action.application, action.data)
    if session.is_ready:
        session.hangup("NORMAL_CLEARING")


async def _soft_execute(session: Session) -> None:
    if session.soft_execute is not None:
        todo, session.soft_execute = session.soft_execute, None
        await todo(session)


async def _park(session: Session) -> None:
    await park(session)
    if session.is_ready:
        session.hangup("NORMAL_CLEARING")


async def _consume_media(session: Session) -> None:
    from eslapp.softswitch.waiting import run_messages, take_digits

    while session.is_ready:
        take_digits(session, None)
        await hooks.settle(session)
        await run_messages(session)
        if session.errand is not None:
            errand, session.errand = session.errand, None
            await errand()
        if session.partner is not None:  # who waits until this one has done what it was asked to
            session.partner.ring_bell()
        if session.is_ready:
            await session.wait_for_bell()


async def _reset(session: Session) -> None:
    if session.soft_execute is None:  # uuid_bridge has its own way
        session.own_call()
    await _wait(session)


async def _wait(session: Session) -> None:
    while session.is_ready:
        await session.wait_for_bell()


async def _exchange_media(session: Session) -> None:
    from eslapp.softswitch.bridging import exchange_media

    await exchange_media(session)


STATES: dict[State, Callable[[Session], Awaitable[None]]] = {
    State.INIT: _init,
    State.ROUTING: _routing,
    State.SOFT_EXECUTE: _soft_execute,
    State.EXECUTE: _execute,
    State.EXCHANGE_MEDIA: _exchange_media,
    State.PARK: _park,
    State.CONSUME_MEDIA: _consume_media,
    State.HIBERNATE: _wait,
    State.RESET: _reset,
}


async def end(session: Session) -> None:
    """HANGUP, REPORTING, DESTROY."""
    session.state = session.running_state = State.HANGUP
    try:
        fire_state(session)
        session.profile.times.hangup = session.switch.now()
        parting.close(session)
        await session.switch.recordings.stop_all(session)
        report(session)
        report_end(session)
        set_call_state(session, CallState.HANGUP)
        report_media(session)
        await hooks.hung_up(session, "api_hangup_hook")
        session.state = State.REPORTING
        if session.direction == "outbound":
            is_lost = session.hangup_cause == "LOSE_RACE"
            told = ("cancelled", CANCELLED) if is_lost else ("CS_HANGUP", CHECK_PRESENCE)
            fire_presence(session, told[0], where=told[1])
        session.running_state = State.REPORTING
        fire_state(session)
        await hooks.hung_up(session, "api_reporting_hook")
        fire(session, "CHANNEL_HANGUP_COMPLETE", before=[("Hangup-Cause", session.hangup_cause)])
        session.switch.forget(session)
        for _ in range(STEPS_BEFORE_DESTROY):
            await asyncio.sleep(0)
        await asyncio.gather(*(socket.session_ended() for socket in list(session.sockets)))
    except Exception:
        log.exception("channel-end-failed leg=%s", session.uuid)
    finally:
        _destroy(session)


def _destroy(session: Session) -> None:
    session.state = State.DESTROY
    session.switch.forget(session)
    if session.port is not None:
        session.port.close()
    session.switch.scheduler.delete(session.uuid)
    if session.call_uuid != session.uuid:
        session.call_uuid = session.uuid
        tell = session.variables.set if "last_bridge_to" in session.variables else session.variables.put
        tell("call_uuid", session.uuid)
    for function in session.open_bugs:
        fire(session, "MEDIA_BUG_STOP", before=bug(function, session.uuid))
    fire(session, "CHANNEL_DESTROY")
    session.running_state = State.DESTROY
    fire_state(session)
    session.is_gone.set()


def report(session: Session) -> None:
    """The variables of a finished call, in FreeSWITCH's order."""
    variables = session.variables
    variables.set("hangup_cause", session.hangup_cause)
    variables.set("hangup_cause_q850", str(_reported_number(session.hangup_cause)))
    variables.set("digits_dialed", session.dialed or "none")
    spans = ",".join(f"{{{since},{until}}}" for since, until in reversed(session.holds))
    for name, value in report_stamps(session.profile.times, session.profile.created):
        if name == "end_stamp" and spans:
            variables.set("hold_events", f"{{{spans}}}")
        variables.set(name, value)
    if session.app_log:
        application, data = session.app_log[-1]
        variables.set("last_app", application)
        variables.set("last_arg", data)
    name, number = session.profile.caller_id_name, session.profile.caller_id_number
    variables.set("caller_id", f'"{name}" <{number}>' if name else number)
    for name, value in report_durations(session.profile.times):
        variables.set(name, value)


def report_end(session: Session) -> None:
    """The variables of an end that the phone did not choose; they come after the call's report."""
    call, variables = session.call, session.variables
    if call is not None and call.is_loopback:
        variables.set("is_loopback", "1")
    if call is None or call.is_loopback or "sip_hangup_disposition" in variables:
        return
    is_answered = bool(session.profile.times.answered)
    unanswered = "send_refuse" if session.direction == "inbound" else "send_cancel"
    if session.hangup_cause in ELSEWHERE:
        variables.set("call_completed_elsewhere", "true")
    variables.set("sip_hangup_disposition", "send_bye" if is_answered else unanswered)
    if session.direction == "outbound" and not is_answered:
        variables.set("sip_invite_failure_status", "487")
        variables.set("sip_invite_failure_phrase", "CANCEL")


def report_media(session: Session) -> None:
    """What went over RTP, where there was any."""
    is_rtp = session.call is not None and not session.call.is_loopback
    if session.is_media_ready and session.port is not None and is_rtp:
        for name, value in rtp_report(session.port):
            session.variables.set(name, value)


def _reported_number(cause: str) -> int:
    """Causes of FreeSWITCH's own are reported as 16 (ORIGINATOR_CANCEL and above)."""
    number = causes.number_of(cause)
    return number if number < 128 else 16
