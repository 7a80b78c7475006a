"""A recogniser for tests only: it "hears" one word per stretch, and does on order what native code does at its worst.

Run as a program it is the real worker with this engine registered: ``python fake_engine.py``.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from typing import ClassVar

from recordings.transcribe.engine import RATE, Absent, AsrEngine, EngineError, Found, Places, Segment
from recordings.wav import Samples


class FakeEngine(AsrEngine):
    """``found.model`` says how it behaves: "", "raise", "error", "hang", "abort", "unloadable", "noisy"."""

    type: ClassVar[str] = "fake"
    rank: ClassVar[int] = 1

    @classmethod
    def look(cls, language: str, places: Places) -> Found | Absent:
        return Found("fake", language, "fake one-word")

    def __init__(self, found: Found) -> None:
        if found.model == "unloadable":
            raise EngineError("asr: the model is broken; install it again")
        self._behaviour = found.model
        self.heard: list[int] = []

    def recognise(self, samples: Samples, phrases: Sequence[str] = ()) -> list[Segment]:
        self.heard.append(len(samples))
        if self._behaviour == "raise":
            raise EngineError("asr: no luck", is_retryable=True)
        if self._behaviour == "error":
            raise RuntimeError("something native")
        if self._behaviour == "hang":
            threading.Event().wait()
        if self._behaviour == "abort":
            os.kill(os.getpid(), signal.SIGABRT)
        if self._behaviour == "noisy":
            os.write(1, b"LOG (native code prints to stdout)\n")
        return [Segment(phrases[0] if phrases else "word", 0.5, len(samples) / RATE)]


def main() -> None:
    from recordings.transcribe import worker

    worker.ENGINES["fake"] = FakeEngine
    worker.main()


if __name__ == "__main__":
    main()
