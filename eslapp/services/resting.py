"""A caller's leg that waits in line without a connection of its own: the switch's dialplan plays it the music.

Owns: what of a ``CallerLeg`` is possible there (the music goes on, words break into it, keys), and beginning the music
anew when it has ended. Whatever else is asked of it raises, as of a leg that is lost.
Not here: which legs rest, their way there and back (``waiting_room``), the wait itself (``queue_wait``).
"""

from __future__ import annotations

import math
import wave
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import gevent
from gevent.event import AsyncResult

from eslapp.clock import monotonic
from eslapp.esl import commands, waiting
from eslapp.esl.call import Completion
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import LegGone, SwitchError
from eslapp.esl.watched import WatchedLeg
from eslapp.log import get_log
from eslapp.services import legs
from eslapp.services.caller_leg import COMFORT, CallerLeg

log = get_log("resting")

WANTED_S = 60.0  # shorter music is sent several times in one piece
AT_LEAST_S = 10.0
AT_MOST_S = 600.0  # longer music is not for resting: where we die, it is all the caller would hear for so long
COPIES = 30
COMFORT_S = 10.0
CUT_S = 0.05  # of its end, so that nothing else is heard behind it
WORDS_BEGIN_WITHIN_S = 0.2  # words that were ordered before a join must not be heard in the talk


class NoMusic(Exception):
    """There is none (any more) that a leg can rest with."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What the dialplan plays, and for how long."""

    sounds: tuple[str, ...]
    seconds: float


def lease_of(music: str) -> Lease | None:
    """``None`` for music that no leg can rest with: too long, too short, not readable."""
    unit_s = COMFORT_S if music == COMFORT else _seconds(music)
    copies = min(COPIES, math.ceil(WANTED_S / unit_s)) if unit_s else 0
    lease = Lease((music,) * copies, copies * unit_s)
    return lease if AT_LEAST_S <= lease.seconds <= AT_MOST_S else None


def _seconds(path: str) -> float:
    try:
        with wave.open(path, "rb") as file:
            return file.getnframes() / file.getframerate()
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return 0.0


class RestingCall(WatchedLeg):
    """In the place of ``CallControl``: the daemon's own link speaks for the leg."""

    def __init__(self, uuid: str, link: Any) -> None:
        self.uuid = uuid
        self.channel = {"Answer-State": "answered"}
        self.variables: dict[str, str] = {}
        self._link = link
        self.watch()

    def api(self, line: str, timeout: float = 5.0) -> str:
        """Over the link; raises where the leg is gone."""
        if isinstance(self.loss, LegGone):
            raise self.lost()
        reply: str = self._link.api(line, timeout=timeout)
        return reply

    def execute(self, app: str, arg: str = "", timeout: float = 60.0, *, lock: bool = True) -> Completion:
        """Not possible."""
        raise self.lost()

    def order(self, app: commands.App, *, lock: bool = True, timeout: float = 10.0) -> tuple[str, AsyncResult]:
        """Not possible."""
        raise self.lost()


class RestingLeg(CallerLeg):
    """``settled``: told by the room. Its music is never ended by us: whoever takes the leg away ends it."""

    def __init__(self, call: RestingCall, lease: Lease) -> None:
        super().__init__(call)  # type: ignore[arg-type]  # the part of CallControl that is used
        self.call = call
        self._lease = self._next = lease
        self._ends_at = monotonic() + lease.seconds - CUT_S
        self._still_until = math.inf

    @property
    def is_settled(self) -> bool:
        """Whether it is at its music and may be joined: not on its way, no words about to begin."""
        return monotonic() >= self._still_until

    def settle(self) -> None:
        """The switch says that it has come to its music."""
        self._still_until, self._ends_at = 0.0, monotonic() + self._lease.seconds - CUT_S

    def leaves(self) -> None:
        """It is about to be sent elsewhere."""
        self._still_until = math.inf

    @property
    def has_music(self) -> bool:
        return bool(self._music)

    def hold_music(self, path: str | None, *, is_joining: Callable[[], bool] = lambda: False) -> None:
        """It plays already; this is what it plays when that is over."""
        self._music, self._is_joining = path or COMFORT, is_joining
        self._next = lease_of(self._music) or self._next
        if not self._next.sounds:
            raise NoMusic(self._music)

    def interrupt(self) -> None:
        self._music = ""

    def announce(
        self, paths: Sequence[str], *, goes_on: Callable[[], bool] = lambda: True, keys: Collection[str] = ()
    ) -> str:
        """Returns at once; one of the ``keys`` is read by ``key`` when it is pressed."""
        if paths and goes_on():
            is_on_its_way, self._still_until = self._still_until == math.inf, math.inf
            self._say(waiting.break_in(self.leg, paths))
            if not is_on_its_way or self._still_until < math.inf:
                self._still_until = monotonic() + WORDS_BEGIN_WITHIN_S
            self._ends_at += sum(map(_seconds, paths))  # the music stands still meanwhile
        return ""

    def pause(self, seconds: float) -> None:
        self._rest(seconds, [self.gone])

    def pause_or_key(self, seconds: float) -> None:
        self._rest(seconds, [self.gone, self.call.pressed])

    def _rest(self, seconds: float, ends: list[Any]) -> None:
        left = seconds if self._is_joining() else min(seconds, self._ends_at - monotonic())
        gevent.wait(ends, timeout=max(0.0, left), count=1)
        if self.gone.is_set():
            raise self.call.lost()
        if monotonic() >= self._ends_at and not self._is_joining():
            self._again()

    def _again(self) -> None:
        """The music is over: from the start. Where that fails, the dialplan brings the leg back to us."""
        self.leaves()
        if self._next != self._lease:
            self._say(waiting.music(self.leg, self._next.sounds))
            self._lease = self._next
        self._ends_at = monotonic() + self._lease.seconds - CUT_S
        self._say(commands.uuid_transfer(self.leg, legs.REST_EXTENSION, legs.RETURN_CONTEXT))

    def _say(self, line: str) -> None:
        try:
            complaint = commands.refusal(self.call.api(line))
        except (SwitchError, CommandError) as error:
            complaint = str(error)
        if complaint:
            log.info("resting-leg-not-told", leg=self.leg, what=line.split(None, 1)[0], reason=complaint)
