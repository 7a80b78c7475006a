"""RING_WAIT: the call state of an answered caller while another is rung. Not here: the ringing (``originate.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.bridging import pass_callee
from eslapp.softswitch.outgoing import legs_entry
from eslapp.softswitch.session_events import set_call_state
from eslapp.softswitch.states import CallState

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


def begin(caller: Session) -> None:
    """Somebody is dialed for the caller."""
    if caller.is_answered and caller.is_up:
        set_call_state(caller, CallState.RING_WAIT)


def dialed_by_user(caller: Session, session: Session) -> None:
    """One of several targets, of the user endpoint: its own dialing is over as soon as it rings."""
    begin(caller)
    caller.other_type, caller.other_profile = "originatee", session.profile.frozen()
    caller.variables.set("signal_bond", session.uuid)
    caller.variables.push("originated_legs", legs_entry(session))  # the outer dialing lists it, too
    caller.variables.tell_again(("originate_signal_bond",))
    if caller.call_state is CallState.RING_WAIT:
        set_call_state(caller, CallState.ACTIVE)


def end(caller: Session, answered: Session | None) -> None:
    """An answered caller no longer waits; it shows already who answered."""
    if caller.call_state is not CallState.RING_WAIT or not caller.is_up:
        return
    if answered is not None:
        if answered.is_up and (answered.is_by_user or not answered.is_answered):
            pass_callee(answered, caller)
        caller.other_type, caller.other_profile = "originatee", answered.profile.frozen()
    set_call_state(caller, CallState.ACTIVE)
