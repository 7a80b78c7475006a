"""``deflect sip:user@host``: REFER: the phone of an answered call is told to call somebody else, and hung up."""

from __future__ import annotations

import asyncio

from eslapp.softswitch.session import Session
from eslapp.softswitch.sip.text import is_header_safe
from eslapp.softswitch.waiting import wait

ANSWER_TIMEOUT_S = 10.0


async def run(session: Session, data: str) -> None:
    """See the module; ``sip_refer_reply`` says what the phone reported in its NOTIFY."""
    call, target = session.call, data.strip()
    if call is None or not target or not is_header_safe(target):
        return
    if not session.is_answered:
        await wait(session, lambda: session.is_answered, timeout_s=ANSWER_TIMEOUT_S, breaks=False)
        if not session.is_answered or not session.is_ready:
            return
    replied = asyncio.Event()

    def answered(status: int) -> None:
        session.variables.set("sip_refer_status_code", str(status))
        if status >= 300:
            replied.set()
            session.ring_bell()

    def notified(_event: str, body: bytes) -> None:
        line = body.decode("utf-8", "replace").partition("\n")[0].strip()
        session.variables.set("sip_refer_reply", f"{line}\n" if line else None)
        if not line.startswith("SIP/2.0 1"):
            replied.set()
            session.ring_bell()

    call.on_notify = notified
    if not call.send_request("REFER", [("Refer-To", target), ("Referred-By", call.own_address)], on_final=answered):
        return
    if not session.variables.is_true("sip_refer_continue_after_reply"):
        await wait(session, replied.is_set, timeout_s=ANSWER_TIMEOUT_S, breaks=False, messages=False)
        session.hung_up_inside = True
        session.hangup("BLIND_TRANSFER")
