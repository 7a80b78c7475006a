"""``displace_session``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_caller_hears_it_while_something_else_runs(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("displace_session", "tone_stream://%(3000,0,500)")
    out.start("sleep", "5000")
    await call.heard.tone(500, timeout=3)
