"""Names of what can be played, as FreeSWITCH writes them, turned into sources.

Owns: tone_stream://, silence_stream://, local_stream://, file_string://, ``{variables}`` in front, ``@@offset``, files.
Not here: playing (``playing.py``), the sources (``media.sources``).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eslapp.softswitch.media.sources import Repeated, SilenceSource, Source, SourceList, ToneSource, WavSource
from eslapp.softswitch.numbers import signed, whole
from eslapp.softswitch.separating import separate

TONE = re.compile(r"%\(\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*((?:,\s*[0-9]{1,5}(?:\.[0-9]{1,5})?\s*)+)\)")
LOOPS = re.compile(r"(?:^|;)\s*(?:loops|L)\s*=\s*(-?[0-9]{1,9})", re.IGNORECASE)
SAMPLES_PER_MS = 8
SOUND_SUFFIXES = frozenset({".wav", ".WAV"})


@dataclass
class Sound:
    """A source with what the playback events say about it."""

    source: Source
    path: str  # as the events show it
    type: str = ""  # Playback-File-Type
    total_samples: int = 0  # of a file; 0: as much as was played
    offset: int = 0
    settings: dict[str, str] = field(default_factory=dict)  # what stood in front, in braces


@dataclass(frozen=True)
class Places:
    """Where relative names are looked for."""

    sounds: Path
    local_streams: Mapping[str, Path]
    tell: Callable[[str, str], None] = lambda _what, _name: None  # open, close, fail: what becomes of a list's files


def open_sound(name: str, places: Places) -> Sound:
    """FileNotFoundError when there is nothing of that name, or nothing that can be played."""
    name = plain = name.strip()
    settings: dict[str, str] = {}
    while plain.startswith("{") and "}" in plain:
        inside, _, plain = plain[1:].partition("}")
        settings |= dict(part.partition("=")[::2] for part in separate(inside, ",") if "=" in part)
        plain = plain.lstrip(" ")
    sound = _open(plain, places)
    sound.settings = settings
    sound.type = sound.type if plain == name else ""  # FreeSWITCH looks at how the name begins
    sound.path = name[: len(name) - len(plain)] + sound.path
    return sound


def _open(name: str, places: Places) -> Sound:
    scheme, separator, rest = name.partition("://")
    if not separator:
        return open_file(name, places)
    if scheme == "file":
        sound = open_file(rest, places)
        sound.path = f"file://{sound.path}"
        return sound
    opener = {
        "tone_stream": _open_tones,
        "silence_stream": _open_silence,
        "local_stream": _open_local_stream,
        "file_string": _open_list,
    }.get(scheme)
    if opener is None:
        raise FileNotFoundError(f"no such kind of sound: {name}")
    return opener(name, rest, places)


def open_file(name: str, places: Places) -> Sound:
    """A WAV file; ``@@samples`` starts later."""
    path, _, offset = name.partition("@@")
    path += "" if "." in path or not path else ".wav"
    file = Path(path)
    file = file if file.is_absolute() else places.sounds / file
    if not path or file.suffix not in SOUND_SUFFIXES or not file.is_file():
        raise FileNotFoundError(f"no such sound file: {path}")
    try:
        source = WavSource(str(file))
    except ValueError as error:
        raise FileNotFoundError(str(error)) from None
    skipped = whole(offset)
    for _ in range(skipped // 160):
        if source.read() is None:
            break
    total = max(0, source.length_ms * SAMPLES_PER_MS - skipped)
    return Sound(source, path, "", total, skipped)


def _open_tones(name: str, text: str, _places: Places) -> Sound:
    loops = LOOPS.search(text)
    times = int(loops[1]) if loops else 1
    found = TONE.findall(text)  # what is no tone is played as nothing, as mod_tone_stream does
    if text.startswith("path="):  # a file of tones: none here
        raise FileNotFoundError(f"no file of tones: {name}")
    if not found:
        times = 1

    def make() -> Source:
        return SourceList([_tone(*parts) for parts in found])

    return Sound(Repeated(make, None if times < 0 else max(1, times)), name, "tone_stream")


def _tone(on: str, off: str, frequencies: str) -> Source:
    hertz = tuple(float(part) for part in frequencies.split(",") if part.strip())
    return ToneSource([hertz], on_ms=int(on), off_ms=int(off))


def _open_silence(name: str, text: str, _places: Places) -> Sound:
    duration = signed(text.split(",")[0].strip())
    if not duration:  # FreeSWITCH finds nothing either where it is 0; -1 is for ever
        raise FileNotFoundError(f"no duration in {name}")
    return Sound(SilenceSource(duration if duration > 0 else None), name)


def _open_local_stream(name: str, text: str, places: Places) -> Sound:
    streams = places.local_streams
    folder = streams.get(text.strip("/"), streams.get("default"))  # mod_local_stream tries its default too
    files = sorted(folder.glob("*.wav")) if folder is not None and folder.is_dir() else []
    if not files:
        raise FileNotFoundError(f"no such stream, or no WAV file in it: {name}")

    def make() -> Source:
        return SourceList([WavSource(str(file)) for file in files])

    return Sound(Repeated(make, None), name, "local_stream")


def _open_list(name: str, text: str, places: Places) -> Sound:
    listed = Listed(text.split("!") if text else [], places)
    if not listed.is_open:
        raise FileNotFoundError(f"nothing listed in {name}")
    return Sound(listed, name)


class Listed:
    """The files of a ``file_string``, each opened when the one before is over; what is not there is skipped."""

    def __init__(self, names: list[str], places: Places) -> None:
        self._names, self._places = deque(names), places
        self._name = ""
        self._current: Source | None = None
        self._open_next()

    @property
    def is_open(self) -> bool:
        """Whether something plays."""
        return self._current is not None

    def _open_next(self) -> None:
        while self._names and self._current is None:
            self._name = self._names.popleft()
            try:
                self._current = open_sound(self._name, self._places).source
            except FileNotFoundError:
                self._places.tell("fail", self._name)
            else:
                self._places.tell("open", self._name)

    def read(self) -> bytes | None:
        """See Source."""
        while self._current is not None:
            frame = self._current.read()
            if frame is not None:
                return frame
            self.close()
            self._places.tell("close", self._name)
            self._open_next()
        return None

    def close(self) -> None:
        """See Source."""
        if self._current is not None:
            self._current.close()
            self._current = None
