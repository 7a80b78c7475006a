"""The same words by whatever voice has said them: what a call plays while the wished voice has not.

Owns: looking words up in the indexes beside the renderings. Fit for the call path: an index is read when it changed.
Not here: the wished rendering itself (``rendering.spoken_path``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .rendering import INDEX

Words = tuple[str, str]  # language, text


TONE = "tone"  # the engine that says nothing: no words at all


class OtherVoices:
    """``folders``: where renderings lie, the first wins."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._known: dict[Path, tuple[int, _Index]] = {}

    def find(self, language: str, text: str) -> Path | None:
        """A file that says it; None where nobody ever did."""
        for folder in self._folders:
            key = self._index(folder).words.get((language, text))
            if key is not None and (path := folder / f"{key}.wav").exists():
                return path
        return None

    def is_spoken(self, path: Path) -> bool:
        """Whether there are words in a rendering, not only the tones of a machine without voices."""
        return path.stem not in self._index(path.parent).tones

    def _index(self, folder: Path) -> _Index:
        file = folder / INDEX
        try:
            changed = file.stat().st_mtime_ns
        except OSError:
            return _Index()
        known = self._known.get(folder)
        if known is None or known[0] != changed:
            known = self._known[folder] = (changed, _read(file))
        return known[1]


@dataclass(frozen=True, slots=True)
class _Index:
    """``words``: text -> key of a file that says it; ``tones``: keys of files that say nothing."""

    words: Mapping[Words, str] = field(default_factory=dict)
    tones: frozenset[str] = frozenset()


def _read(file: Path) -> _Index:
    words: dict[Words, str] = {}
    tones: set[str] = set()
    try:
        for key, entry in json.loads(file.read_text("utf-8"))["speech"].items():
            if entry.get("engine") == TONE:
                tones.add(str(key))
            else:
                words[str(entry["language"]), str(entry["text"])] = str(key)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _Index()
    return _Index(words, frozenset(tones))
