"""``unhold``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_phone_is_taken_back(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("hold")
    await call.held()
    await out.run("unhold")
    await call.resumed()
    await out.ever("CHANNEL_UNHOLD")
