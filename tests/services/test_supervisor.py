"""The supervisor's boundaries: one child that cannot be started harms no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from eslapp.supervisor import Backoff, Child, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_child_that_cannot_be_started_again_is_tried_again_and_the_others_live_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths: list[str] = []
    children = [Child(name, SLEEPER, lambda _pid: True, tmp_path / "log") for name in ("well", "ill")]
    supervisor = Supervisor(children, lambda name, _code: deaths.append(name), Backoff(0.0, 0.0))
    supervisor.start()
    well, ill = children
    try:
        assert well.process is not None and ill.process is not None
        ill.process.kill()
        ill.process.wait()
        supervisor.look_once()
        with monkeypatch.context() as full:
            full.setattr("subprocess.Popen", no_memory)
            supervisor.look_once()
        assert ill.process is None and ill.failures == 2 and well.process.poll() is None
        supervisor.look_once()
        assert ill.process is not None and deaths == ["ill"]
    finally:
        supervisor.stop()
    assert all(child.process is not None and child.process.poll() is not None for child in children)


def no_memory(*_: object, **__: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")
