"""``loop_playback``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_it_plays_as_often_as_asked(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    done = await out.run("loop_playback", "+2 tone_stream://%(200,0,500)")
    assert done["Application-Response"] == "FILE PLAYED"
    assert [event["Event-Name"] for event in out.events].count("PLAYBACK_START") == 2


@in_lab
async def test_for_ever_until_it_is_broken(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    out.start("loop_playback", "+0 tone_stream://%(100,0,500)")
    for _ in range(4):
        await out.wait_event("PLAYBACK_START")
    await out.api(f"uuid_break {lab.uuid}")
    await out.complete("loop_playback")
