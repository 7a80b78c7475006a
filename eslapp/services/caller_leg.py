"""What can be done with a caller: the voice vocabulary of the call driver, over one ``OutboundCall``.

Owns: playing, asking for keys, hold music that can be broken into, hanging up. Not here: what a flow wants
(``voice_calls``), the agent's side (``agent_leg``), the wire (``eslapp.esl``).

One greenlet drives a leg, and everything it does here raises ``LegGone`` (the caller hung up) or ``LegTaken``
(bridged or transferred away) as soon as that happens. Hold music needs no greenlet of its own: it goes on while the
driver ``pause``s, and stops by itself for ``play``, ``ask`` and ``announce``.

    leg = CallerLeg(call)
    choice = leg.ask(["/s/menu.wav"], min=1, max=1, ends="", first_s=5, next_s=2, pattern="[12]")
    leg.hold_music("/s/music.wav")
    leg.pause(30)
    leg.announce(["/s/you-are-third.wav"])
    leg.interrupt()
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import gevent
from gevent.event import AsyncResult
from gevent.event import Event as Flag
from gevent.queue import Empty, Queue

from eslapp.clock import monotonic
from eslapp.esl import commands, waiting
from eslapp.esl.call import CallControl
from eslapp.esl.errors import LegGone, LegLost, LegTaken, SwitchError, SwitchRefused
from eslapp.log import get_log

log = get_log("caller_leg")

LONGEST_PROMPT_S = 600.0
BREAK_AGAIN_S = 0.1  # a break that comes before the switch began to play is lost (it begins within 40 ms)
BREAK_LIMIT_S = 2.0
TAKEN_WITHIN_S = 0.06  # a bridge ends the music first and tells that the leg was taken right after
JOINED_WITHIN_S = 3.0  # the same where we know of the bridge: however busy the machine is, no music over the talk
HANG_UP_LIMIT_S = 2.0
LET_GO_WITHIN_S = 1.0
BEFORE_COMFORT_S = 0.5  # so that a switch that plays nothing at all is not asked without pause
COMFORT = "tone_stream://%(300,9700,440)"  # a soft beep every ten seconds, where there is no music
PLAYED = "FILE PLAYED"
UNANSWERED = ("ringing", "early")


class CallerLeg:
    """One caller's leg. ``digits`` holds the keys pressed while nobody asked for any."""

    def __init__(self, call: CallControl) -> None:
        self._call = call
        self._is_answered = call.channel.get("Answer-State") not in UNANSWERED
        self._music = ""  # "" while there is none
        self._is_joining: Callable[[], bool] = lambda: False
        self._sounding: AsyncResult | None = None  # the end of what the music plays now
        self.may_rest = False  # whether it may wait in line without its connection: see ``waiting_room``

    @property
    def leg(self) -> str:
        return self._call.uuid

    @property
    def digits(self) -> Queue[str]:
        return self._call.digits

    @property
    def gone(self) -> Flag:
        """Set when the leg is lost, to a hang-up or to a bridge: see ``cause``."""
        return self._call.gone

    @property
    def has_music(self) -> bool:
        """Whether hold music was begun and not ended by us."""
        return bool(self._music)

    def lost(self) -> Exception:
        """What to raise of a leg that is gone or is being taken."""
        return self._call.lost() if self._call.loss is not None else LegTaken("the leg is being joined")

    @property
    def cause(self) -> str:
        """The hang-up cause, ``""`` while the leg is up or where it was taken away."""
        return self._call.loss.cause if isinstance(self._call.loss, LegGone) else ""

    # --- speaking and listening -----------------------------------------------------------------------------------

    def answer(self) -> None:
        self._call.execute(*commands.answer(), timeout=10)
        self._is_answered = True

    @property
    def is_answered(self) -> bool:
        """Whether it is more than early media."""
        return self._is_answered

    def must_be_answered(self) -> None:
        """Answer a call that so far was only heard as early media."""
        if not self._is_answered:
            self.answer()

    def play(self, paths: Sequence[str]) -> None:
        """Play sounds to their end. A missing file is logged and skipped: the flow goes on."""
        self._stop_sound()
        if not paths:
            return
        self._tell(paths, self._call.execute(*commands.playback(paths), timeout=LONGEST_PROMPT_S).response)

    def play_or_key(self, paths: Sequence[str], keys: Collection[str]) -> str:
        """``play``, broken off by one of these keys: which, ``""`` where none was pressed. Other keys are dropped."""
        if not keys:
            self.play(paths)
            return ""
        self.begin(paths)
        until = monotonic() + LONGEST_PROMPT_S
        while (sounding := self._sounding) is not None and (left := until - monotonic()) > 0:
            if key := self.key(keys):
                self._stop_sound()
                return key
            if sounding.ready():
                self._sounding = None
                self._tell(paths, sounding.get().get("Application-Response"))
                break
            gevent.wait([self._call.pressed, self.gone, sounding], timeout=left, count=1)
            if self.gone.is_set():
                raise self._call.lost()
        return ""

    def _tell(self, paths: Sequence[str], response: str | None) -> None:
        if response != PLAYED:
            log.warning("not-played", leg=self.leg, response=response, sounds=list(paths))

    def ask(
        self,
        paths: Sequence[str],
        *,
        min: int,
        max: int,
        ends: str = "#",
        first_s: float = 5.0,
        next_s: float = 3.0,
        pattern: str = r"\d+",
    ) -> str | None:
        """Play, and collect keys in one try. ``None``: none, too few, or not what ``pattern`` wants."""
        app = commands.play_and_get_digits(
            paths, low=min, high=max, ends=ends, first_s=first_s, next_s=next_s, pattern=pattern
        )
        self._stop_sound()
        limit_s = LONGEST_PROMPT_S + first_s + next_s * max
        variables = self._call.execute(*app, timeout=limit_s).variables
        self.forget_digits()
        # The switch says "success" of keys that do not match, too, but takes them out of the variable.
        # FreeSWITCH says "timeout" of fewer than ``max`` keys, enough or not.
        digits = variables.get(commands.DIGITS_VARIABLE, "")
        is_read = variables.get("read_result") in ("success", "timeout") and len(digits) >= min
        return (digits or None) if is_read else None

    # --- waiting --------------------------------------------------------------------------------------------------

    def hold_music(self, path: str | None, *, is_joining: Callable[[], bool] = lambda: False) -> None:
        """Begin to play ``path`` over and over (a soft beep where it is ``None`` or missing). Returns at once.

        ``is_joining``: somebody is about to be joined with the leg. Music that ends then was ended by the bridge.
        """
        self._stop_sound()
        self._is_joining = is_joining
        self._music = path or COMFORT
        self._begin_music()

    def key(self, among: Collection[str]) -> str:
        """The first of these keys that was pressed and not yet read, ``""`` where there is none; others are dropped."""
        self._call.pressed.clear()
        while not self.digits.empty():
            if (digit := self.digits.get_nowait()) in among:
                return digit
        return ""

    def pause_or_key(self, seconds: float) -> None:
        """``pause``, cut short by the next key."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0 and not self._call.pressed.is_set():
            sounding = [self._sounding] if self._sounding is not None else []
            gevent.wait([self._call.pressed, self.gone, *sounding], timeout=left, count=1)
            if self.gone.is_set():
                raise self._call.lost()
            if self._sounding is not None and self._sounding.ready():
                self._music_ended(self._sounding)

    def pause(self, seconds: float) -> None:
        """Let the caller wait: the music goes on (or the leg is silent) for so long."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            if self._sounding is None:
                self._wait(left)
                continue
            self._sounding.wait(left)
            if self._sounding.ready():
                self._music_ended(self._sounding)

    def announce(
        self, paths: Sequence[str], *, goes_on: Callable[[], bool] = lambda: True, keys: Collection[str] = ()
    ) -> str:
        """Break into the music, play these to their end, and go on with the music unless ``goes_on`` says no.

        A bridge ends the announcement too, and music that is ordered then would be heard over the talk. So does one of
        the ``keys``, which is returned: then it is silent.
        """
        if paths and (key := self.play_or_key(paths, keys)):
            return key
        if not goes_on():
            self._music = ""
        elif self._music and self._sounding is None:
            self._begin_music()
        return ""

    def go_to_rest(self, music: Sequence[str]) -> None:
        """Give the leg to the dialplan's music; our connection is of no use after that. Raises where it is refused."""
        self._music, self._sounding = "", None
        self._call.api_all(waiting.rest(self.leg, music))
        self.gone.wait(LET_GO_WITHIN_S)

    def interrupt(self) -> None:
        """End the music. Returns when it is off."""
        self._music = ""
        self._stop_sound()

    # --- the rest -------------------------------------------------------------------------------------------------

    def forget_digits(self) -> None:
        """What was pressed before does not count for what comes."""
        try:
            while True:
                self.digits.get_nowait()
        except Empty:
            return

    def record(self, path: str, *, is_stereo: bool) -> None:
        """Have the switch record the leg (left the contact) until ``stop_recording``; raises ``SwitchRefused``."""
        self.set_variables({"RECORD_STEREO": str(is_stereo).lower(), "enable_file_write_buffering": "false"})
        if complaint := commands.refusal(self._call.api(commands.uuid_record(self.leg, "start", path))):
            raise SwitchRefused(f"not recorded: {complaint}")

    def stop_recording(self, path: str) -> None:
        """End it; content where the leg, or the recording, is over already."""
        try:
            self._call.api(commands.uuid_record(self.leg, "stop", path))
        except SwitchError as error:
            log.info("recording-over", leg=self.leg, reason=str(error))

    def begin(self, paths: Sequence[str]) -> None:
        """Begin to play these and return at once: see ``is_sounding`` and ``hush``."""
        self._stop_sound()
        if paths:
            _, self._sounding = self._call.order(commands.playback(paths), timeout=10)

    @property
    def is_sounding(self) -> bool:
        """Whether what was begun (or the music) still plays."""
        return self._sounding is not None and not self._sounding.ready()

    def hush(self) -> None:
        """End what ``begin`` plays."""
        self._stop_sound()

    def stay_alone_if_we_die(self, is_alone: bool) -> None:
        """Before a talk: the end of our connection must not end it. After it: the leg comes back to us again."""
        for line in commands.prepare_bridge(self.leg, is_socket_kept=not is_alone):
            if complaint := commands.refusal(self._call.api(line)):
                raise SwitchRefused(f"not prepared: {complaint}")

    def join_with(self, app: commands.App, limit_s: float) -> Mapping[str, str]:
        """Ring and join others with the leg; returns the leg's variables when that is over."""
        self._stop_sound()
        return self._call.execute(*app, timeout=limit_s).variables

    def set_variables(self, variables: Mapping[str, str]) -> None:
        """Set channel variables, whatever plays. Raises ``SwitchRefused`` where the leg is unknown."""
        if complaint := commands.refusal(self._call.api(commands.uuid_setvar(self.leg, variables))):
            raise SwitchRefused(f"variables were not set: {complaint}")

    def tell(self, word: str) -> None:
        """One word to the phone inside the dialog (SIP INFO); nothing comes of it where it is gone."""
        try:
            self._call.api(commands.uuid_send_info(self.leg, word))
        except SwitchError as error:
            log.info("not-told", leg=self.leg, reason=str(error))

    def hang_up(self, cause: str = "NORMAL_CLEARING") -> None:
        """End the call, at once; content if it is over already."""
        if self.gone.is_set():
            return
        try:
            self._call.api(commands.uuid_kill(self.leg, cause))
        except LegLost:
            return
        self.gone.wait(HANG_UP_LIMIT_S)

    def _begin_music(self) -> None:
        _, self._sounding = self._call.order(commands.playback(self._music))

    def _music_ended(self, sounding: AsyncResult) -> None:
        """Begin again, unless the leg is being taken; raises where it is lost."""
        self._sounding = None
        if not self._music:
            return
        response = sounding.get(block=False).get("Application-Response")
        self._wait(TAKEN_WITHIN_S if response == PLAYED else BEFORE_COMFORT_S)
        until = monotonic() + JOINED_WITHIN_S
        while self._is_joining() and monotonic() < until:
            self._wait(TAKEN_WITHIN_S)
        if response != PLAYED:
            log.warning("no-music", leg=self.leg, response=response, sound=self._music)
            self._music = COMFORT
        self._begin_music()

    def _wait(self, seconds: float) -> None:
        if self.gone.wait(seconds):
            raise self._call.lost()

    def _stop_sound(self) -> None:
        """Break off what the music plays; raises where the leg is lost meanwhile."""
        sounding, self._sounding = self._sounding, None
        if sounding is None:
            return
        until = monotonic() + BREAK_LIMIT_S
        while not sounding.ready() and monotonic() < until:
            self._call.api(commands.uuid_break(self.leg))
            sounding.wait(BREAK_AGAIN_S)
        if sounding.ready():
            sounding.get()
        else:
            log.warning("music-goes-on", leg=self.leg)
