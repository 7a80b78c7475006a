"""``record``."""

from __future__ import annotations

from switch_lab import Lab, in_lab
from wav_files import seconds_ms

from eslapp.softswitch.media.sources import ToneSource


@in_lab
async def test_what_the_caller_says_is_in_the_file(lab: Lab) -> None:
    call, out = await lab.answered_call()
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    path = lab.folder / "r.wav"
    done = await out.run("record", f"{path} 1")
    assert 900 < int(done["variable_record_ms"]) <= 2020
    assert seconds_ms(path) == int(done["variable_record_ms"])


@in_lab
async def test_a_terminator_ends_it(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("set", "playback_terminators=#")
    out.start("record", f"{lab.folder}/r.wav 20")
    await out.wait_event("RECORD_START")
    await call.press("#")
    assert (await out.complete("record"))["variable_playback_terminator_used"] == "#"


@in_lab
async def test_a_place_that_cannot_be_written_is_no_crash(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    (lab.folder / "file").write_text("in the way")
    await out.run("record", f"{lab.folder}/file/r.wav 1")
    assert "RECORD_START" not in [event["Event-Name"] for event in out.events]
