"""``ring_ready``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_caller_is_told_that_it_rings(lab: Lab) -> None:
    call, out = await lab.taken_call()
    await out.run("ring_ready")
    assert await call.ringing() == 180
    await out.run("ring_ready")
    assert [event["Event-Name"] for event in out.events].count("CHANNEL_PROGRESS") == 1
