"""``echo``."""

from __future__ import annotations

from switch_lab import Lab, in_lab

from eslapp.softswitch.media.sources import ToneSource


@in_lab
async def test_the_caller_hears_themselves(lab: Lab) -> None:
    call = await (await lab.phone()).dial("9196")
    await call.answered(timeout=5)
    call.start_playing(ToneSource([(600.0,)], repeats=None))
    await call.heard.tone(600, timeout=3)
    await call.hang_up()
