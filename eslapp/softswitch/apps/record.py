"""``record path [seconds [threshold [hits]]]``: record the caller until a digit, the limit or a silence.

``threshold`` is a mean of samples, ``hits`` the seconds of silence that end it, three where none are given; without a
threshold silence ends nothing.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Callable

from eslapp.softswitch import hooks
from eslapp.softswitch.media.g711 import SILENCE
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.media.recording import Recorder, check_kind
from eslapp.softswitch.media.sources import SilenceSource
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.origins import ORIGINS
from eslapp.softswitch.playing import terminator
from eslapp.softswitch.recordings import file_size, forget_texts
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Session
from eslapp.softswitch.session_events import fire, reading_linear
from eslapp.softswitch.variables import is_true
from eslapp.softswitch.waiting import wait

NEEDS_MEDIA = True
FRAMES_PER_HIT = 50
DEFAULT_HITS = 3


class Silence:
    """Listens beside the recorder until the caller was quiet for long enough."""

    def __init__(self, session: Session, threshold: int, hits: int) -> None:
        self.is_exhausted = False
        self._session = session
        self._threshold = threshold
        self._wanted = (hits or DEFAULT_HITS) * FRAMES_PER_HIT if threshold else 0
        self._left = self._wanted

    def __call__(self, heard: bytes, _sent: bytes) -> None:
        """A tap: one frame."""
        if not self._wanted or self.is_exhausted:
            return
        is_quiet = sum(map(abs, array("h", heard))) < self._threshold * (len(heard) // 2)
        self._left = self._left - 1 if is_quiet else self._wanted
        if self._left <= 0:
            self.is_exhausted = True
            self._session.ring_bell()


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = separate(data)
    port = session.port
    if not words or port is None:
        return
    limit, threshold, hits = (leading_number(word) for word in [*words[1:4], "", "", ""][:3])
    session.variables.set("playback_terminator_used", None)
    try:
        check_kind(words[0])
        os.stat(os.path.dirname(words[0]) or ".")  # FreeSWITCH makes folders for record_session alone
        recorder = Recorder(words[0], is_stereo=session.variables.is_true("RECORD_STEREO"))
    except OSError:
        session.hung_up_inside = True
        session.hangup("DESTINATION_OUT_OF_ORDER")
        return
    session.variables.set("silence_hits_exhausted", "false")
    with reading_linear(session):
        await _record(session, port, recorder, (limit, threshold, hits))
    if not session.is_ready:  # also one that was transferred meanwhile, as in FreeSWITCH
        session.hung_up_inside = session.hung_up_inside or session.is_up
        session.hangup("DESTINATION_OUT_OF_ORDER")


async def _record(session: Session, port: MediaPort, recorder: Recorder, wanted: tuple[int, int, int]) -> None:
    limit, threshold, hits = wanted
    silence = Silence(session, threshold, hits)

    def tap(heard: bytes, _sent: bytes) -> None:
        if port.heard is not None and not silence.is_exhausted:  # a caller who sends nothing is not recorded
            recorder(heard, SILENCE)

    suspend = _send_silence(session, port)
    port.add_tap(silence)
    port.add_tap(tap)
    forget_texts(session)
    about = [("Record-File-Path", recorder.path)]
    fire(session, "RECORD_START", after=about, origin=ORIGINS["record app start"])
    hooks.at(session, "record_start")
    await hooks.settle(session)
    await wait(
        session,
        lambda: silence.is_exhausted,
        timeout_s=_seconds(limit) if limit else None,
        on_digit=terminator(session),
        suspend=suspend,
    )
    suspend()
    port.remove_tap(tap)
    port.remove_tap(silence)
    if silence.is_exhausted:
        session.variables.set("silence_hits_exhausted", "true")
    result = await recorder.stop()
    size = str(file_size(recorder.path))
    milliseconds = result.milliseconds
    values = (
        ("record_record_file_size", size),
        ("record_file_size", size),
        ("record_seconds", str(milliseconds // 1000)),
        ("record_ms", str(milliseconds)),
        ("record_samples", str(milliseconds * 8)),
    )
    for name, value in values[:2]:
        session.variables.set(name, value)
    await hooks.tell_api(session)
    for name, value in values[2:]:
        session.variables.set(name, value)
    fire(session, "RECORD_STOP", after=about, origin=ORIGINS["record app stop"])
    hooks.at(session, "record_stop")


def _send_silence(session: Session, port: MediaPort) -> Callable[[], Callable[[], None]]:
    """The caller gets silence meanwhile, unless ``record_waste_resources`` says 0; what is returned suspends that."""
    silence = SilenceSource()

    def resume() -> None:
        if is_true(session.variables.text("record_waste_resources", "true")):
            port.play(silence)

    def suspend() -> Callable[[], None]:
        if port.playing is silence:
            port.stop()
        return resume

    resume()
    return suspend


def _seconds(limit: int) -> float:
    """The limit ends when the epoch's second counter has advanced by more than it (FreeSWITCH's comparison)."""
    fraction = time.time() % 1
    return limit + 1 - fraction
