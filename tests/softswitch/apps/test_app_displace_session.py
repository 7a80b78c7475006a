"""``displace_session``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_caller_hears_it_while_something_else_runs(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("displace_session", "tone_stream://%(3000,0,500)")
    out.start("playback", "silence_stream://5000")
    await call.heard.tone(500, timeout=3)


@in_lab
async def test_a_channel_that_sends_nothing_has_nothing_to_displace(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("displace_session", "tone_stream://%(300,0,500)")
    await out.run("sleep", "600")
    out.start("playback", "tone_stream://%(9000,0,700)")
    await call.heard.tone(500, timeout=3)  # it waited for something to displace
