"""Asking somebody before handing a call on: the ``att_xfer`` application.

Owns: the partner that waits meanwhile, the keys, who is joined with whom afterwards.
Not here: REFER with Replaces (``refer.py``), bridges (``bridging.py``), dialing (``originate.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.apps.bridge import list_again, remember, tell_flows
from eslapp.softswitch.bridging import bridge, pass_callee
from eslapp.softswitch.dialplan import Action
from eslapp.softswitch.originate import Dialing
from eslapp.softswitch.outgoing import announce_again
from eslapp.softswitch.rejoining import bridge_existing
from eslapp.softswitch.states import State

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

KEYS = {"attxfer_cancel_key": "#", "attxfer_hangup_key": "*", "attxfer_conf_key": "0"}


async def ask(session: Session, target: str) -> None:
    """Ring ``target`` while the partner waits in silence; joined with it whom the outcome says."""
    waiting = session.partner
    session.variables.set("soft_holding_uuid", waiting.uuid if waiting is not None else None)
    _set_aside(session, waiting)
    dialing = Dialing(session.switch, originator=session, on_progress=lambda _asked: _mark_progress(session))
    asked = await dialing.dial(target)
    if asked is None:
        remember(session, dialing)
        session.variables.set("originate_failed_cause", None)
        _take_back(session, waiting)
    else:
        pass_callee(asked, session)
        list_again(session.variables, dialing)
        session.variables.set("switch_m_sdp", asked.variables.get("switch_r_sdp"))
        tell_flows(session)
        remember(session, dialing)
        if not dialing.is_forked:
            announce_again(asked, session)
        await _consult(session, asked)
        _join(session, asked, waiting)
    session.variables.set("soft_holding_uuid", None)


def _mark_progress(session: Session) -> None:
    session.profile.times.progress = session.profile.times.progress or session.switch.now()


def _set_aside(session: Session, waiting: Session | None) -> None:
    if waiting is None:
        return
    session.holding, session.partner = waiting, None
    if session.port is not None:
        session.port.bridge(None)


def _take_back(session: Session, waiting: Session | None) -> None:
    """Nobody answered: as before."""
    session.holding = None
    if waiting is None:
        return
    session.partner = waiting
    session.variables.set("signal_bond", waiting.uuid)
    if session.port is not None and waiting.port is not None and session.is_up and waiting.is_up:
        session.port.bridge(waiting.port)
    waiting.ring_bell()
    session.ring_bell()


async def _consult(session: Session, asked: Session) -> None:
    cancel, hang_up, confer = (_key(session, asked, name) for name in KEYS)

    def on_digit(digit: str) -> bool:
        if digit == hang_up:
            session.hangup("NORMAL_CLEARING")
        elif digit == cancel:
            asked.hangup("NORMAL_CLEARING")
        elif digit == confer:
            _let_join(asked, session)
            session.variables.set("hangup_after_bridge", None)
        else:
            return False
        return True

    asked.is_asked = True
    session.keys.private = cancel + hang_up + confer
    asked.state = State.CONSUME_MEDIA if asked.state < State.CONSUME_MEDIA else asked.state
    try:
        await bridge(session, asked, on_digit=on_digit)
    finally:
        asked.is_asked = False
        session.keys.private = ""


def _key(session: Session, asked: Session, name: str) -> str:
    return session.variables.get(name) or asked.variables.get(name) or KEYS[name]


def _let_join(asked: Session, session: Session) -> None:
    """The one who was asked joins the call that goes on."""
    asked.flip_caller_id(is_bridged=True)
    asked.hit_dialplan = True
    asked.actions.clear()
    asked.actions.append(Action("three_way", session.uuid))
    asked.set_state(State.EXECUTE)


def _join(session: Session, asked: Session, waiting: Session | None) -> None:
    session.holding = None
    if waiting is None:
        return
    session.variables.set("signal_bond", waiting.uuid)
    if asked.is_up and not session.is_up:
        if not (waiting.is_up and bridge_existing(asked, waiting)):
            asked.hangup("NORMAL_CLEARING")
        asked.variables.set("att_xfer_result", "success" if waiting.is_up else "failure")
        return
    if asked.is_up:
        for one, other in ((waiting, session), (session, waiting)):
            one.variables.set("xfer_uuids", f"{asked.uuid} {other.uuid}")
        _when_gone(session, asked, waiting)
        _when_gone(waiting, asked, session)
    is_joined = session.is_up and waiting.is_up and bridge_existing(session, waiting)
    session.variables.set("att_xfer_result", "success" if is_joined else "failure")
    if not is_joined:
        session.hangup("NORMAL_CLEARING")
        waiting.ring_bell()


def _when_gone(session: Session, asked: Session, stays: Session) -> None:
    """Of three in a call one leaves: the other two are joined."""

    def join() -> None:
        if asked.is_up and stays.is_up:
            bridge_existing(asked, stays)

    session.on_hangup.append(join)
