"""``sched_hangup +seconds [cause [bleg]]``: hang up later; with ``bleg`` whom it is joined with then."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = data.split()
    if not words:
        return
    cause = words[1] if len(words) > 1 else "ALLOTTED_TIMEOUT"
    if whole(words[0].removeprefix("+")) > 0:
        is_other = words[2:] == ["bleg"]
        session.switch.scheduler.hangup(session, words[0], cause, is_other=is_other)
    else:  # no time at all, or what FreeSWITCH cannot read as a number: now
        session.hung_up_inside = True
        session.hangup(causes.name_of(cause))
