"""``record_session_unmask``."""

from __future__ import annotations

from switch_lab import Lab, in_lab
from wav_files import channels, loudest_hertz

from eslapp.softswitch.media.sources import ToneSource


@in_lab
async def test_the_call_is_heard_again(lab: Lab) -> None:
    call, out = await lab.answered_call()
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    path = lab.folder / "m.wav"
    await out.run("record_session", str(path))
    await out.run("record_session_mask", str(path))
    await out.run("record_session_unmask", str(path))
    await out.run("sleep", "400")
    await out.run("stop_record_session", str(path))
    assert loudest_hertz(channels(path)[0][-1600:]) == 500
