"""The boundary of one transcription: a client that breaks stops no later job."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import gevent
import pytest

from eslapp.services import transcripts
from eslapp.services.transcripts import Transcriptions


def test_a_job_that_breaks_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def work() -> bool:
        tried.append(1)
        raise OSError("the transcriber's socket is gone")

    parts = {"store": None, "client": None, "folder": Path("/"), "clock": lambda: 0.0, "languages": ("en",)}
    working = Transcriptions(**cast(Any, parts))
    monkeypatch.setattr(working, "_work_once", work)
    monkeypatch.setattr(transcripts, "LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(transcripts.log, "exception", lambda *_args, **_values: None)
    greenlet = gevent.spawn(working.run)
    for _ in range(300):
        if len(tried) > 1:
            break
        gevent.sleep(0.01)
    assert len(tried) > 1 and not greenlet.dead
    greenlet.kill()
