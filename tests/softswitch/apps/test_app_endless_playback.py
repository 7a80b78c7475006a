"""``endless_playback``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_it_begins_again_also_when_it_is_broken(lab: Lab) -> None:
    call, out = await lab.answered_call()
    out.start("endless_playback", "tone_stream://%(300,0,500)")
    for _ in range(3):
        await out.wait_event("PLAYBACK_START")
    await call.heard.tone(500, timeout=3)
    await out.api(f"uuid_break {lab.uuid}")
    await out.wait_event("PLAYBACK_START")
    await call.press("*")
    await out.wait_event("DTMF")
    await out.wait_event("PLAYBACK_START")
    await call.hang_up()
    await out.complete("endless_playback")
