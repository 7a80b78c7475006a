"""Voice engines: ONE FILE = ONE ENGINE. Adding one is a file here and a case in ``tests/recordings``.

Each engine's packages are imported when it is built, never at import of this module.
"""

from __future__ import annotations

from recordings.registry import collect
from recordings.speech.voice import VoiceEngine, VoiceError, base

__all__ = ["ENGINES", "VoiceEngine", "VoiceError", "mend", "usable"]

ENGINES: dict[str, type[VoiceEngine]] = collect(__name__, list(__path__), VoiceEngine)  # type: ignore[type-abstract]


def usable(language: str) -> list[type[VoiceEngine]]:
    """The engines that can speak the language here and now, the best first."""
    able = [kind for kind in ENGINES.values() if not kind.why_not(language)]
    return sorted(able, key=lambda kind: (kind.rank, kind.type))


def mend(language: str) -> str:
    """What would give the language a real voice, by the best engine for it; "" where it has one, or none is known."""
    real = sorted((kind for kind in ENGINES.values() if not kind.is_fallback), key=lambda kind: kind.rank)
    reasons = [kind.why_not(language) for kind in real if base(language) in kind.voices]
    return reasons[0] if reasons and all(reasons) else ""
