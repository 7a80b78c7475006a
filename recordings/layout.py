"""Where a recording lies: from the interaction's id and the start of the talk, never from any text.

Owns: the names of recording files, both ways. Pure: nothing is created or read here.
Not here: what is in the file (``wav``), whether it is whole (``assess``), when it is deleted (``retention``).

>>> recording_path(PurePosixPath("/var/rec"), "9f3c", 1795312800.0)
PurePosixPath('/var/rec/2026/11/22/9f3c.wav')
>>> recording_of("/var/rec/2026/11/22/9f3c.2.wav")
RecordingName(interaction='9f3c', part=2)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath, PurePosixPath
from typing import TypeVar

CONTACT_CHANNEL = 0  # left: RECORD_STEREO writes what the contact's leg says here
AGENT_CHANNEL = 1
CHANNELS = {"contact": CONTACT_CHANNEL, "agent": AGENT_CHANNEL}
MOST_PARTS = 99

_ID = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,62}[0-9A-Za-z])?")
_NAME = re.compile(rf"(?P<id>{_ID.pattern})(?:\.(?P<part>[1-9][0-9]?))?\.wav")
_Path = TypeVar("_Path", bound=PurePath)


@dataclass(frozen=True, slots=True)
class RecordingName:
    """What a recording's file name says. ``part`` counts from 1; a switch that restarted writes part 2."""

    interaction: str
    part: int = 1


def relative_path(interaction: str, started_at: float, part: int = 1) -> PurePosixPath:
    """``YYYY/MM/DD/<interaction>.wav`` (UTC day of the start), ``<interaction>.2.wav`` for the second part.

    Raises ValueError where the id is not letters, digits and inner dashes: text never gets into a path.
    """
    if not _ID.fullmatch(interaction):
        raise ValueError(f"interaction id {interaction!r} cannot name a recording; letters, digits and dashes only")
    if not 1 <= part <= MOST_PARTS:
        raise ValueError(f"recording part {part} is outside 1 to {MOST_PARTS}")
    day = datetime.fromtimestamp(started_at, UTC)
    ending = ".wav" if part == 1 else f".{part}.wav"
    return PurePosixPath(f"{day:%Y/%m/%d}") / f"{interaction}{ending}"


def recording_path(recordings: _Path, interaction: str, started_at: float, part: int = 1) -> _Path:
    """The path below the site's recordings folder (``DIR/var/recordings``)."""
    return recordings / relative_path(interaction, started_at, part)


def recording_of(path: str | PurePath) -> RecordingName | None:
    """The inverse: whose recording a file is, or None where the name is not one of ours."""
    match = _NAME.fullmatch(PurePosixPath(path).name)
    if match is None:
        return None
    return RecordingName(match["id"], int(match["part"] or 1))
