"""The same words by whatever voice has said them: what a call plays while the wished voice has not.

Owns: looking words up in the indexes beside the renderings. Fit for the call path: an index is read when it changed.
Not here: the wished rendering itself (``rendering.spoken_path``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .rendering import INDEX

Words = tuple[str, str]  # language, text


class OtherVoices:
    """``folders``: where renderings lie, the first wins."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._known: dict[Path, tuple[int, dict[Words, str]]] = {}

    def find(self, language: str, text: str) -> Path | None:
        """A file that says it; None where nobody ever did."""
        for folder in self._folders:
            key = self._index(folder).get((language, text))
            if key is not None and (path := folder / f"{key}.wav").exists():
                return path
        return None

    def _index(self, folder: Path) -> dict[Words, str]:
        file = folder / INDEX
        try:
            changed = file.stat().st_mtime_ns
        except OSError:
            return {}
        known = self._known.get(folder)
        if known is None or known[0] != changed:
            known = self._known[folder] = (changed, _read(file))
        return known[1]


def _read(file: Path) -> dict[Words, str]:
    try:
        entries = json.loads(file.read_text("utf-8"))["speech"]
        return {(str(entry["language"]), str(entry["text"])): str(key) for key, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
