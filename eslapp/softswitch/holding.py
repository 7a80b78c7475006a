"""Hold from this side: re-INVITE, CHANNEL_HOLD and CHANNEL_UNHOLD, what the other leg hears meanwhile.

Not here: hold by the phone itself (``legs.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.origins import ORIGINS
from eslapp.softswitch.session_events import fire, set_call_state
from eslapp.softswitch.states import CallState

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


def hold(session: Session) -> None:
    """sendonly; nothing for a leg that is held or not answered."""
    if session.is_held or not session.is_answered or session.call is None:
        return
    session.is_held = True
    session.profile.times.last_hold = session.switch.now()
    session.call.reinvite("sendonly")
    set_call_state(session, CallState.HELD)
    fire(session, "CHANNEL_HOLD", origin=ORIGINS["hold by api"])


def unhold(session: Session) -> None:
    """sendrecv; nothing for a leg that is not held."""
    if not session.is_held or session.call is None:
        return
    session.is_held = False
    session.call.reinvite("sendrecv")
    fire(session, "CHANNEL_UNHOLD", origin=ORIGINS["unhold by api"])
    set_call_state(session, CallState.ACTIVE)
