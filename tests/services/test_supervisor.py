"""The supervisor's boundaries: one child that cannot be started harms no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from eslapp.supervisor import NO_BYTECODE, Backoff, Child, Supervisor

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


def test_what_is_killed_again_and_again_is_back_at_once_and_what_ends_by_itself_waits_longer(tmp_path: Path) -> None:
    killed = Child("killed", SLEEPER, lambda _pid: True, tmp_path / "log")
    broken = Child("broken", [sys.executable, "-c", "raise SystemExit(3)"], lambda _pid: False, tmp_path / "log")
    supervisor = Supervisor([killed, broken], backoff=Backoff(0.0, 0.0))
    try:
        for _ in range(3):
            for child in (killed, broken):
                supervisor._spawn(child)
            supervisor.look_once()
            assert killed.process is not None
            killed.process.kill()
            for child in (killed, broken):
                if child.process is not None:
                    child.process.wait()
            supervisor.look_once()
        assert (killed.failures, broken.failures) == (1, 3)
    finally:
        supervisor.stop()


def test_a_child_keeps_its_compiled_modules_wherever_we_were_told_not_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NO_BYTECODE, "1")
    words = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"]
    child = Child("one", words, lambda _pid: True, tmp_path / "log")
    supervisor = Supervisor([child])
    supervisor.start()
    assert child.process is not None
    child.process.wait(20)
    assert (tmp_path / "log").read_text() == "False\n"


def no_memory(*_: object, **__: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")
