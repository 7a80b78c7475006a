"""``record_session``."""

from __future__ import annotations

from switch_lab import Lab, in_lab
from wav_files import channels, loudest_hertz

from eslapp.softswitch.media.sources import ToneSource


@in_lab
async def test_both_sides_of_a_bridge_are_in_the_file(lab: Lab) -> None:
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    path = lab.folder / "deep" / "s.wav"
    await out.run("set", "RECORD_STEREO=true")
    await out.run("record_session", str(path))
    out.start("bridge", "user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    theirs.start_playing(ToneSource([(900.0,)], repeats=None))
    await theirs.heard.tone(500, timeout=3)
    await call.heard.tone(900, timeout=3)
    await call.hang_up()
    await out.wait_event("RECORD_STOP")
    left, right = channels(path)
    assert (loudest_hertz(left), loudest_hertz(right)) == (500, 900)
