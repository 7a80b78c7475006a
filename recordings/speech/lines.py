"""What is to be spoken and what came of it. Pure records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_KEY = re.compile(r"[0-9a-z][0-9a-z_-]{0,95}")


@dataclass(frozen=True, slots=True)
class Line:
    """One text in one language. ``key`` names its file (``ivr.catalog.speech_key``): hex digits, never the text.

    ``voice`` ("kokoro/am_michael") asks for one engine and voice; empty: the best that speaks the language.
    """

    key: str
    text: str
    language: str
    voice: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"speech key {self.key!r} cannot name a file; lower-case letters, digits, - and _ only")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One line as a file. ``is_fallback``: an emergency voice spoke; show it, and render again with a better one."""

    key: str
    path: Path
    engine: str
    voice: str
    is_fallback: bool
    text: str = ""
    language: str = ""
    is_new: bool = False
