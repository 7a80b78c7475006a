"""Calls the contact of a callback when an agent has answered for it, and joins the two.

Owns: the contact's leg from dialling to the join, and what it means when nobody answers. Not here: when a callback is
due and whom it is offered to (``core``), the agent's leg and the end of the talk (``voice_offers``).

    OfferAccepted (channel "callback") -> DialContact -> originate   answered -> record, uuid_bridge (-> connected)
    busy, no answer, refused           -> MissContact                 (again later, the agent is free at once)
    OfferRescinded (agent hung up)     -> the contact's leg is dropped
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core import events as happened
from eslapp.core.callbacks import CHANNEL, must_be_dialled
from eslapp.core.ids import IdSource, leg_id
from eslapp.core.model import Interaction, InteractionState
from eslapp.core.trunk import Trunk
from eslapp.esl import commands, facts
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log, spawn
from eslapp.services import agent_leg, legs

log = get_log("callbacks")

REASONS = {
    agent_leg.AgentOutcome.DECLINED: "busy",
    agent_leg.AgentOutcome.NO_ANSWER: "no-answer",
    agent_leg.AgentOutcome.UNREGISTERED: "unknown-number",
    agent_leg.AgentOutcome.ENDED: "hung-up",
}


class Callbacks:
    """One per daemon. ``trunk()``: what may be called, ``live()``: how many calls go outside now;
    ``know(leg, interaction)``: whose leg that is."""

    def __init__(
        self,
        *,
        bus: Bus,
        link: Any,
        world: Callable[[], Any],
        trunk: Callable[[], Trunk],
        live: Callable[[], int],
        recorder: Any,
        whispers: Any,
        know: Callable[[str, str], None],
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._bus = bus
        self._link = link
        self._world = world
        self._trunk = trunk
        self._live = live
        self._recorder = recorder
        self._whispers = whispers
        self._know = know
        self._clock = clock
        self._ids = ids
        self._dials: dict[str, tuple[str, str]] = {}  # the contact's ringing leg -> interaction, job

    def run(self) -> None:
        """Carry out the router's events until killed."""
        for event in self._bus.follow("callbacks"):  # the reconciler repairs what is missed
            if isinstance(event, happened.OfferAccepted):
                spawn(self._guarded, self._dial, event.interaction)
            elif isinstance(event, happened.OfferRescinded):
                spawn(self._guarded, self._drop, event.interaction)

    def _guarded(self, work: Callable[[str], None], interaction: str) -> None:
        try:
            work(interaction)
        except Exception:
            log.exception("callback-failed", interaction=interaction)
            self._missed(interaction, "failed")

    # --- dialling ------------------------------------------------------------------------------------------------

    def _dial(self, interaction: str) -> None:
        callback = self._joining(interaction)
        if callback is None:
            return
        if callback.channel == CHANNEL:  # who makes a call of their own knows whom
            self._whispers.say(callback)
            callback = self._joining(interaction)
        if callback is None:
            return
        trunk = self._trunk()
        refusal = trunk.refusal(callback.address, live=self._live())
        if refusal:
            log.error("callback-refused", interaction=interaction, number=callback.address, reason=refusal)
            self._missed(interaction, refusal)
            return
        leg = leg_id(self._ids())
        answer = self._bus.submit(ask.DialContact(at=self._clock(), interaction=interaction, leg=leg))
        if isinstance(answer, ask.Refused):
            return
        self._know(leg, interaction)
        self._dials[leg] = (interaction, "")
        log.info("contact-ringing", interaction=interaction, leg=leg, tries=callback.tries + 1)
        line = commands.originate_outside(
            leg,
            callback.address,
            trunk.way,
            timeout_s=round(trunk.ring_s),
            caller_number=trunk.caller_number,
            variables={legs.CONTACT: leg, legs.INTERACTION: interaction},
        )
        try:
            self._dials[leg] = (interaction, self._link.start_job(line))
        except (SwitchError, CommandError) as error:
            log.warning("callback-not-dialled", interaction=interaction, reason=str(error))
            self._over(leg, "failed")

    def is_calling(self, interaction: str) -> bool:
        """Whether this daemon rings the contact, or is about to join who has answered."""
        return any(name == interaction for name, _ in self._dials.values())

    def _drop(self, interaction: str) -> None:
        """The agent's side is gone: the contact must not be left with nobody."""
        for leg in [leg for leg, (name, _) in self._dials.items() if name == interaction]:
            self._dials.pop(leg, None)
            try:
                agent_leg.drop(self._link, leg)
            except SwitchError as error:
                log.info("contact-leg-not-dropped", leg=leg, reason=str(error))

    # --- the switch's facts --------------------------------------------------------------------------------------

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch."""
        for leg in self._concerned(fact):
            _, job = self._dials[leg]
            outcome = agent_leg.outcome(fact, leg, job)
            if outcome is agent_leg.AgentOutcome.ANSWERED:
                spawn(self._answered, leg)
            elif outcome is not None:
                spawn(self._over, leg, REASONS.get(outcome, "failed"))

    def _concerned(self, fact: facts.Fact) -> list[str]:
        if isinstance(fact, facts.LegFact):
            return [fact.leg] if fact.leg in self._dials else []
        if isinstance(fact, facts.JobDone):
            return [leg for leg, (_, job) in self._dials.items() if job == fact.job]
        return []

    def _answered(self, leg: str) -> None:
        interaction, _ = self._dials.get(leg, ("", ""))
        callback = self._joining(interaction)
        if callback is None or callback.leg != leg:
            agent_leg.drop(self._link, leg)
            return
        try:
            self._recorder.start(interaction, leg)
            agent_leg.join(self._link, leg, legs.offer_leg(callback.offer))
            self._dials.pop(leg, None)
        except (SwitchError, CommandError) as error:
            log.warning("join-failed", interaction=interaction, leg=leg, reason=str(error))
            self._recorder.stop(interaction, leg)
            self._over(leg, "failed")

    def _over(self, leg: str, reason: str) -> None:
        interaction, _ = self._dials.pop(leg, ("", ""))
        if interaction:
            self._missed(interaction, reason)

    def _missed(self, interaction: str, reason: str) -> None:
        log.info("contact-not-reached", interaction=interaction, reason=reason)
        self._bus.submit(ask.MissContact(at=self._clock(), interaction=interaction, reason=reason))

    def _joining(self, interaction: str) -> Interaction | None:
        found: Interaction | None = self._world().interaction(interaction)
        is_mine = found is not None and must_be_dialled(found) and found.state is InteractionState.CONNECTING
        return found if is_mine else None
