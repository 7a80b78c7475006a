"""Judges a finished recording: is it whole, is somebody in it, what should the agent and the alarm be told?

Owns: the faults of a recording. Not here: reading the file (``wav``), acting on a fault (the daemon's recorder).

>>> assess(Path("/nowhere.wav"), record_ms=1000).faults
(<Fault.MISSING: 'missing'>,)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from . import wav
from .levels import SILENCE_DB, frame_levels, speech_threshold

QUIET_CHANNEL_DB = -60.0
SHORTEST_MS = 500.0  # below this neither length nor silence says anything
LEAST_FREE_SHARE = 0.05
_BLOCK_S = 600.0


class Fault(StrEnum):
    """What is wrong with a recording. ``SILENT_*`` only says so; the others mean sound was lost."""

    MISSING = "missing"
    FORBIDDEN = "forbidden"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    SILENT_CONTACT = "silent-contact"
    SILENT_AGENT = "silent-agent"


SOUND_LOST = frozenset({Fault.MISSING, Fault.FORBIDDEN, Fault.EMPTY, Fault.UNREADABLE, Fault.TRUNCATED})


@dataclass(frozen=True, slots=True)
class ChannelLevel:
    """One channel: its loudest 20 ms and how much of it is above its own noise."""

    peak_db: float
    speech_s: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found. ``faults`` is empty where all is well; ``detail`` is one line for the log and the page."""

    seconds: float = 0.0
    channels: int = 0
    rate: int = 0
    data_bytes: int = 0
    levels: tuple[ChannelLevel, ...] = ()
    faults: tuple[Fault, ...] = ()
    detail: str = ""

    @property
    def is_truncated(self) -> bool:
        return Fault.TRUNCATED in self.faults

    @property
    def is_sound_lost(self) -> bool:
        return bool(SOUND_LOST.intersection(self.faults))


def assess(path: Path, *, record_ms: float = 0.0) -> Assessment:
    """Opens the finished file and compares it with what the switch said (``record_ms`` of RECORD_STOP; 0: unknown).

    Reads the whole file: call it from a worker or a thread pool, not on the hub. Never raises for a bad file.
    """
    try:
        found = wav.open_wav(path)
        levels = tuple(_channel_level(found, channel) for channel in range(found.channels))
    except (FileNotFoundError, NotADirectoryError):
        return Assessment(faults=(Fault.MISSING,), detail=f"{path}: no such file")
    except wav.WavError as error:
        is_empty = path.exists() and path.stat().st_size == 0
        return Assessment(faults=(Fault.EMPTY if is_empty else Fault.UNREADABLE,), detail=str(error))
    except OSError as error:
        return Assessment(faults=(Fault.FORBIDDEN,), detail=f"{path}: {error.strerror}")
    faults = _faults(found, levels, record_ms)
    return Assessment(
        found.seconds, found.channels, found.rate, found.data_bytes, levels, faults, _detail(found, faults, record_ms)
    )


def may_record(*, free_bytes: int, total_bytes: int) -> bool:
    """Whether a new recording may start: below 5 % free the disk is left to the database."""
    return total_bytes > 0 and free_bytes >= LEAST_FREE_SHARE * total_bytes


def _faults(found: wav.Wav, levels: tuple[ChannelLevel, ...], record_ms: float) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    if found.data_bytes == 0:
        return (Fault.EMPTY,)
    if record_ms >= SHORTEST_MS and wav.is_truncated(
        data_bytes=found.data_bytes, record_ms=record_ms, byte_rate=found.byte_rate
    ):
        faults.append(Fault.TRUNCATED)
    if found.channels == 2 and found.seconds * 1000 >= SHORTEST_MS:
        sides = (Fault.SILENT_CONTACT, Fault.SILENT_AGENT)
        faults += [fault for fault, side in zip(sides, levels, strict=True) if side.peak_db < QUIET_CHANNEL_DB]
    return tuple(faults)


def _channel_level(found: wav.Wav, channel: int) -> ChannelLevel:
    """Block by block, so that a four-hour call does not take its size in memory."""
    peak, speech, at = SILENCE_DB, 0.0, 0.0
    while at < found.seconds:
        levels = frame_levels(wav.read_channel(found, channel, start_s=at, seconds=_BLOCK_S), found.rate)
        if len(levels):
            peak = max(peak, float(levels.max()))
            speech += 0.02 * int((levels > speech_threshold(levels)).sum())
        at += _BLOCK_S
    return ChannelLevel(round(peak, 1), round(speech, 2))


def _detail(found: wav.Wav, faults: tuple[Fault, ...], record_ms: float) -> str:
    if Fault.TRUNCATED in faults:
        return f"{found.path}: {found.seconds:.1f} s in the file, {record_ms / 1000:.1f} s recorded; disk full?"
    if Fault.EMPTY in faults:
        return f"{found.path}: a header without sound; was the disk full?"
    return f"{found.path}: {', '.join(faults)}" if faults else ""
