"""Records talks in two channels (left the contact, right the agent) and orders their transcripts.

Owns: when a recording starts and ends, and whether it is whole: the switch reports success onto a full disk, so the
file's bytes are compared with its length. Not here: where it lies (``recordings.layout``), words (``transcripts``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gevent import get_hub

from eslapp.clock import Clock
from eslapp.core.events import RecordingFinished
from eslapp.esl import commands
from eslapp.esl.errors import SwitchError
from eslapp.ids import IdSource
from eslapp.log import get_log
from eslapp.store import Store, StoreError, Tx, events, interactions, jobs, transcripts
from eslapp.store import recordings as rows
from recordings.assess import assess
from recordings.layout import recording_of, relative_path
from recordings.wav import WavError, mend_header, open_wav

log = get_log("recorder")

TRANSCRIBE = "transcribe"  # the kind of job
START_LAG_S = 1.0  # between our note of the start and the first sample
# Set before recording: two channels, and no 64 KiB buffer between the talk and the file.
RECORDING_VARIABLES = {"RECORD_STEREO": "true", "enable_file_write_buffering": "false"}


class Recorder:
    """One per daemon. A recording that cannot start is logged and counted; the call goes on."""

    def __init__(
        self,
        *,
        store: Store,
        link: Any,
        folder: Path,
        clock: Clock,
        ids: IdSource,
        is_wanted: Callable[[str], bool] = lambda _interaction: True,
    ) -> None:
        """``is_wanted(interaction)``: whether its talks are recorded (``ivr.recording_policy``)."""
        self._is_wanted = is_wanted
        self._store = store
        self._link = link
        self._folder = folder
        self._clock = clock
        self._ids = ids

    def start(self, interaction: str, leg: str) -> None:
        """A talk begins: the next part of the recording, where the queue and the contact want one."""
        if not self._is_wanted(interaction):
            log.info("not-recorded", interaction=interaction)
            return
        was_running = self.is_running(interaction)
        if self.begin(interaction, leg) and was_running:
            self.unmask(interaction, leg)  # what a flow masked and forgot

    def begin(self, interaction: str, leg: str) -> bool:
        """Begin the next part of the interaction's recording; a part that is running already goes on."""
        try:
            self._start(interaction, leg)
        except (SwitchError, commands.CommandError, OSError, StoreError) as error:
            log.error("recording-not-started", interaction=interaction, reason=str(error))
            return False
        return True

    def mask(self, interaction: str, leg: str) -> bool:
        """Silence in the file from now on. Where that fails the recording ends: False."""
        for part in self._running(interaction):
            try:
                self._ask(commands.uuid_record(leg, "mask", str(self._folder / part.path)))
            except SwitchError as error:
                log.error("recording-not-masked", interaction=interaction, reason=str(error))
                self.stop(interaction, leg)
                return False
        return True

    def unmask(self, interaction: str, leg: str) -> None:
        """Sound in the file again; content where it was never masked."""
        for part in self._running(interaction):
            try:
                self._ask(commands.uuid_record(leg, "unmask", str(self._folder / part.path)))
            except SwitchError as error:
                log.error("recording-stays-masked", interaction=interaction, reason=str(error))

    def is_running(self, interaction: str) -> bool:
        """Whether a part is being recorded."""
        return bool(self._running(interaction))

    def _running(self, interaction: str) -> list[rows.Recording]:
        parts = self._store.read(lambda tx: rows.of_interaction(tx, interaction))
        return [part for part in parts if part.state == "running"]

    def adopt(self, interaction: str, relative: str, started_at: float, language: str) -> None:
        """A file that lies there already becomes the interaction's recording, once."""
        if self._store.read(lambda tx: rows.of_interaction(tx, interaction)):
            return
        one = rows.Recording(self._ids(), interaction, relative, started_at, channels=1)
        self._store.write(lambda tx: rows.start(tx, one))
        self._finish(one, language=language)

    def _start(self, interaction: str, leg: str) -> None:
        parts = self._store.read(lambda tx: rows.of_interaction(tx, interaction))
        if any(part.state == "running" for part in parts):
            return
        now = self._clock()
        part = len(parts) + 1
        relative = relative_path(interaction, now, part)
        recording = rows.Recording(self._ids(), interaction, str(relative), now, part)
        self._store.write(lambda tx: rows.start(tx, recording))
        path = self._folder / relative
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._ask(commands.uuid_setvar(leg, RECORDING_VARIABLES))
        self._ask(commands.uuid_record(leg, "start", str(path)))

    def stop(self, interaction: str, leg: str) -> None:
        """The talk is over; the leg may go on (or be gone: then the switch has stopped by itself)."""
        for part in self._store.read(lambda tx: rows.of_interaction(tx, interaction)):
            if part.state != "running":
                continue
            try:
                self._ask(commands.uuid_record(leg, "stop", str(self._folder / part.path)))
            except SwitchError:
                log.info("recording-stopped-with-its-leg", interaction=interaction)
            self._finish(part, self._clock() - part.started_at - START_LAG_S)

    def stopped(self, path: str, seconds: float) -> None:
        """The switch says that it has closed a file after so many seconds of sound."""
        name = recording_of(path)
        if name is None:
            return
        for part in self._store.read(lambda tx: rows.of_interaction(tx, name.interaction)):
            if part.part == name.part and part.state == "running":
                self._finish(part, seconds)

    def salvage(self, is_up: Callable[[str], bool]) -> None:
        """After a restart: finish recordings whose interaction is no longer in a talk."""
        for part in self._store.read(rows.running):
            if not is_up(part.interaction):
                self._finish(part)

    def next_parts(self, leg_of: Callable[[str], str]) -> None:
        """The switch died and brought its calls back, but not its recordings: each goes on as a next part.

        ``leg_of(interaction)``: the contact's leg of a talk, "" where there is none any more.
        """
        for part in self._store.read(rows.running):
            self._finish(part)
            if leg := leg_of(part.interaction):
                self.start(part.interaction, leg)

    def _finish(self, part: rows.Recording, told_s: float = 0.0, language: str = "") -> None:
        path = self._folder / part.path
        state, seconds, size = get_hub().threadpool.apply(measure, (path, max(0.0, told_s)))
        now = self._clock()

        def work(tx: Tx) -> bool:
            known = interactions.get(tx, part.interaction)  # the row: the matter may be closed and forgotten by now
            spoken = language or (known.language if known else "")
            if not rows.end(tx, part.id, state=state, at=now, seconds=seconds, size=size):
                return False
            events.append(
                tx,
                RecordingFinished(at=now, interaction=part.interaction, recording=part.id, seconds=seconds),
            )
            if state != "missing":
                body = {"recording": part.id, "interaction": part.interaction, "path": part.path}
                body |= {"channels": part.channels}
                transcripts.ask(tx, recording=part.id, interaction=part.interaction, language=spoken, at=now)
                jobs.add(tx, kind=TRANSCRIBE, key=part.id, body={**body, "language": spoken}, at=now)
            return True

        if self._store.write(work):
            log.info("recording-finished", interaction=part.interaction, state=state, seconds=seconds)

    def _ask(self, line: str) -> None:
        complaint = commands.refusal(self._link.api(line, timeout=5))
        if complaint:
            raise SwitchError(complaint)


def measure(path: Path, told_s: float = 0.0) -> tuple[str, float, int]:
    """``(state, seconds, bytes)`` of a file that should hold ``told_s``: finished, truncated or missing.

    Nobody writes it any more: where its writer died, the header is mended.
    """
    with suppress(WavError, OSError):
        mend_header(open_wav(path))
    found = assess(path, record_ms=told_s * 1000)
    if found.is_truncated:
        return "truncated", found.seconds, found.data_bytes
    return ("missing" if found.is_sound_lost else "finished"), found.seconds, found.data_bytes
