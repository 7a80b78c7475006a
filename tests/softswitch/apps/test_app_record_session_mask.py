"""``record_session_mask``, ``record_session_unmask``: what is said meanwhile is not in the file."""

from __future__ import annotations

from switch_lab import Lab, in_lab
from wav_files import channels, seconds_ms, strength

from eslapp.softswitch.media.sources import ToneSource


@in_lab
async def test_masked_is_silent_and_as_long(lab: Lab) -> None:
    call, out = await lab.answered_call()
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    path = lab.folder / "m.wav"
    await out.run("record_session", str(path))
    await out.run("record_session_mask", str(path))
    await out.run("sleep", "400")
    await out.run("stop_record_session", str(path))
    assert seconds_ms(path) > 350
    assert strength(channels(path)[0][-1600:], 500) < 50
