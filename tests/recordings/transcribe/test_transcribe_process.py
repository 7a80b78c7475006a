"""Worker processes: what engines do at their worst costs a transcript and nothing else. Real processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fake_engine
import pytest
from recorded_sound import tone, write_recording

from recordings.transcribe.engine import EngineError, Found
from recordings.transcribe.messages import Job
from recordings.transcribe.process import EngineProcess

pytestmark = pytest.mark.system


@pytest.fixture
def processes() -> Iterator[list[EngineProcess]]:
    started: list[EngineProcess] = []
    yield started
    for process in started:
        process.stop()


def start(processes: list[EngineProcess], behaviour: str = "", **settings: int) -> EngineProcess:
    found = Found("fake", "en", "fake one-word", behaviour)
    processes.append(EngineProcess(found, command=(sys.executable, fake_engine.__file__), **settings))
    return processes[-1]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job("7", str(write_recording(tmp_path / "a.wav", tone(1), tone(1))), "en")


def test_one_process_does_many_jobs(processes: list[EngineProcess], job: Job) -> None:
    process = start(processes)
    first = process.run(job, 20.0)
    pid = process.pid
    assert first.ok and first.engine == "fake one-word" and [turn.side for turn in first.turns] == ["agent", "contact"]
    assert process.run(job, 20.0).ok
    assert (process.pid, process.jobs_done, process.restarts) == (pid, 2, 0)
    assert process.rss_mb > 0


def test_many_threads_take_turns(processes: list[EngineProcess], job: Job) -> None:
    process = start(processes)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: process.run(Job(str(number), job.path, "en"), 20.0), range(8)))
    assert [one.job for one in found] == [str(number) for number in range(8)]
    assert all(one.ok for one in found) and process.restarts == 0


@pytest.mark.parametrize(
    ("behaviour", "said", "retryable"),
    [
        ("raise", "asr: no luck", True),
        ("error", "fake one-word failed: RuntimeError('something native')", True),
        ("abort", "fake one-word was ended by SIGABRT; the next job starts it again", True),
        ("unloadable", "asr: the model is broken; install it again", False),
    ],
)
def test_failures_are_answers(
    processes: list[EngineProcess], job: Job, behaviour: str, said: str, retryable: bool
) -> None:
    found = start(processes, behaviour).run(job, 20.0)
    assert not found.ok and said in found.error and found.retryable is retryable
    assert found.engine == "fake one-word"


def test_a_hanging_engine_is_stopped_in_time(processes: list[EngineProcess], job: Job) -> None:
    process = start(processes, "hang")
    process.load()
    pid = process.pid
    found = process.run(job, 0.5)
    assert "took longer than 0 s" in found.error or "took longer than 1 s" in found.error
    assert found.retryable and process.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)


def test_after_a_kill_the_next_job_starts_a_new_one(processes: list[EngineProcess], job: Job) -> None:
    process = start(processes)
    process.load()
    os.kill(process.pid or 0, signal.SIGKILL)
    found = [process.run(job, 20.0) for _ in range(2)]
    assert found[-1].ok and process.pid is not None


def test_what_native_code_prints_is_not_taken_for_an_answer(processes: list[EngineProcess], job: Job) -> None:
    assert start(processes, "noisy").run(job, 20.0).ok


def test_a_worker_that_has_grown_is_replaced(processes: list[EngineProcess], job: Job) -> None:
    process = start(processes, rss_limit_mb=1)
    assert process.run(job, 20.0).ok and process.pid is None
    assert process.run(job, 20.0).ok


def test_a_worker_ends_with_its_parent(processes: list[EngineProcess]) -> None:
    process = start(processes, "hang")
    process.load()
    running = process._process
    assert running is not None and running.stdin is not None
    running.stdin.close()
    assert running.wait(10) == 0


def test_a_model_that_cannot_be_loaded_is_said_at_once(processes: list[EngineProcess]) -> None:
    with pytest.raises(EngineError, match="the model is broken"):
        start(processes, "unloadable").load()
