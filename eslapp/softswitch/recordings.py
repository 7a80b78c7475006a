"""Recordings of channels: record_session, uuid_record and the record application, with their events and variables.

Owns: which recordings run on which channel, limits, masks, RECORD_START and RECORD_STOP.
Not here: writing files (``media.recording``).
"""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eslapp.softswitch import hooks
from eslapp.softswitch.deadlines import seconds_until_epoch
from eslapp.softswitch.media.g711 import SILENCE
from eslapp.softswitch.media.port import Tap
from eslapp.softswitch.media.recording import Recorder, check_kind
from eslapp.softswitch.profile import Header
from eslapp.softswitch.session_events import bug, fire

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
MAX_PER_CHANNEL = 16
TEXTS = ("TITLE", "COPYRIGHT", "SOFTWARE", "ARTIST", "COMMENT", "DATE")


@dataclass
class Running:
    """One recording of one channel."""

    recorder: Recorder
    tap: Tap
    limit: asyncio.TimerHandle | None = None


class Recordings:
    """See the module."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch

    def start(self, session: Session, path: str, limit_s: int = 0) -> bool:
        """Begin to record both sides. False when it cannot; the same path again changes nothing and is True."""
        port = session.port
        if port is None or not session.is_media_ready or len(session.recordings) >= MAX_PER_CHANNEL:
            return False
        if path in session.recordings:
            return True
        try:
            check_kind(path)
            recorder = Recorder(path, is_stereo=session.variables.is_true("RECORD_STEREO"))
        except OSError as error:
            log.warning("recording-refused path=%s leg=%s error=%s", path, session.uuid, error)
            session.variables.set("record_completion_cause", "uri-failure")
            return False
        running = Running(recorder, sides(session, recorder))
        port.add_tap(running.tap)
        session.recordings[path] = running
        forget_texts(session)
        if limit_s > 0:
            loop = asyncio.get_running_loop()
            in_s = seconds_until_epoch(limit_s, self._switch.now())
            running.limit = loop.call_later(in_s, self._over, session, path)
        fire(session, "RECORD_START", after=[("Record-File-Path", path)])
        fire(session, "MEDIA_BUG_START", before=bug("session_record", path))
        hooks.at(session, "record_start")
        return True

    def _over(self, session: Session, path: str) -> None:
        self._switch.background(self.stop(session, path), "recording limit")

    def mask(self, session: Session, path: str, *, is_masked: bool) -> bool:
        """Write silence instead of sound, or sound again. False: no such recording."""
        running = session.recordings.get(path)
        if running is None:
            return False
        running.recorder.is_masked = is_masked
        return True

    def pause(self, session: Session, path: str, *, is_paused: bool) -> bool:
        """Write nothing, or go on. False: no such recording."""
        running = session.recordings.get(path)
        if running is None:
            return False
        running.recorder.is_paused = is_paused
        return True

    async def stop(self, session: Session, path: str) -> bool:
        """End one, or with ``all`` every one. False: there was none."""
        paths = list(session.recordings) if path == "all" else [path] if path in session.recordings else []
        for each in paths:
            await self._close(session, each)
            _tell_end(session, each)
        return bool(paths)

    async def _close(self, session: Session, path: str) -> None:
        running = session.recordings.pop(path)
        if running.limit is not None:
            running.limit.cancel()
        if session.port is not None:
            session.port.remove_tap(running.tap)
        result = await running.recorder.stop()
        if result.error:
            log.error("recording-truncated path=%s leg=%s error=%s", path, session.uuid, result.error)
        cause = "success-maxtime" if session.is_up else "success-silence"
        for name, value in result_variables(path, result.milliseconds):
            session.variables.set(name, value)
        session.variables.set("record_completion_cause", cause)
        after: list[Header] = [("Record-File-Path", path), ("Record-Completion-Cause", cause)]
        fire(session, "RECORD_STOP", after=after)

    async def stop_all(self, session: Session) -> None:
        """The channel ends: all files are closed before the rest is told, from the last one back."""
        paths = list(session.recordings)
        for each in paths:
            await self._close(session, each)
        for each in reversed(paths):
            _tell_end(session, each)


def _tell_end(session: Session, path: str) -> None:
    fire(session, "MEDIA_BUG_STOP", before=bug("session_record", path))
    hooks.at(session, "record_stop")
    hooks.recorded(session)


def forget_texts(session: Session) -> None:
    """What ``RECORD_TITLE`` and its siblings said went into the file."""
    for name in TEXTS:
        session.variables.set(f"RECORD_{name}", None)


def sides(session: Session, recorder: Recorder) -> Tap:
    """RECORD_READ_ONLY, RECORD_WRITE_ONLY: one side alone; RECORD_STEREO_SWAP: the other way round."""
    variables = session.variables
    if variables.is_true("RECORD_READ_ONLY"):
        return lambda heard, _sent: recorder(heard, SILENCE)
    if variables.is_true("RECORD_WRITE_ONLY"):
        return lambda _heard, sent: recorder(SILENCE, sent)
    if variables.is_true("RECORD_STEREO_SWAP"):
        return lambda heard, sent: recorder(sent, heard)
    return recorder


def result_variables(path: str, milliseconds: int) -> list[Header]:
    """``record_file_size`` and its siblings."""
    return [
        ("record_file_size", str(file_size(path))),
        ("record_samples", str(milliseconds * 8)),
        ("record_seconds", str(milliseconds // 1000)),
        ("record_ms", str(milliseconds)),
    ]


def file_size(path: str) -> int:
    """0 when it is gone."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
