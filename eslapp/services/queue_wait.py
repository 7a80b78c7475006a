"""What a caller hears in line: music, and the place from time to time, until the leg is taken or the wait ends.

Owns: the sound of waiting. Not here: the line itself (``core.router``); whoever joins the leg with an agent takes it
out of our hands (``LegTaken``), which ends the wait. After a while the same wait goes on without the leg's connection
(``waiting_room``).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from eslapp.clock import Clock
from eslapp.core.commands import AnnouncePlace, AnnounceWait
from eslapp.core.events import PlaceAnnounced, WaitAnnounced
from eslapp.core.model import InteractionState
from eslapp.log import get_log
from eslapp.services.caller_leg import COMFORT
from eslapp.services.prompts import Prompts
from ivr import effects, waits

log = get_log("queue_wait")

IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)
IN_TALK = (InteractionState.CONNECTING, InteractionState.CONNECTED)
LOOK_EVERY_S = 2.0
LOOK_S = 0.1
NEVER = float("inf")
REST_AFTER_S = 3.0  # who is served at once needs no other way of waiting
TAKEN_WITHIN_S = 30.0  # from the agent's answer to the bridge, with the whisper, generously


class WaitsOn(Exception):
    """Nothing but music is due on this leg for now."""

    def __init__(self, music: str) -> None:
        super().__init__(music)
        self.music = music


class QueueWait:
    """One wait of one interaction."""

    def __init__(
        self, interaction: str, *, world: Callable[[], Any], prompts: Prompts, clock: Clock, bus: Any = None
    ) -> None:
        self._interaction = interaction
        self._world = world
        self._prompts = prompts
        self._clock = clock
        self._bus = bus
        self._told_place: int | None = None
        self._next_words: float | None = None  # None: the wait has not begun

    def wait(self, leg: Any, effect: effects.EnterQueue, language: str, since: float) -> waits.Happening:
        """Play until something ends the wait, ``after`` counted from ``since``. Raises ``LegTaken`` when the talk
        begins, ``LegGone`` on hang-up, ``WaitsOn`` where ``leg.may_rest``: the same wait goes on by another call."""
        music = self._prompts.recorded(effect.music) if effect.music else None
        if self._next_words is None:
            self._next_words = self._clock() if effect.announce.position_every_s else NEVER
        rest_at = self._clock() + REST_AFTER_S
        leave_at = since + effect.after_s if effect.after_s is not None else NEVER
        while True:
            if self._state() in IN_TALK:
                self._be_taken(leg)
            if (left := self._left(leg, effect, leave_at)) is not None:
                leg.interrupt()
                return left
            if not leg.has_music:
                leg.hold_music(music, is_joining=lambda: self._state() in IN_TALK)
            if self._clock() >= self._next_words and self._state() == InteractionState.QUEUED:
                if key := self._say(leg, effect, language):
                    leg.interrupt()
                    return waits.KeysPressed(key)
            elif leg.may_rest and self._clock() >= rest_at and self._state() == InteractionState.QUEUED:
                raise WaitsOn(music or COMFORT)
            due = min(self._next_words, leave_at, rest_at if leg.may_rest else NEVER) - self._clock()
            rest = leg.pause_or_key if effect.keys else leg.pause
            rest(max(0.05, min(LOOK_EVERY_S, due)))

    def _left(self, leg: Any, effect: effects.EnterQueue, leave_at: float) -> waits.Happening | None:
        """What has ended the wait, where something has."""
        state = self._state()
        if state not in IN_LINE:
            return waits.QueueLeft(self._overflow() or waits.LEFT)
        if self._clock() >= leave_at and state == InteractionState.QUEUED:
            return waits.QueueLeft(waits.TIMEOUT)
        key = leg.key(effect.keys) if effect.keys else ""
        return waits.KeysPressed(key) if key else None

    def _say(self, leg: Any, effect: effects.EnterQueue, language: str) -> str:
        """Place, wait and keys; the key that broke it off."""
        words = [*self._place(language), *self._wait(effect, language), *self._prompts.paths(effect.hint)]
        key: str = leg.announce(words, goes_on=lambda: self._state() in IN_LINE, keys=effect.keys)
        self._next_words = self._clock() + (effect.announce.position_every_s or 0.0)
        return key

    def _be_taken(self, leg: Any) -> None:
        """An agent has accepted: keep still until the bridge takes the leg. Comes back where the join failed."""
        deadline = self._clock() + TAKEN_WITHIN_S
        while self._state() in IN_TALK:
            leg.pause(LOOK_S)  # the music goes on
            if self._clock() > deadline:
                raise leg.lost()

    def _state(self) -> InteractionState:
        found = self._world().interaction(self._interaction)
        return found.state if found else InteractionState.CLOSED

    def _overflow(self) -> str:
        """Why the router has sent it out of the line, where it was the router."""
        found = self._world().interaction(self._interaction)
        return found.overflow if found else ""

    def _place(self, language: str) -> list[str]:
        """The place, but never a worse one than was said before. Every figure is kept and scored."""
        asked = AnnouncePlace(at=self._clock(), interaction=self._interaction, at_most=self._told_place)
        answer = self._bus.submit(asked) if self._bus is not None else []
        told = [event for event in answer if isinstance(event, PlaceAnnounced)] if isinstance(answer, list) else []
        if not told or not told[0].is_told:
            return []
        self._told_place = told[0].position
        return self._prompts.paths((effects.Piece("position", str(self._told_place), language),))

    def _wait(self, effect: effects.EnterQueue, language: str) -> list[str]:
        """About how many minutes, while the router trusts its figure. Every figure is kept and scored."""
        if not effect.announce.wait or self._bus is None:
            return []
        answer = self._bus.submit(AnnounceWait(at=self._clock(), interaction=self._interaction))
        told = [event for event in answer if isinstance(event, WaitAnnounced)] if isinstance(answer, list) else []
        if not told or not told[0].is_told:
            return []
        minutes = max(1, ceil(told[0].wait_s / 60))
        return self._prompts.paths((effects.Piece("minutes", str(minutes), language),))
