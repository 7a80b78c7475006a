"""Two legs joined: CHANNEL_BRIDGE to CHANNEL_UNBRIDGE, and what each leg does afterwards.

Owns: the bridge itself, ``uuid_bridge``, park/transfer/hangup after a bridge.
Not here: finding the second leg (``originate.py``), transfers (``transferring.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from eslapp.softswitch import around_bridge
from eslapp.softswitch.holding import end_hold
from eslapp.softswitch.profile import Header
from eslapp.softswitch.session_events import fire
from eslapp.softswitch.states import State
from eslapp.softswitch.waiting import OnDigit, wait

if TYPE_CHECKING:
    from eslapp.softswitch.loopback import LoopCall
    from eslapp.softswitch.session import Session

MEET_TIMEOUT_S = 5.0
OTHER_STEPS = 25
ACK_S = 0.02


async def bridge(a: Session, b: Session, *, is_known: bool = False, on_digit: OnDigit | None = None) -> None:
    """Join and stay until one leg goes. Runs in A's task; B sits in EXCHANGE_MEDIA. Afterwards: ``after_bridge(a)``.

    ``is_known``: the legs have each other's profile already. ``on_digit``: what A presses; True ends the bridge.
    """
    _join(a, b, is_known=is_known)
    fire(a, "CHANNEL_BRIDGE", before=_uuids(a, b))
    is_named = await _let_finish(a, b)
    _hand_over(a, b, is_named=is_named)
    await _let_run(lambda: b.running_state is State.EXCHANGE_MEDIA)
    _name_partners(a, b, is_named=is_named)
    if not (a.is_answered and b.is_answered):  # joined for early media
        await wait(a, lambda: not _is_joined(a, b) or (a.is_answered and b.is_answered), breaks=False)
    if a.is_answered and b.is_answered:
        await _let_acknowledge(a)
        around_bridge.name(a, b)
        _tell_partners(a, b)
    lead_s = around_bridge.lead_s(a)
    result = await wait(a, lambda: not _is_joined(a, b), timeout_s=lead_s, breaks=False, on_digit=on_digit)
    if result.is_timed_out:
        await around_bridge.before(a, b)
        await wait(a, lambda: not _is_joined(a, b), breaks=False, on_digit=on_digit)
    await _come_apart(a, b)
    _part(a, b)
    await around_bridge.after(a)
    a.variables.set("bridge_to", None)
    if not b.is_up:
        await _let_run(lambda: b.running_state >= State.REPORTING)
    elif b.is_asked:
        await _let_run(lambda: b.is_parked or b.state is not State.PARK)
    end_hold(a)
    for one, other in ((a, b), (b, a)):
        if not other.is_up:
            one.variables.set("bridge_hangup_cause", other.hangup_cause)
    if b.is_up:
        b.own_call()
    fire(a, "CHANNEL_UNBRIDGE", before=_uuids(a, b))
    if a.is_up and a.state is State.HIBERNATE:  # uuid_bridge took it out: no need to sleep first
        a.state = State.RESET


def pass_callee(b: Session, a: Session) -> None:
    """A dialed B and shows it as its callee."""
    a.profile.callee_id_name = b.profile.callee_id_name or a.profile.callee_id_name
    a.profile.callee_id_number = b.profile.callee_id_number or a.profile.callee_id_number


async def _let_run(until: Callable[[], bool]) -> None:
    """Let the other leg's task take its next steps first, as its thread does in FreeSWITCH; never for long."""
    for _ in range(OTHER_STEPS):
        if until():
            return
        await asyncio.sleep(0)


def _leave(session: Session, other: Session | None) -> None:
    """``session``'s part of the bridge is over. Whoever it kept on hold is hung up, whatever was said for after a
    bridge, unless ``hold_hangup_xfer_exten`` says where to send them; as in FreeSWITCH.
    """
    is_holder = session.is_held or session.ended_on_hold
    if is_holder and other is not None and other.partner is session and other.is_ready:
        if not session.is_up:
            _remember_end(other, session, session.hangup_cause)
        target = session.variables.text("hold_hangup_xfer_exten")
        if target:
            other.variables.set("transfer_after_bridge", target)
            other.stop_loop()
        else:
            other.hangup("NORMAL_CLEARING")


async def _come_apart(a: Session, b: Session) -> None:
    """What B was asked to do meanwhile is broken off before B goes on."""
    if b.state is State.EXCHANGE_MEDIA:
        _leave(a, b)
    if b.depth and not (a.is_up or b.is_up):  # told before what B was asked to do has ended
        b.variables.set("bridge_hangup_cause", a.hangup_cause)
    if b.depth and b.partner is a and b.is_ready and b.state is State.EXCHANGE_MEDIA:
        if a.partner is b and not a.is_up:
            _remember_end(b, a, a.hangup_cause)
        b.stop_loop()
        await _let_run(lambda: not b.depth)


async def _let_acknowledge(a: Session) -> None:
    """A phone that was answered just now has sent its ACK before FreeSWITCH goes on, a frame later."""
    deadline = asyncio.get_running_loop().time() + ACK_S
    while (
        a.direction == "inbound"
        and not a.is_loop
        and "sip_cseq" not in a.variables
        and asyncio.get_running_loop().time() < deadline
    ):
        await asyncio.sleep(0.001)


async def _let_finish(a: Session, b: Session) -> bool:
    """What was queued to the callee before runs to its end; both show each other meanwhile (True)."""
    if not b.depth:
        return False
    b.variables.set("call_uuid", a.call_uuid)
    for one, other in ((a, b), (b, a)):
        one.variables.set("bridge_to", other.uuid)
        one.variables.set("last_bridge_to", other.uuid)
    await wait(a, lambda: not b.depth or not b.is_up or a.partner is not b, breaks=False)
    return True


def _is_joined(a: Session, b: Session) -> bool:
    is_mutual = b.partner is a or b.holding is a
    return a.partner is b and is_mutual and b.is_up and b.state is State.EXCHANGE_MEDIA


def _join(a: Session, b: Session, *, is_known: bool) -> None:
    if not is_known:
        a.other_profile = b.profile.frozen()
        b.other_profile = b.other_profile or a.profile.as_originator()
    now = a.switch.now()
    for one, other, kind in ((a, b, "originatee"), (b, a, "originator")):
        one.partner = other
        one.other_type = kind
        one.profile.times.bridged = now
    if not is_known:
        a.variables.set("signal_bond", b.uuid)
        if b.variables.get("signal_bond") != a.uuid:
            b.variables.set("signal_bond", a.uuid)
    a.variables.set("originate_signal_bond", None)


def _hand_over(a: Session, b: Session, *, is_named: bool) -> None:
    """B belongs to A's call now, and they hear each other."""
    b.call_uuid = a.call_uuid
    if not is_named:
        b.variables.set("call_uuid", a.call_uuid)
    b.set_state(State.EXCHANGE_MEDIA)
    if a.port is not None and b.port is not None:
        a.port.bridge(b.port)


def _uuids(a: Session, b: Session) -> list[Header]:
    return [("Bridge-A-Unique-ID", a.uuid), ("Bridge-B-Unique-ID", b.uuid)]


def _name_partners(a: Session, b: Session, *, is_named: bool) -> None:
    """``bridge_to`` and its siblings; B may show the first of them already."""
    for one, other in ((b, a), (a, b)):
        if one is a or not is_named:
            one.variables.set("bridge_to", other.uuid)
            one.variables.set("last_bridge_to", other.uuid)
        one.variables.set("bridge_channel", other.name)
        one.variables.set("bridge_uuid", other.uuid)
        one.variables.set("signal_bond", other.uuid)


def _tell_partners(a: Session, b: Session) -> None:
    """CALL_UPDATE on both with the name each shows from now on."""
    _show(b, a, b.profile.caller_id_name or a.profile.caller_id_name, b.profile.caller_id_number)
    number = b.profile.callee_id_number or b.profile.destination_number
    _show(a, b, b.profile.callee_id_name or number, number)


def _show(one: Session, other: Session, name: str, number: str) -> None:
    """What is shown already is not told again."""
    is_known, one.shown = one.shown == (name, number), (name, number)
    one.variables.set("last_sent_callee_id_name", name)
    one.variables.set("last_sent_callee_id_number", number)
    if one.is_loop:
        cast("LoopCall", one.call).show(name, number)
    if one.is_loop or is_known:
        return
    shown = [
        ("Direction", "SEND"),
        ("Sent-Callee-ID-Name", name),
        ("Sent-Callee-ID-Number", number),
        ("Bridged-To", other.uuid),
    ]
    fire(one, "CALL_UPDATE", before=shown)


def _part(a: Session, b: Session) -> None:
    """The bridge is over, whatever ended it. Who called is not told by B's phone how A's ended: it is cleared."""
    if a.port is not None:
        a.port.bridge(None)
    cause = a.hangup_cause or b.hangup_cause or "NORMAL_CLEARING"
    ended, stays = (a, b) if not a.is_up else (b, a)
    if stays.is_up and not ended.is_up and ended.partner is stays:
        _remember_end(stays, ended, cause)
    if b.is_up or not b.depth:  # else once what it was asked to do has ended
        b.variables.set("bridge_to", None)
    if b.partner is a:
        b.partner = None
        if b.is_up and b.state is State.EXCHANGE_MEDIA and b.is_asked:
            b.set_state(State.PARK)
        elif b.is_up and b.state is State.EXCHANGE_MEDIA and not _has_plan(b):
            b.hangup("NORMAL_CLEARING" if b.is_answered else "ORIGINATOR_CANCEL")
            if a.is_up and a.state is not State.ROUTING:
                a.variables.set("last_bridge_hangup_cause", b.hangup_cause)
        b.ring_bell()
    if a.partner is b:
        a.partner = None


def _remember_end(stays: Session, ended: Session, cause: str) -> None:
    phrase = ended.variables.get("sip_invite_failure_phrase")
    refused = ended.variables.text("sip_hangup_disposition") == "recv_refuse"
    if refused:  # after its early media
        stays.variables.set("sip_invite_failure_status", ended.variables.get("sip_invite_failure_status"))
        stays.variables.set("sip_invite_failure_phrase", phrase)
    proto = ended.variables.get("proto_specific_hangup_cause")
    if proto is not None:  # its phone ended it
        stays.variables.set("sip_hangup_phrase", phrase if refused else "OK")
    stays.variables.set("last_bridge_hangup_cause", cause)
    if proto is not None:
        stays.variables.set("last_bridge_proto_specific_hangup_cause", proto)


def _has_plan(session: Session) -> bool:
    variables = session.variables
    return variables.is_true("park_after_bridge") or "transfer_after_bridge" in variables


def after_bridge(session: Session, cause: str, *, is_hangup_default: bool) -> None:
    """Park, transfer or hang up, as the channel's variables say; nothing for a channel that is going already."""
    if session.is_leaving:
        session.hangup("NORMAL_CLEARING")
    if not session.is_ready:
        return
    variables = session.variables
    target = variables.text("transfer_after_bridge")
    if variables.text("hangup_after_bridge").lower() == "explicit":
        session.hangup(cause)
    elif variables.is_true("park_after_bridge"):
        session.set_state(State.PARK)
    elif target:
        variables.set("transfer_after_bridge", None)
        session.transfer(*target.split(":")[:3])
    elif is_hangup_default or variables.is_true("hangup_after_bridge"):
        session.hangup(cause)


async def exchange_media(session: Session) -> None:
    """What the B leg does while it is bridged, and after."""
    await wait(session, lambda: session.partner is None, breaks=False)
    _leave(session, session.partner)
    session.variables.set("bridge_to", None)
    end_hold(session)
    after_bridge(session, "NORMAL_CLEARING", is_hangup_default=True)


def bonded(leg: Session) -> Session | None:
    """Whom a leg talks to, or rings."""
    variables = leg.variables
    return leg.partner or leg.switch.locate(variables.text("signal_bond") or variables.text("originate_signal_bond"))
