"""``sched_hangup +seconds [cause]``: hang up later."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = data.split()
    if words:
        cause = words[1] if len(words) > 1 else "NORMAL_CLEARING"
        session.switch.scheduler.hangup(session, words[0], cause)
