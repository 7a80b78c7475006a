"""What a caller hears in line: music, and the place from time to time, until the leg is taken or the wait ends.

Owns: the sound of waiting. Not here: the line itself (``core.router``); whoever joins the leg with an agent takes it
out of our hands (``LegTaken``), which ends the wait.
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
from eslapp.services.prompts import Prompts
from ivr import effects, waits

log = get_log("queue_wait")

IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)
IN_TALK = (InteractionState.CONNECTING, InteractionState.CONNECTED)
LOOK_EVERY_S = 5.0
LOOK_S = 0.1
TAKEN_WITHIN_S = 30.0  # from the agent's answer to the bridge, with the whisper, generously


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

    def wait(self, leg: Any, effect: effects.EnterQueue, language: str, since: float) -> waits.Happening:
        """Play until something ends the wait, ``after`` counted from ``since``. Raises ``LegTaken`` when the talk
        begins, ``LegGone`` on hang-up."""
        music = self._prompts.recorded(effect.music) if effect.music else None
        every_s = effect.announce.position_every_s
        hint = self._prompts.paths(effect.hint)
        next_words = self._clock() if every_s else float("inf")
        leave_at = since + effect.after_s if effect.after_s is not None else float("inf")
        while True:
            state = self._state()
            if state in IN_TALK:
                self._be_taken(leg)
            elif state not in IN_LINE:
                leg.interrupt()
                return waits.QueueLeft(self._overflow() or waits.LEFT)
            now = self._clock()
            if now >= leave_at and state == InteractionState.QUEUED:
                leg.interrupt()
                return waits.QueueLeft(waits.TIMEOUT)
            if not leg.has_music:
                leg.hold_music(music, is_joining=lambda: self._state() in IN_TALK)
            if effect.keys and (key := leg.key(effect.keys)):
                leg.interrupt()
                return waits.KeysPressed(key)
            if now >= next_words and state == InteractionState.QUEUED:
                words = [*self._place(language), *self._wait(effect, language), *hint]
                if key := leg.announce(words, goes_on=lambda: self._state() in IN_LINE, keys=effect.keys):
                    leg.interrupt()
                    return waits.KeysPressed(key)
                next_words = self._clock() + (every_s or 0.0)
            rest = leg.pause_or_key if effect.keys else leg.pause
            rest(max(0.05, min(LOOK_EVERY_S, next_words - now, leave_at - now)))

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
