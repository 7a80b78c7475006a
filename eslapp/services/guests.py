"""Guests of a talk: rings the phone of a colleague, a number outside or a supervisor, and lets supervisors listen.

Owns: a guest's leg from ringing to hang-up. Its uuid is the guest's id written as a leg, so who takes the talk over
has the leg of their offer already. Not here: joining a guest with the others (``talks``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core import events as happened
from eslapp.core.model import Guest, Interaction
from eslapp.core.trunk import Trunk
from eslapp.esl import commands, facts
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log, spawn
from eslapp.services import agent_leg, legs

log = get_log("guests")

RING_S = 25
MODES = {
    happened.SupervisorListened: "listen",
    happened.SupervisorWhispered: "whisper",
    happened.SupervisorBarged: "barge",
}


@dataclass(slots=True)
class Ringing:
    """What is remembered of a guest."""

    interaction: str
    kind: str
    job: str = ""


class Guests:
    """One per daemon. ``trunk()``: the allow-list of now, ``live()``: how many calls go outside."""

    def __init__(
        self,
        *,
        bus: Bus,
        link: Any,
        world: Callable[[], Any],
        trunk: Callable[[], Trunk],
        live: Callable[[], int],
        domain: str,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._link = link
        self._world = world
        self._trunk = trunk
        self._live = live
        self._domain = domain
        self._clock = clock
        self._known: dict[str, Ringing] = {}

    def ring(self, one: Interaction, guest: Guest) -> None:
        """Call them; what comes of it becomes AnswerGuest or DismissGuest."""
        self._known[guest.id] = ringing = Ringing(one.id, guest.kind)
        try:
            ringing.job = self._link.start_job(self._call(one, guest))
        except (SwitchError, CommandError) as error:
            log.warning("guest-not-called", interaction=one.id, guest=guest.who, reason=str(error))
            self._dismissed(guest.id, "failed")

    def _call(self, one: Interaction, guest: Guest) -> str:
        marks = {legs.GUEST: guest.id, legs.INTERACTION: one.id}
        leg = legs.offer_leg(guest.id)
        if guest.kind != "outside":
            agent = self._world().agent(guest.who)
            return commands.originate_user(
                leg,
                agent.extension,
                self._domain,
                timeout_s=RING_S,
                caller_number=one.subject,
                caller_name=one.subject,
                variables=marks,
            )
        trunk = self._trunk()
        if refusal := trunk.refusal(guest.who, live=self._live() - 1):
            raise CommandError(f"{guest.who}: {refusal}; see 'trunk' in site.yaml")
        return commands.originate_outside(
            leg, guest.who, trunk.way, timeout_s=RING_S, caller_number=trunk.caller_number, variables=marks
        )

    # --- supervisors ---------------------------------------------------------------------------------------------

    def supervision(self, one: Interaction, event: Any) -> None:
        """Ring a supervisor, or change what they do."""
        if isinstance(event, happened.SupervisionStarted):
            self.ring(one, event.guest)
            return
        self.listen(one, event.guest, MODES[type(event)])

    def listen(self, one: Interaction, guest: str, mode: str) -> None:
        """A supervisor's leg hears the talk, and speaks to whom the mode says."""
        line = commands.uuid_eavesdrop(legs.offer_leg(guest), legs.offer_leg(one.offer), mode)
        if complaint := commands.refusal(self._link.api(line, timeout=5)):
            raise SwitchError(complaint)

    # --- the switch's facts --------------------------------------------------------------------------------------

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch."""
        if isinstance(fact, facts.JobDone):
            for guest in [name for name, known in self._known.items() if known.job == fact.job]:
                self._outcome(guest, fact)
        elif isinstance(fact, (facts.LegAnswered, facts.LegHungUp)):
            guest = legs.offer_of(fact.leg)
            if guest in self._known:
                self._outcome(guest, fact)

    def _outcome(self, guest: str, fact: facts.Fact) -> None:
        known = self._known[guest]
        outcome = agent_leg.outcome(fact, legs.offer_leg(guest), known.job)
        if outcome is agent_leg.AgentOutcome.ANSWERED:
            answered = ask.AnswerGuest(at=self._clock(), interaction=known.interaction, guest=guest)
            if isinstance(self._bus.submit(answered), ask.Refused):
                spawn(self.drop, guest)
        elif outcome is not None:
            self._dismissed(guest, outcome.value.replace("_", "-"))

    def _dismissed(self, guest: str, reason: str) -> None:
        known = self._known.pop(guest, None)
        if known is not None:
            gone = ask.DismissGuest(at=self._clock(), interaction=known.interaction, guest=guest, reason=reason)
            self._bus.submit(gone)

    # --- the end -------------------------------------------------------------------------------------------------

    def drop(self, guest: str) -> None:
        """Their leg ends; it may be gone already."""
        self._known.pop(guest, None)
        try:
            agent_leg.drop(self._link, legs.offer_leg(guest), "NORMAL_CLEARING")
        except (SwitchError, CommandError) as error:
            log.info("guest-leg-not-dropped", guest=guest, reason=str(error))

    def forget(self, guest: str) -> None:
        """They are no guest any more: the talk is theirs."""
        self._known.pop(guest, None)

    def consulted(self, interaction: str) -> str:
        """Who was consulted in this talk, "" where nobody was."""
        names = (name for name, known in self._known.items() if known.interaction == interaction)
        return next((name for name in names if self._known[name].kind != "supervisor"), "")

    def talk_over(self, interaction: str) -> None:
        """All of them leave."""
        for guest in [name for name, known in self._known.items() if known.interaction == interaction]:
            self.drop(guest)

    def adopt(self) -> None:
        """After a start: know the guests of all open talks again."""
        for one in self._world().interactions.values():
            for guest in one.guests:
                self._known[guest.id] = Ringing(one.id, guest.kind)
