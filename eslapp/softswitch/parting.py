"""Tells the phone that its channel hung up: BYE, CANCEL, or the final answer that the cause or an application asks for.

Not here: deciding the end (``session.py``), what the phone did (``legs.py``), causes on the wire (``sip.causes``).
"""

from __future__ import annotations

from eslapp.softswitch.numbers import is_whole
from eslapp.softswitch.session import Refusal, Session

ASK = (401, 407)  # a challenge: ours, never somebody else's


def _refusal_of_other_leg(session: Session) -> Refusal | None:
    """A caller hears the very answer of the phone that was rung last, whatever the cause's usual one is."""
    kind, _, code = session.variables.text("last_bridge_proto_specific_hangup_cause").partition(":")
    if session.direction != "inbound" or session.variables.is_true("sip_ignore_remote_cause"):
        return None
    return (
        Refusal(int(code))
        if kind == "sip" and is_whole(code) and 300 <= int(code) <= 699 and int(code) not in ASK
        else None
    )


def close(session: Session) -> None:
    """Tell the phone that the channel hung up, as the cause asks."""
    call = session.call
    if call is None:
        return
    if call.is_loopback:
        call.hangup(session.q850(), session.hangup_cause)
        return
    if call.state == "over":
        return
    refusal = session.refusal or _refusal_of_other_leg(session)
    if refusal is None or session.profile.times.answered:
        call.hangup(session.q850(), session.hangup_cause)
        return
    headers = session.switch.challenge(call) if refusal.code in ASK else None
    call.reject(
        407 if headers else refusal.code,
        cause_code=0 if headers else session.q850(),
        cause_name=session.hangup_cause,
        headers=headers,
        phrase=refusal.phrase,
        contact=refusal.contact,
    )
