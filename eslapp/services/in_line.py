"""A caller in line: from the flow's wish to wait until it is served, leaves, or has waited too long.

Owns: entering the line, the greeting, where the wait goes on (on the leg's connection or in the ``waiting_room``),
leaving the line. Not here: the line itself (``core.router``), the sound of waiting (``queue_wait``), the join
(``voice_offers``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.model import InteractionState
from eslapp.services.caller_leg import CallerLeg
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.prompts import Prompts
from eslapp.services.queue_entry import into_line, turned_away
from eslapp.services.queue_wait import QueueWait, WaitsOn
from eslapp.services.waiting_room import Waiting, WaitingRoom
from eslapp.store import Store
from ivr import effects, waits


class InLine:
    """One per daemon."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: Store,
        prompts: Prompts,
        world: Callable[[], Any],
        wait_for: Callable[[str], QueueWait],
        room: WaitingRoom | None,
        flows: FlowRuns,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._store = store
        self._prompts = prompts
        self._world = world
        self._wait_for = wait_for
        self._room = room
        self._flows = flows
        self._clock = clock

    def stand(self, leg: CallerLeg, interaction: str, effect: effects.EnterQueue, language: str) -> waits.Happening:
        """What ended it. Raises ``LegTaken`` when the talk begins or the leg waits on elsewhere, ``LegGone``."""
        now_is, since, key = self._world().interaction(interaction), self._clock(), ""
        if now_is is not None and now_is.state != InteractionState.IN_FLOW:  # in the line already: it is back
            since = now_is.queued_at or since
        elif now_is is not None:
            answer = self._bus.submit(
                into_line(effect, interaction, language, found=now_is, store=self._store, clock=self._clock)
            )
            if reason := turned_away(answer):
                return waits.QueueLeft(reason)
            leg.forget_digits()
            key = leg.play_or_key(self._prompts.paths((*effect.greeting, *effect.hint)), effect.keys)
        while True:
            left = waits.KeysPressed(key) if key else self._wait(leg, interaction, effect, language, since)
            if isinstance(left, waits.KeysPressed):
                reason, key = f"key {left.digits}", ""
            elif left == waits.QueueLeft(waits.TIMEOUT):
                reason = waits.TIMEOUT
            else:
                return left
            if self._has_left(interaction, reason):
                return left

    def _wait(
        self, leg: CallerLeg, interaction: str, effect: effects.EnterQueue, language: str, since: float
    ) -> waits.Happening:
        asked = Waiting(
            interaction=interaction, wait=self._wait_for(interaction), effect=effect, language=language, since=since
        )
        while True:
            try:
                return asked.wait.wait(leg, effect, language, since)
            except WaitsOn as on:
                if self._room is None:
                    raise
                self._room.take(leg, on, asked)

    def again(self, interaction: str) -> Waiting | None:
        """The wait of a call that was in line when the daemon before died, as its flow has it."""
        now_is, session = self._world().interaction(interaction), self._flows.load(interaction)
        if now_is is None or session is None or session.is_over or "QueueLeft" not in session.waits_for:
            return None
        turn = self._flows.resume(session, waits.Resumed())
        effect = turn.effects[-1] if turn.effects else None
        if not isinstance(effect, effects.EnterQueue):
            return None
        self._flows.keep(interaction, turn)
        since = now_is.queued_at if now_is.queued_at is not None else self._clock()
        how = {"wait": self._wait_for(interaction), "language": turn.session.language}
        return Waiting(interaction=interaction, effect=effect, since=since, **how)

    def _has_left(self, interaction: str, reason: str) -> bool:
        """Out of the line, so that nobody is offered who no longer waits; too late where an agent has just accepted."""
        leaving = ask.LeaveQueue(at=self._clock(), interaction=interaction, reason=reason)
        return not isinstance(self._bus.submit(leaving), ask.Refused)
