"""``break``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_it_ends_what_plays(lab: Lab) -> None:
    call, out = await lab.answered_call()
    out.start("playback", "tone_stream://%(9000,0,500)")
    await call.heard.tone(500, timeout=3)
    out.start("break")
    await out.complete("playback")
