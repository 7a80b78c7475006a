"""``respond code [phrase]``: a final SIP answer of your choice for an unanswered call; 407 asks for a password."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    word = data.split(None, 1)[0] if data.split() else ""
    code = whole(word) if 300 <= whole(word) <= 699 else 488
    call = session.call
    if call is None or session.is_answered or session.direction != "inbound":
        return
    cause = causes.cause_of_sip_code(code)
    session.hung_up_inside = True
    headers = session.switch.challenge(call) if code == 407 else None
    call.reject(code, cause_code=causes.number_of(cause), cause_name=cause, headers=headers)
    session.hangup(cause)
