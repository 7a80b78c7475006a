"""Fixtures of the recordings' tests: a transcriber process of one's own, ended in any case."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recordings.transcribe.client import TranscriberClient

READY_WITHIN_S = 20.0


class Transcriber:
    """A real ``python -m recordings.transcribe`` at a socket in a temporary folder."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.socket = folder / "t.sock"
        self.client = TranscriberClient(self.socket, timeout_s=60.0, connect_s=READY_WITHIN_S)
        self._arguments = arguments
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "recordings.transcribe", "--socket", str(self.socket), *self._arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def wait_for_line(self, ending: str) -> list[str]:
        """What it announced, up to the line that ends so."""
        assert self.process.stderr is not None
        lines = []
        for line in self.process.stderr:
            lines.append(line.rstrip("\n"))
            if lines[-1].endswith(ending):
                break
        return lines

    def end(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            if self.process.stderr is not None:
                self.process.stderr.close()


@pytest.fixture
def transcriber(tmp_path: Path) -> Iterator[Callable[..., Transcriber]]:
    """Starts transcribers; each is ended after the test."""
    started: list[Transcriber] = []

    def start(*arguments: str) -> Transcriber:
        started.append(Transcriber(tmp_path, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()
