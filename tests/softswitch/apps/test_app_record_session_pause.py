"""``record_session_pause``."""

from __future__ import annotations

from switch_lab import Lab, in_lab
from wav_files import seconds_ms


@in_lab
async def test_nothing_is_written_meanwhile(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    path = lab.folder / "p.wav"
    await out.run("record_session", str(path))
    await out.run("record_session_pause", str(path))
    await out.run("sleep", "400")
    await out.run("stop_record_session", str(path))
    assert seconds_ms(path) < 300
