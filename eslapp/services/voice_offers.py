"""Rings agents' phones for voice offers and joins the two legs: events of the router in, commands to it out.

Owns: the agent's leg from ringing to hang-up, and the join. The phone's answer is the acceptance.
Not here: who is offered what (``core.router``), the contact's leg before the join (``voice_calls``).

    OfferMade            -> originate the agent's leg, parked
    the phone answers    -> AcceptOffer -> OfferAccepted -> whisper, record, uuid_bridge
    bridged              -> ConnectInteraction
    busy, declined       -> DeclineOffer      rings out -> ExpireOffer      the switch fails -> RescindOffer
    a leg hangs up       -> EndTalk / CloseInteraction; the agent's leg never outlives its offer
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import gevent

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core import events as happened
from eslapp.core.callbacks import must_be_dialled
from eslapp.core.decisions.consulting import HANDED_OUT
from eslapp.core.model import Agent, Interaction, InteractionState, Medium, Offer, OfferState
from eslapp.esl import facts
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log, spawn
from eslapp.services import agent_leg, legs
from eslapp.services.agent_leg import AgentOutcome

log = get_log("voice_offers")

JOIN_WITHIN_S = 5.0
JOINED_WITHIN_S = 30.0  # from the answer, with the way back and the whisper; later it was missed
BACK_WITHIN_S, LOOK_S = 3.0, 0.02  # a contact's leg that is on its way back from the talk before
GRACE_S = 2.0  # the switch's own ring timer has whole seconds; the router's clock decides


class Recording(Protocol):
    """What is needed of the recorder."""

    def start(self, interaction: str, leg: str) -> None: ...
    def stop(self, interaction: str, leg: str) -> None: ...


class Whispering(Protocol):
    """What is needed of the whispers."""

    def say(self, one: Interaction) -> None: ...


class VoiceOffers:
    """One per daemon. ``world()`` is the dispatcher's present state, read only."""

    def __init__(
        self,
        *,
        bus: Bus,
        link: Any,
        world: Callable[[], Any],
        domain: str,
        recorder: Recording,
        whispers: Whispering,
        contact_of: Callable[[str], str],
        is_with_us: Callable[[str], bool],
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._link = link
        self._world = world
        self._domain = domain
        self._recorder = recorder
        self._whispers = whispers
        self._contact_of = contact_of  # contact's leg -> interaction
        self._is_with_us = is_with_us  # contact's leg: waiting here, not in a talk or on its way back from one
        self._clock = clock
        self._jobs: dict[str, str] = {}  # background jobs of the switch -> offers
        # interactions whose agent has answered and whose legs are being joined, since when
        self._joins: dict[str, float] = {}
        self._talks: dict[str, tuple[str, str]] = {}  # interactions in a talk -> contact's leg, offer

    def is_joining(self, interaction: str) -> bool:
        """Whether this daemon is about to join it: a contact's leg that comes by meanwhile must only keep still."""
        return self._clock() - self._joins.get(interaction, -JOINED_WITHIN_S) < JOINED_WITHIN_S

    def run(self) -> None:
        """Carry out the router's events until killed."""
        for event in self._bus.follow("voice-offers"):  # the reconciler repairs what is missed
            spawn(self._guarded, event)

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch; called in order."""
        if isinstance(fact, facts.JobDone):
            self._job_done(fact)
        elif isinstance(fact, facts.LegAnswered):
            self._answered(fact)
        elif isinstance(fact, facts.LegBridged):
            self._bridged(fact.leg, fact.other)
        elif isinstance(fact, facts.LegHungUp):
            self._hung_up(fact)

    # --- the router's events ------------------------------------------------------------------------------------

    def _guarded(self, event: Any) -> None:
        try:
            self._carry_out(event)
        except Exception:
            log.exception("offer-event-failed", type=type(event).__name__)

    def _carry_out(self, event: Any) -> None:
        if isinstance(event, happened.OfferMade) and event.offer.medium == Medium.VOICE:
            self._ring(event.offer)
        elif isinstance(event, happened.OfferAccepted):
            self._join(event.offer)
        elif isinstance(event, (happened.OfferDeclined, happened.OfferExpired, happened.OfferRescinded)):
            self.drop(event.offer)
        elif isinstance(event, happened.TalkHandedOver):
            leg, _ = self._talks.get(event.interaction, ("", ""))
            self._talks[event.interaction] = (leg, event.offer.id)
        elif isinstance(event, happened.TalkEnded):
            self._talk_ended(event)

    def _ring(self, offer: Offer) -> None:
        world = self._world()
        interaction = world.interaction(offer.interaction)
        agent = world.agent(offer.agent)
        now_is = world.offer(offer.id)
        if interaction is None or agent is None or now_is is None or now_is.state != OfferState.PENDING:
            return  # over before it could ring
        ring_s = max(1, min(600, round(offer.expires_at - self._clock() + GRACE_S)))
        log.info("agent-ringing", agent=agent.id, interaction=offer.interaction, offer=offer.id)
        try:
            job = agent_leg.ring(
                self._link,
                legs.offer_leg(offer.id),
                agent.extension,
                self._domain,
                caller_number=interaction.subject,
                caller_name=interaction.subject,
                timeout_s=ring_s,
                variables=own_variables(offer, agent),
            )
        except (SwitchError, CommandError) as error:
            self._rescind(offer.id, f"switch: {error}")
            return
        self._jobs[job] = offer.id

    def _not_reached(self, offer: Offer, outcome: AgentOutcome) -> None:
        if offer.state != OfferState.PENDING:
            return
        log.info("agent-not-reached", agent=offer.agent, offer=offer.id, outcome=outcome.value)
        now = self._clock()
        if outcome == AgentOutcome.DECLINED:
            self._bus.submit(ask.DeclineOffer(at=now, offer=offer.id, agent=offer.agent, reason="phone"))
        elif outcome == AgentOutcome.NO_ANSWER:
            self._bus.submit(ask.ExpireOffer(at=now, offer=offer.id))
        else:
            if outcome == AgentOutcome.UNREGISTERED and self._world().settings.rules.readiness == "off":
                self._bus.submit(ask.ExpireOffer(at=now, offer=offer.id))  # nobody looks at phones: put off, no loop
                return
            if outcome == AgentOutcome.UNREGISTERED:
                self._bus.submit(ask.SetPhone(at=now, agent=offer.agent, registered=False))
            self._rescind(offer.id, outcome.value)

    def _join(self, offer_id: str) -> None:
        world = self._world()
        offer = world.offer(offer_id)
        interaction = offer and world.interaction(offer.interaction)
        if offer is None or interaction is None or offer.medium != Medium.VOICE:
            return
        self._joins[interaction.id] = self._clock()  # an answer that the reconciler saw, too
        try:
            if not must_be_dialled(interaction):  # whose contact must be called first is joined by ``callbacks``
                self._bring_together(interaction, offer_id)
        finally:
            self._joins.pop(interaction.id, None)

    def _bring_together(self, interaction: Interaction, offer_id: str) -> None:
        self._wait_until_back(interaction, offer_id)
        self._whispers.say(interaction)
        if not self._is_joining(interaction.id, offer_id):
            return  # the contact, or the agent, was gone before it was said
        try:
            self._recorder.start(interaction.id, interaction.leg)
            back_to = (legs.RETURN_EXTENSION, legs.RETURN_CONTEXT)
            agent_leg.bridge(self._link, interaction.leg, legs.offer_leg(offer_id), back_to=back_to)
        except (SwitchError, CommandError) as error:
            log.warning("join-failed", interaction=interaction.id, offer=offer_id, reason=str(error))
            self._rescind(offer_id, "join-failed")
            self._recorder.stop(interaction.id, interaction.leg)  # who waits on is not recorded
            return
        gevent.sleep(JOIN_WITHIN_S)
        if self._is_joining(interaction.id, offer_id):
            self._rescind(offer_id, "join-timeout")
            self._recorder.stop(interaction.id, interaction.leg)

    def _wait_until_back(self, one: Interaction, offer_id: str) -> None:
        """A phone that answers at once may be faster than the transfer that fetches the contact out of the talk before:
        a leg joined meanwhile would be torn out of the new talk. One that does not come in time is joined as it is."""
        deadline = self._clock() + BACK_WITHIN_S
        while not self._is_with_us(one.leg) and self._clock() < deadline and self._is_joining(one.id, offer_id):
            gevent.sleep(LOOK_S)

    def _is_joining(self, interaction: str, offer_id: str) -> bool:
        now_is = self._world().interaction(interaction)
        return bool(now_is and now_is.state == InteractionState.CONNECTING and now_is.offer == offer_id)

    def _talk_ended(self, event: happened.TalkEnded) -> None:
        """Without a wrap-up the interaction is gone from the world by now: then what we noted at the join counts."""
        leg, offer = self._talks.pop(event.interaction, ("", ""))
        interaction = self._world().interaction(event.interaction)
        if interaction is not None and interaction.medium == Medium.VOICE:
            leg, offer = interaction.leg, interaction.offer
        if not leg:
            return
        try:
            self._recorder.stop(event.interaction, leg)
        finally:
            if event.cause != HANDED_OUT:  # the other leg first: see ``talks``
                self.drop(offer)

    def _rescind(self, offer_id: str, reason: str) -> None:
        self._bus.submit(ask.RescindOffer(at=self._clock(), offer=offer_id, reason=reason))

    def drop(self, offer_id: str) -> None:
        """Hang up the agent's leg of an offer; it may be gone already."""
        try:
            agent_leg.drop(self._link, legs.offer_leg(offer_id))
        except (SwitchError, CommandError) as error:
            log.info("agent-leg-not-dropped", offer=offer_id, reason=str(error))

    # --- the switch's facts -------------------------------------------------------------------------------------

    def _job_done(self, fact: facts.JobDone) -> None:
        """Only the job tells of a phone that could not even be rung."""
        offer = self._world().offer(self._jobs.pop(fact.job, ""))
        outcome = offer and agent_leg.outcome(fact, legs.offer_leg(offer.id), fact.job)
        if offer is not None and outcome is not None:
            self._not_reached(offer, outcome)

    def _answered(self, fact: facts.LegAnswered) -> None:
        name = legs.offer_of(fact.leg)
        offer = self._world().offer(name)
        if offer is None or offer.state != OfferState.PENDING:
            if fact.variables.get(legs.OFFER) == name and (offer is None or offer.state != OfferState.ACCEPTED):
                spawn(self.drop, name)  # answered in the moment the offer was over: nobody would speak
            return
        self._joins[offer.interaction] = self._clock()  # before anybody can see that it was accepted
        answer = self._bus.submit(ask.AcceptOffer(at=self._clock(), offer=offer.id, agent=offer.agent))
        if isinstance(answer, ask.Refused):
            self._joins.pop(offer.interaction, None)
            spawn(self.drop, offer.id)

    def _bridged(self, leg: str, other: str) -> None:
        world = self._world()
        for one in (leg, other):
            offer = world.offer(legs.offer_of(one))
            if offer is not None:
                interaction = world.interaction(offer.interaction)
                if interaction is not None:
                    self._talks[interaction.id] = (interaction.leg, offer.id)
                self._bus.submit(ask.ConnectInteraction(at=self._clock(), interaction=offer.interaction))

    def _hung_up(self, fact: facts.LegHungUp) -> None:
        world, leg, cause = self._world(), fact.leg, fact.cause
        offer = world.offer(legs.offer_of(leg))
        if offer is not None:
            self._agent_gone(offer, fact)
            return
        interaction = world.interaction(self._contact_of(leg))
        is_dialled = interaction is not None and must_be_dialled(interaction)  # not reached: not the end
        if interaction is not None and not (is_dialled and interaction.state != InteractionState.CONNECTED):
            self._contact_gone(interaction.id, interaction.state, cause)

    def _agent_gone(self, offer: Offer, fact: facts.LegHungUp) -> None:
        now, cause = self._clock(), fact.cause
        if offer.state == OfferState.PENDING:
            outcome = agent_leg.outcome(fact, fact.leg, "")
            self._not_reached(offer, outcome or AgentOutcome.FAILED)
            return
        interaction = self._world().interaction(offer.interaction)
        if interaction is None or interaction.offer != offer.id:
            return
        if interaction.state == InteractionState.CONNECTING:
            self._rescind(offer.id, cause.lower())
        elif interaction.state == InteractionState.CONNECTED:
            self._bus.submit(ask.EndTalk(at=now, interaction=interaction.id, by="agent", cause=cause))

    def _contact_gone(self, interaction: str, state: InteractionState, cause: str) -> None:
        now = self._clock()
        if state == InteractionState.CONNECTED:
            self._bus.submit(ask.EndTalk(at=now, interaction=interaction, by="contact", cause=cause))
        elif state in (InteractionState.QUEUED, InteractionState.OFFERED, InteractionState.CONNECTING):
            self._bus.submit(ask.CloseInteraction(at=now, interaction=interaction, cause=cause))


def own_variables(offer: Offer, agent: Agent) -> dict[str, str]:
    """The marks by which the leg is known again; the phone of who takes calls unasked is told to answer by itself."""
    marks = {legs.OFFER: offer.id, legs.INTERACTION: offer.interaction}
    return marks | {"sip_auto_answer": "true"} if Medium.VOICE in agent.auto_accept else marks
