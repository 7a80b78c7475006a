"""A recording is written down in the language of its talk, also where the talk was closed before the file was."""

from __future__ import annotations

import wave
from pathlib import Path

from floor import Floor

from eslapp.core import commands as c
from eslapp.core.model import Medium
from eslapp.ids import random_id
from eslapp.services.recorder import Recorder
from eslapp.store import jobs, recordings
from eslapp.store.recordings import Recording
from recordings.layout import relative_path


def test_a_closed_talk_keeps_its_language(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "site")
    try:
        told = {"contact": "c", "channel": "voice", "medium": Medium.VOICE, "leg": "l", "flow": "main"}
        floor.ask(c.OpenInteraction, interaction="one", language="en", **told)
        floor.ask(c.CloseInteraction, interaction="one", cause="test")
        assert floor.world().interaction("one") is None
        path = relative_path("one", floor.clock())
        file = tmp_path / "recordings" / path
        file.parent.mkdir(parents=True)
        with wave.open(str(file), "wb") as sound:
            sound.setnchannels(2)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(b"\0" * 32000)
        running = Recording("r1", "one", str(path), floor.clock())
        floor.store.write(lambda tx: recordings.start(tx, running))
        recorder = Recorder(
            store=floor.store, link=None, folder=tmp_path / "recordings", clock=floor.clock, ids=random_id
        )
        recorder.stopped(str(file), 1.0)
        job = floor.store.read(lambda tx: jobs.by_key(tx, "transcribe", "r1"))
        assert job is not None and job.body["language"] == "en"
    finally:
        floor.close()
