"""A contact whom we have called and whom an agent has handed on: no flow waits with them, so this does.

Owns: waiting in the queue they were handed to, or the number outside, until an agent has them or it is over.
Not here: callers, who have a flow (``voice_calls``), the join (``voice_offers``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.model import Interaction, InteractionState, Outcome
from eslapp.log import get_log
from eslapp.services import legs, transfers
from eslapp.services.caller_leg import CallerLeg
from eslapp.services.performers import CallPerformers, OnCall
from ivr.call_effects import Transfer
from ivr.effects import Announce, EnterQueue
from ivr.session import Session
from ivr.site import Site
from ivr.waits import Performed

log = get_log("flowless")

WAITING = (InteractionState.QUEUED, InteractionState.OFFERED, InteractionState.CONNECTING)


class Flowless:
    """One per daemon."""

    def __init__(
        self,
        *,
        bus: Bus,
        world: Callable[[], Any],
        site: Callable[[], Site],
        wait_for: Callable[[str], Any],
        performers: CallPerformers,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._world = world
        self._site = site
        self._wait_for = wait_for
        self._performers = performers
        self._clock = clock

    def serve(self, one: Interaction, leg: CallerLeg, variables: Mapping[str, str]) -> None:
        """Until the leg is taken (``LegTaken``), gone (``LegGone``), or nobody has them any more: then it ends."""
        onward = variables.get(legs.ONWARD, "0")
        if one.state is InteractionState.IN_FLOW and onward != "0":
            self._onward(one, leg, onward)
        self._wait(one, leg)
        outcome = Outcome.HANDLED if one.state is InteractionState.IN_FLOW else Outcome.OVERFLOWED
        leg.hang_up("NORMAL_CLEARING")
        self._bus.submit(ask.CloseInteraction(at=self._clock(), interaction=one.id, outcome=outcome))

    def _onward(self, one: Interaction, leg: CallerLeg, number: str) -> None:
        """To a number outside. Who is not reached waits where they would have waited."""
        leg.set_variables({legs.ONWARD: "0"})
        call = OnCall(leg, one.id, Session(flow="", medium="voice", language=one.language))
        told = self._performers[Transfer](call, Transfer(kind="outside", target=number))
        if told != Performed(transfers.TALKED):
            self._bus.submit(ask.EnqueueInteraction(at=self._clock(), interaction=one.id, queue=one.queue))

    def _wait(self, one: Interaction, leg: CallerLeg) -> None:
        now_is: Interaction | None = self._world().interaction(one.id)
        if now_is is None or now_is.state not in WAITING:
            return
        settings = self._site().queues.get(now_is.queue)
        music = settings.music if settings is not None else ""
        announce = Announce(settings.announce.position, settings.announce.wait) if settings else Announce()
        effect = EnterQueue(queue=now_is.queue, music=music, announce=announce)
        language = now_is.language or self._site().default_language
        log.info("handed-on-contact-waits", interaction=one.id, queue=now_is.queue)
        self._wait_for(one.id).wait(leg, effect, language, now_is.queued_at or self._clock())
