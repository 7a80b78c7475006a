"""``python -m recordings.speech.hearing INDEX.json``: lets the recognisers hear rendered speech and counts errors.

Owns: the check that prompts can be understood, at least by a machine. Reads an index of ``render_site`` or a list
``[{"file", "text", "language"}]``. Not here: the counting (``recordings.transcribe.accuracy``).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recordings.transcribe.accuracy import Errors, errors
from recordings.transcribe.engine import Absent, Places
from recordings.transcribe.engines import ENGINES
from recordings.transcribe.messages import Job
from recordings.transcribe.process import EngineProcess
from recordings.transcribe.selection import choose

ALLOWED_S = 120.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One file and what a recogniser made of it."""

    path: Path
    said: str
    heard: str
    language: str
    engine: str
    errors: Errors
    problem: str = ""


def hear(clips: Iterable[tuple[Path, str, str]], places: Places) -> list[Heard]:
    """(path, text, language) of mono files, each given to the best engine of its language."""
    workers: dict[str, EngineProcess] = {}
    try:
        return [_hear_one(clip, places, workers) for clip in clips]
    finally:
        for worker in workers.values():
            worker.stop()


def clips_of(index: Path) -> list[tuple[Path, str, str]]:
    content = json.loads(index.read_text("utf-8"))
    if isinstance(content, dict) and "speech" in content:
        return [(index.parent / f"{k}.wav", v["text"], v["language"]) for k, v in content["speech"].items()]
    listed = content["utterances"] if isinstance(content, dict) else content
    return [(index.parent / one["file"], one["text"], one["language"]) for one in listed]


def _hear_one(clip: tuple[Path, str, str], places: Places, workers: dict[str, EngineProcess]) -> Heard:
    path, text, language = clip
    found = choose(language, places, ENGINES)
    if isinstance(found, Absent) or found.reason:
        return Heard(path, text, "", language, "none", Errors(0, 0), found.reason)
    worker = workers.setdefault(language, EngineProcess(found))
    answer = worker.run(Job(path.name, str(path.absolute()), language, {"prompt": 0}), ALLOWED_S)
    words = " ".join(turn.text for turn in answer.turns)
    return Heard(path, text, words, language, found.name, errors(text, words, language), answer.error)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m recordings.speech.hearing", description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--least", type=int, default=1, help="leave out texts of fewer letters (numbers alone)")
    given = parser.parse_args(argv)
    clips = [clip for clip in clips_of(given.index) if len(clip[1]) >= given.least]
    heard = hear(clips, Places(dict(os.environ), given.models))
    for one in heard:
        if one.errors.wrong or one.problem:
            print(f"{one.language} {one.errors.wrong}/{one.errors.of} {one.said!r} -> {one.heard!r} {one.problem}")
    for engine in sorted({one.engine for one in heard}):
        total = sum((one.errors for one in heard if one.engine == engine), Errors(0, 0))
        print(f"{engine}: {total.wrong} errors of {total.of} ({100 * total.rate:.1f} %)")
    return 1 if any(one.problem for one in heard) else 0


if __name__ == "__main__":
    sys.exit(main())
