"""The process that holds one engine with one model: ``python -m recordings.transcribe.worker``.

Owns: the talk with its parent over stdin and stdout (JSON lines), giving memory back after each job.
First line in: what was found (engine, model). First line out: ``{"ready": ...}``. Then one job, one answer.
Not here: sockets (``server``), timeouts and restarts (``process``, which starts it).
When the parent goes, stdin ends and so does this.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from recordings.wav import WavError

from .engine import AsrEngine, EngineError, Found
from .engines import ENGINES
from .messages import Job, MessageError, Transcript, decode, encode, parse_job
from .writing import write_down

PAGE = os.sysconf("SC_PAGE_SIZE")
LESS_URGENT = 10  # words can wait, the media of running calls cannot


def main() -> None:
    """Reads in the main thread, works in another: the end of stdin ends the process even inside native code."""
    answers = _private_stdout()
    os.nice(LESS_URGENT)
    lines: queue.Queue[bytes] = queue.Queue(maxsize=64)
    threading.Thread(target=_work, args=(lines, answers), daemon=True).start()
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


def _private_stdout() -> BinaryIO:
    """Native libraries may print: what they say goes to stderr, answers have a pipe of their own."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return answers


def _work(lines: queue.Queue[bytes], answers: BinaryIO) -> None:
    try:
        found = Found(**decode(lines.get()))
        began = time.monotonic()
        engine = ENGINES[found.engine](found)
    except (EngineError, MessageError, TypeError, KeyError) as error:
        answers.write(encode({"ready": False, "error": str(error)}))
        os._exit(3)
    answers.write(encode({"ready": True, "name": found.name, "load_s": round(time.monotonic() - began, 2)}))
    while True:
        answers.write(encode(_answer(engine, found.name, lines.get())))


def _answer(engine: AsrEngine, name: str, line: bytes) -> dict[str, Any]:
    began = time.monotonic()
    try:
        job = parse_job(line)
    except MessageError as error:
        return Transcript.failed("", f"asr: {error}").as_json()
    failed = _attempt(engine, job, name)
    if isinstance(failed, Transcript):
        return failed.as_json()
    give_memory_back()
    took = round(time.monotonic() - began, 2)
    return {"job": job.job, "ok": True, "engine": name, **failed, "took_s": took, "rss_mb": resident_mb()}


def _attempt(engine: AsrEngine, job: Job, name: str) -> dict[str, Any] | Transcript:
    """Per job: whatever goes wrong is an answer, never the end of the process."""
    try:
        return write_down(engine, job)
    except EngineError as error:
        return Transcript.failed(job.job, str(error), retryable=error.is_retryable, engine=name)
    except WavError as error:
        return Transcript.failed(job.job, f"asr: {error}", engine=name)
    except OSError as error:
        return Transcript.failed(job.job, f"asr: {job.path}: {error.strerror}", retryable=True, engine=name)
    except Exception as error:
        return Transcript.failed(job.job, f"asr: {name} failed: {error!r}", retryable=True, engine=name)


def give_memory_back() -> None:
    """glibc keeps hundreds of MB of freed recognisers in its arenas; ``malloc_trim`` returns them."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * PAGE // 1_000_000


if __name__ == "__main__":
    main()
