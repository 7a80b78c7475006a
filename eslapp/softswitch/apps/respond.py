"""``respond code [phrase]``: a final SIP answer of your choice (from 400 on); 407 asks for a password."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.session import Refusal, Session

DEFAULT_CODE = 488
HIGHEST_CODE = 699


async def run(session: Session, data: str) -> None:
    """See the module; an answered call is hung up with the code's cause, by 488 it is not. A loopback hears none."""
    word, _, phrase = data.strip().partition(" ")
    code = whole(word) or DEFAULT_CODE
    if session.is_loop or not word or code < 400 or (session.is_answered and code == DEFAULT_CODE):
        return
    session.refusal = Refusal(code, phrase.strip()) if code <= HIGHEST_CODE else Refusal(500)
    session.hung_up_inside = True
    session.hangup("USER_CHALLENGE" if code == 401 else causes.cause_of_sip_code(code))
