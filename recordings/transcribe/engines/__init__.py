"""Recognisers: ONE FILE = ONE ENGINE. Adding one is a file here and a case in ``tests/recordings``.

Only ``vosk.py`` imports vosk; every engine imports its packages when it is built, never at import of this module.
"""

from __future__ import annotations

from recordings.registry import collect
from recordings.transcribe.engine import AsrEngine

__all__ = ["ENGINES"]

ENGINES: dict[str, type[AsrEngine]] = collect(__name__, list(__path__), AsrEngine)  # type: ignore[type-abstract]
