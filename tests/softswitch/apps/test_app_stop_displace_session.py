"""``stop_displace_session``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_it_is_silent_again(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("displace_session", "tone_stream://%(9000,0,500)")
    out.start("playback", "silence_stream://9000")
    await call.heard.tone(500, timeout=3)
    await out.run("stop_displace_session", "tone_stream://%(9000,0,500)")
    await call.heard.silence(timeout=3)
