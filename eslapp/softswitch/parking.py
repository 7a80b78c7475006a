"""Parking: a channel that waits under somebody's control, running what is sent to it.

Owns: CHANNEL_PARK, CHANNEL_UNPARK, park_timeout. An async socket is a park too (``apps/socket.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eslapp.softswitch import causes
from eslapp.softswitch.deadlines import seconds_until_epoch
from eslapp.softswitch.numbers import is_whole
from eslapp.softswitch.session_events import fire
from eslapp.softswitch.waiting import run_messages, wait

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


async def park(session: Session, until: Callable[[], bool] | None = None) -> None:
    """Stay until hung up, sent elsewhere, or ``until()``. A park inside a park runs what is queued, no more."""
    if session.is_parked:
        await run_messages(session)
        return
    session.is_parked = True
    timeout, _, rest = session.variables.text("park_timeout").partition(":")
    session.variables.set("park_timeout", None)
    timeout_s = seconds_until_epoch(int(timeout), session.switch.now()) if is_whole(timeout) else None
    fire(session, "CHANNEL_PARK")
    try:
        result = await wait(session, until, timeout_s=timeout_s, breaks=False)
        if result.is_timed_out:
            if rest and rest.upper() not in causes.NUMBERS:
                session.transfer(*rest.split(":")[:3])
            else:
                session.hangup(causes.name_of(rest or "NORMAL_CLEARING"))
    finally:
        session.is_parked = False
        fire(session, "CHANNEL_UNPARK")
