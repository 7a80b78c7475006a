"""The author's files as they lie there: whether anything has changed, who wrote last.

Owns: looking at names, times and sizes, cheaply: it is done many times a second. Not here: what follows from a change
(``publisher``), reading, copying and keeping them (``eslapp.revisions``).
"""

from __future__ import annotations

import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path

from eslapp.revisions import FOLDERS, files_of, names_of


def fingerprint(root: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Changes when a file of the author does, or when a sound file comes or goes: names, times and sizes only."""
    found = []
    for place in [root / "site.yaml", *(root / folder for folder in FOLDERS)]:
        with suppress(OSError):
            found.append(_about(str(place), place.stat()))
    for folder in FOLDERS:
        with suppress(OSError), os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name.endswith(".yaml"):
                    with suppress(OSError):
                        found.append(_about(entry.path, entry.stat()))
    for place, _, _ in os.walk(root / "prompts"):
        with suppress(OSError):
            found.append(_about(place, os.stat(place)))
    return tuple(sorted(found))


def _about(name: str, told: os.stat_result) -> tuple[str, int, int, int]:
    return name, told.st_mtime_ns, told.st_size if stat.S_ISREG(told.st_mode) else 0, told.st_ino


def flows_of(root: Path) -> dict[str, bytes]:
    """The flow files among the author's."""
    return {name: content for name, content in files_of(root).items() if name.startswith("flows/")}


def writer_of(root: Path) -> str:
    """Who owns the file that was written last."""
    newest = max((file.stat() for file in names_of(root)), key=lambda about: about.st_mtime_ns, default=None)
    try:
        return pwd.getpwuid(newest.st_uid).pw_name if newest is not None else ""
    except KeyError:
        return str(newest.st_uid) if newest is not None else ""
