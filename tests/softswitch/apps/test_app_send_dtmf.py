"""``send_dtmf``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_phone_gets_the_digits(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("send_dtmf", "1*@100")
    await call.heard.digit("1", timeout=3)
    await call.heard.digit("*", timeout=3)
