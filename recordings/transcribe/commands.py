"""What ``zongji asr install`` and ``zongji asr check`` do, as plain functions that return values.

Owns: putting the parts together for an operator. Not here: options and printing (``eslapp.cli``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .engine import Absent, Places
from .engines import ENGINES
from .install import NOTE, InstalledModel, InstallError, Progress, install
from .messages import base_language
from .models import SYSTEM_FOLDERS, missing_files, sample_rate, tree_sha256
from .selection import choose
from .trial import try_model

__all__ = ["InstallError", "InstalledModel", "LanguageCheck", "asr_check", "asr_install"]


@dataclass(frozen=True, slots=True)
class LanguageCheck:
    """One line of ``zongji asr check``. ``ok``: recordings in this language get words."""

    language: str
    ok: bool
    engine: str = "none"
    path: str = ""
    sha256: str = ""  # of all files of the model
    is_as_installed: bool | None = None  # None: it was not installed by us, nothing to compare with
    load_s: float = 0.0
    sample_rate: int = 0
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def asr_install(
    language: str,
    *,
    source: str | Path | None = None,
    models: Path | None = None,
    sha256: str | None = None,
    progress: Progress = lambda _text: None,
) -> InstalledModel:
    """Installs the language's Vosk model into ``models`` (a site's ``var/models``; without one: the system's).

    Raises InstallError with one line; nothing is left behind then.
    """
    into = models or SYSTEM_FOLDERS[0]
    try:
        return install(language, source, into, sha256=sha256, progress=progress)
    except PermissionError as error:
        raise InstallError(f"asr: {error.filename or into}: not writable; use sudo, or --site DIR") from None


def asr_check(languages: Iterable[str] = ("en", "zh"), *, models: Path | None = None) -> list[LanguageCheck]:
    """Which engine and model would write each language down here, tried for real."""
    places = Places(dict(os.environ), models)
    return [_check(base_language(language), places) for language in languages]


def _check(language: str, places: Places) -> LanguageCheck:
    found = choose(language, places, ENGINES)
    if isinstance(found, Absent) or found.reason:
        return LanguageCheck(language, False, reason=found.reason)
    trial = try_model(language, found.engine, found.model)
    folder = Path(found.model)
    is_vosk = folder.is_dir() and not missing_files(folder)
    total = tree_sha256(folder) if folder.is_dir() else ""
    return LanguageCheck(
        language,
        not trial.problem,
        found.name,
        found.model,
        total,
        _is_as_installed(folder, total),
        trial.load_s,
        sample_rate(folder) if is_vosk else 16_000,
        trial.problem,
    )


def _is_as_installed(folder: Path, total: str) -> bool | None:
    try:
        note = json.loads((folder / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return isinstance(note, dict) and note.get("tree_sha256") == total
