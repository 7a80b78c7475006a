"""Renders what a site says into files: found ready, or spoken by the best voice that is installed.

Owns: the order of engines, the cache with its index, one failing line not stopping the others, what is told of lines
that only an emergency voice could say.
Not here: the voices (``engines``, one file each), the sound format (``telephone``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from .engines import ENGINES, VoiceEngine, VoiceError, mend, usable
from .lines import Line, Rendered
from .telephone import to_telephone, write_wav, write_whole

INDEX = "index.json"
PACKAGED = Path("prompts") / "speech"  # in the site folder: rendered before, no voice needed
Progress = Callable[[Rendered], None]


def render_site(
    site_dir: Path, lines: Iterable[Line], cache_dir: Path, progress: Progress | None = None
) -> list[Rendered]:
    """Every line as a file, in order. Files of the site come first, then the cache, then a voice.

    Takes seconds a sentence with some voices: run it in a worker process. A line that only an emergency voice
    could say is said again when a better one is installed.
    """
    packaged, cached = _read_index(site_dir / PACKAGED), _read_index(cache_dir)
    voices = _Voices()
    results = []
    for line in dict.fromkeys(lines):
        done = _ready(site_dir / PACKAGED, packaged, line) or _still_best(cache_dir, cached, line)
        if done is None:
            done = _speak(line, cache_dir, voices)
            cached[line.key] = _entry(done)
            _write_index(cache_dir, cached)
        results.append(done)
        if progress is not None:
            progress(done)
    return results


def forget_others(folder: Path, keys: Collection[str]) -> None:
    """Removes the renderings of texts that are no longer said."""
    index = _read_index(folder)
    for key in index.keys() - set(keys):
        (folder / f"{key}.wav").unlink(missing_ok=True)
        del index[key]
    _write_index(folder, index)


def spoken_path(site_dir: Path, cache_dir: Path, key: str) -> Path | None:
    """The file to play for a key, the site's own first. Two looks at the disk: fit for the call path."""
    for folder in (site_dir / PACKAGED, cache_dir):
        path = folder / f"{key}.wav"
        if path.exists():
            return path
    return None


def spoken_by(path: Path) -> tuple[str, bool]:
    """``("kokoro:zf_xiaobei", False)``: who speaks in a file, and whether that is only an emergency voice."""
    entry = _read_index(path.parent).get(path.stem, {})
    return f"{entry.get('engine', '')}:{entry.get('voice', '')}".strip(":"), entry.get("is_fallback") is True


def complaints(done: Iterable[Rendered], site_dir: Path) -> list[str]:
    """One line for each language of which only an emergency voice could say something, with the mend."""
    by_language: dict[str, list[Rendered]] = {}
    for one in done:
        if one.is_fallback:
            by_language.setdefault(one.language, []).append(one)
    found = []
    for language, lines in sorted(by_language.items()):
        engines = ", ".join(sorted({one.engine for one in lines}))
        how = mend(language) or "install a voice (docs/speech.md)"
        found.append(
            f"{len(lines)} prompts in {language} have only the emergency voice {engines}: callers hear it, or words "
            f"that say so; {how}; then: zongji prompts render --site {site_dir}  "
            f"{language} 有 {len(lines)} 句提示音没有真正的语音"
        )
    return found


class _Voices:
    """Loads each voice once, when first needed, and leaves out one that fails."""

    def __init__(self) -> None:
        self._loaded: dict[str, VoiceEngine] = {}
        self._broken: set[str] = set()

    def for_line(self, line: Line) -> Iterator[VoiceEngine]:
        """The engine the line asks for, then the others, the best first."""
        wanted, _ = _wish(line)
        for kind in sorted(usable(line.language), key=lambda kind: kind.type != wanted):
            if kind.type in self._broken:
                continue
            try:
                if kind.type not in self._loaded:
                    self._loaded[kind.type] = kind()
            except Exception:  # a broken installation of one voice must not silence the others
                self._broken.add(kind.type)
                continue
            yield self._loaded[kind.type]


def _speak(line: Line, cache_dir: Path, voices: _Voices) -> Rendered:
    reasons = []
    engine_wanted, voice_wanted = _wish(line)
    for engine in voices.for_line(line):
        voice = voice_wanted if engine.type == engine_wanted else ""
        path = cache_dir / f"{line.key}.wav"
        try:
            sound, rate = engine.speak(line.text, line.language, voice)
            write_wav(path, to_telephone(sound, rate))
        except OSError:
            raise  # the disk, not the voice: the next voice would fail alike
        except Exception as error:  # per line: the next voice may manage
            reasons.append(f"{engine.type}: {error}")
            continue
        voice = voice or engine.voice(line.language)
        return Rendered(line.key, path, engine.type, voice, engine.is_fallback, line.text, line.language, True)
    raise VoiceError(f"no voice could say {line.text[:60]!r} in {line.language!r}: {'; '.join(reasons)}")


def _wish(line: Line) -> tuple[str, str]:
    """("kokoro", "zf_xiaobei") of "kokoro:zf_xiaobei"; two empty texts where the line has no wish."""
    engine, _, voice = line.voice.partition(":")
    return engine.replace("-", "_"), voice


def _ready(folder: Path, index: dict[str, Any], line: Line) -> Rendered | None:
    path = folder / f"{line.key}.wav"
    if not path.exists():
        return None
    entry = index.get(line.key, {})
    engine, voice = str(entry.get("engine", "packaged")), str(entry.get("voice", ""))
    return Rendered(line.key, path, engine, voice, entry.get("is_fallback") is True, line.text, line.language)


def _still_best(cache_dir: Path, index: dict[str, Any], line: Line) -> Rendered | None:
    done = _ready(cache_dir, index, line)
    if done is None or not done.is_fallback:
        return done
    best = next(iter(usable(line.language)), None)
    is_beaten = best is not None and best.type != done.engine and done.engine in ENGINES
    return None if is_beaten else done


def _entry(done: Rendered) -> dict[str, Any]:
    return {
        "text": done.text,
        "language": done.language,
        "engine": done.engine,
        "voice": done.voice,
        "is_fallback": done.is_fallback,
    }


def _read_index(folder: Path) -> dict[str, Any]:
    """A missing or damaged index only means that nothing is known about the files."""
    try:
        found = json.loads((folder / INDEX).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    speech = found.get("speech") if isinstance(found, dict) else None
    return {k: v for k, v in speech.items() if isinstance(v, dict)} if isinstance(speech, dict) else {}


def _write_index(folder: Path, index: dict[str, Any]) -> None:
    text = json.dumps({"speech": dict(sorted(index.items()))}, ensure_ascii=False, indent=1) + "\n"
    write_whole(folder / INDEX, text.encode("utf-8"))
