"""Writes a call into a WAV file of one or two channels while it runs; a slow or full disk never stops the clock.

    recorder = Recorder("/var/recordings/a.wav")   # OSError now if it cannot be written
    port.add_tap(recorder)                          # left what is heard, right what is sent
    ...
    port.remove_tap(recorder); result = await recorder.stop()

One writer thread for all; the header is right again every second, so a killed switch leaves a playable file.
Not here: names and places of recordings, when to record.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import queue
import struct
import threading
from dataclasses import dataclass

from eslapp.softswitch.media.g711 import RATE, SILENCE, add, interleave

log = logging.getLogger(__name__)
HEADER_BYTES = 44
FLUSH_TICKS = 10  # 200 ms: what a live transcriber lags behind
HEADER_EVERY = 5  # flushes
QUEUE_LIMIT = 4_096


def wav_header(channels: int, size: int) -> bytes:
    """The 44 bytes of an 8 kHz 16-bit PCM WAV file with ``size`` bytes of samples."""
    block = 2 * channels
    riff = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, channels, RATE, RATE * block, block, 16
    )
    return riff + struct.pack("<4sI", b"data", size)


def check_kind(path: str) -> None:
    """OSError for a name that asks for another kind of file than is written."""
    if not path.lower().endswith(".wav"):
        raise OSError(errno.EINVAL, "only .wav is recorded", path)


@dataclass(frozen=True)
class RecordingResult:
    """How a recording ended. ``error`` is "" when every sample is in the file."""

    path: str
    milliseconds: int  # recorded
    written_bytes: int  # samples in the file, without the header
    error: str


class Recorder:
    """A tap (called with (heard, sent) each 20 ms) that ends in a file."""

    def __init__(self, path: str, *, is_stereo: bool = True) -> None:
        """Opens the file; its folder is made. OSError names the path."""
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        self.path = path
        self.channels = 2 if is_stereo else 1
        self.is_masked = False  # silence is written instead of both sides
        self.is_paused = False  # nothing is written
        self.milliseconds = 0
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
        self._written = 0
        self._flushes = 0
        self._error = ""
        self._pending: list[bytes] = []
        self._future: asyncio.Future[RecordingResult] | None = None
        _writer.submit(self, b"")

    def __call__(self, heard: bytes, sent: bytes) -> None:
        if self.is_paused or self._future is not None:
            return
        if self.is_masked:
            heard = sent = SILENCE
        self._pending.append(interleave(heard, sent) if self.channels == 2 else add(heard, sent))
        self.milliseconds += 20
        if len(self._pending) >= FLUSH_TICKS:
            self._flush()

    def _flush(self) -> None:
        chunk, self._pending = b"".join(self._pending), []
        if not _writer.submit(self, chunk):
            self._error = self._error or "the disk is too slow: samples were dropped"

    def stop(self) -> asyncio.Future[RecordingResult]:
        """Finish the file; the future comes true when it is closed. Further calls give the same future."""
        if self._future is None:
            self._flush()
            self._future = asyncio.get_running_loop().create_future()
            _writer.finish(self)
        return self._future

    # --- the writer thread only ---

    def write(self, chunk: bytes) -> None:
        """Append; errors are kept for the result."""
        if self._error and chunk:
            return
        try:
            position = 0
            while position < len(chunk):
                position += os.pwrite(self._descriptor, chunk[position:], HEADER_BYTES + self._written + position)
            self._written += len(chunk)
            if self._flushes % HEADER_EVERY == 0:
                os.pwrite(self._descriptor, wav_header(self.channels, self._written), 0)
            self._flushes += 1
        except OSError as error:
            self._error = f"{self.path}: {error.strerror}"
            log.error("recording stopped: %s", self._error)

    def finish(self) -> None:
        """Right the header, close, tell the loop."""
        try:
            os.pwrite(self._descriptor, wav_header(self.channels, self._written), 0)
            os.close(self._descriptor)
        except OSError as error:
            self._error = self._error or f"{self.path}: {error.strerror}"
        result = RecordingResult(self.path, self.milliseconds, self._written, self._error)
        if self._future is not None:
            try:
                self._future.get_loop().call_soon_threadsafe(_resolve, self._future, result)
            except RuntimeError:
                log.debug("recording finished after its loop: %s", self.path)


def _resolve(future: asyncio.Future[RecordingResult], result: RecordingResult) -> None:
    if not future.done():
        future.set_result(result)


class _Writer:
    """The thread, started with the first recording; a daemon, so a stuck disk cannot keep the process."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[Recorder, bytes | None]] = queue.Queue(QUEUE_LIMIT)
        self._thread: threading.Thread | None = None

    def submit(self, recorder: Recorder, chunk: bytes) -> bool:
        """False when the queue is full."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
            self._thread.start()
        try:
            self._queue.put_nowait((recorder, chunk))
        except queue.Full:
            return False
        return True

    def finish(self, recorder: Recorder) -> None:
        """Must not be lost: with a full queue a thread of its own waits for room."""
        try:
            self._queue.put_nowait((recorder, None))
        except queue.Full:
            threading.Thread(target=self._queue.put, args=((recorder, None),), daemon=True).start()

    def _run(self) -> None:
        while True:
            recorder, chunk = self._queue.get()
            try:
                recorder.write(chunk) if chunk is not None else recorder.finish()
            except Exception:
                log.exception("recording writer")


_writer = _Writer()
