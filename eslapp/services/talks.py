"""Carries out on the switch what happens inside a talk: holds, consultations, three-way talks, hand-overs, transfers.

Owns: the order of commands for each. A leg whose partner is taken away is told to stay before, so nobody is dropped.
A contact is sent elsewhere once only: who is in the talk by way of the agent's leg (refused where that has just hung
up: the contact is on the way back to the flow already), who is held by the contact's own. A leg that is sent on while
the daemon serves it loses its connection, and the switch resets such a leg: it would hear nothing any more.
Not here: ringing guests and supervisors (``guests``), the ordinary join and its end (``voice_offers``).

    ContactHeld            -> the agent's leg stays, the contact goes to the music
    ContactResumed         -> joined again            GuestAnswered -> agent and guest are joined
    ThreeWayStarted        -> contact and agent joined again, the guest beside them
    TalkHandedOver         -> contact and guest joined, the old agent's leg ends
    InteractionTransferred -> the contact goes back to the daemon, which waits in the queue or calls the number outside
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eslapp.bus import Bus
from eslapp.core import events as happened
from eslapp.core.callbacks import DIALLED
from eslapp.core.decisions.consulting import HANDED_OUT
from eslapp.core.model import Interaction, InteractionState
from eslapp.esl import commands, facts
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log
from eslapp.services import legs
from eslapp.services.guests import Guests

log = get_log("talks")

COMMAND_S = 5.0
OVER = (InteractionState.WRAP_UP, InteractionState.CLOSED)


class Talks:
    """One per daemon. ``find(interaction)``: the row, also of one that is closed."""

    def __init__(
        self,
        *,
        bus: Bus,
        link: Any,
        guests: Guests,
        recorder: Any,
        find: Callable[[str], Interaction | None],
        handed_out: Callable[[str], None] = lambda leg: None,
    ) -> None:
        self._handed_out = handed_out  # a leg outside goes on without an agent
        self._bus = bus
        self._link = link
        self._guests = guests
        self._recorder = recorder
        self._find = find

    def run(self) -> None:
        """One after the other: the commands of a talk must not overtake each other."""
        for event in self._bus.follow("talks"):  # talk_repairs finds what is missed
            self._carry_out(event)

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch."""
        self._guests.on_fact(fact)

    def adopt(self) -> None:
        """After a start: know the guests of all open talks again."""
        self._guests.adopt()

    def _carry_out(self, event: Any) -> None:
        step = STEPS.get(type(event))
        if step is None:
            return
        try:
            one = self._find(event.interaction)
            if one is not None and one.medium == "voice":
                step(self, one, event)
        except (SwitchError, CommandError) as error:
            log.warning("talk-not-changed", type=type(event).__name__, reason=str(error))
        except Exception:
            log.exception("talk-failed", type=type(event).__name__)

    # --- one event each ------------------------------------------------------------------------------------------

    def _put_on_hold(self, one: Interaction, event: happened.ContactHeld) -> None:
        self.hold(one)

    def _resumed(self, one: Interaction, event: happened.ContactResumed) -> None:
        self.rejoin(one)

    def _consult(self, one: Interaction, event: happened.ConsultStarted) -> None:
        self.hold(one)
        self._guests.ring(one, event.guest)

    def _answered(self, one: Interaction, event: happened.GuestAnswered) -> None:
        self.consult(one, event.guest)

    def _guest_gone(self, one: Interaction, event: Any) -> None:
        self._guests.drop(event.guest)

    def _three_way(self, one: Interaction, event: happened.ThreeWayStarted) -> None:
        self.rejoin(one)
        self.beside(one, event.guest)

    def _supervise(self, one: Interaction, event: Any) -> None:
        self._guests.supervision(one, event)

    def _handed_over(self, one: Interaction, event: happened.TalkHandedOver) -> None:
        self._guests.forget(event.guest)
        self._join_with_guest(one, legs.offer_leg(event.guest), legs.offer_leg(event.former))
        self._guests.talk_over(one.id)

    def _join_with_guest(self, one: Interaction, guest: str, former: str) -> None:
        try:
            if not self._is_held(one):
                self.hold(one, former)
        except SwitchError as error:
            log.info("handed-over-from-nobody", interaction=one.id, reason=str(error))
        self._ask(self._after(one))
        self._ask(commands.uuid_bridge(one.leg, guest))
        self._ask(commands.uuid_setvar(one.leg, {legs.HELD: "false"}))
        self._ask(commands.end_after_bridge(guest))
        self._link.api(commands.uuid_kill(former), timeout=COMMAND_S)

    def _transferred(self, one: Interaction, event: happened.InteractionTransferred) -> None:
        former = legs.offer_leg(event.offer)
        self._recorder.stop(one.id, one.leg)
        try:
            if event.kind == "outside":
                self._ask(commands.uuid_setvar(one.leg, {legs.ONWARD: event.target}))
            if not self._leave_hold(one):
                self._take_from(former, legs.RETURN_EXTENSION)
        finally:
            self._link.api(commands.uuid_kill(former), timeout=COMMAND_S)
            self._guests.talk_over(one.id)

    def _ended(self, one: Interaction, event: happened.TalkEnded) -> None:
        """A contact who was held, as the switch knows, must not be left with the music."""
        if event.cause == HANDED_OUT:
            guest = self._guests.consulted(one.id)
            self._guests.forget(guest)
            self._ask(commands.uuid_setvar(legs.offer_leg(guest), {legs.GUEST: "over"}))  # nobody's orphan
            self._handed_out(legs.offer_leg(guest))
            self._join_with_guest(one, legs.offer_leg(guest), legs.offer_leg(one.offer))
        self._guests.talk_over(one.id)
        if event.by != "contact" and event.cause != HANDED_OUT:
            self._leave_hold(one)

    # --- legs ----------------------------------------------------------------------------------------------------

    def hold(self, one: Interaction, agent: str = "") -> None:
        """The contact hears the music, the agent's leg stays. Raises where the agent has just hung up."""
        self._take_from(agent or legs.offer_leg(one.offer), legs.HOLD_EXTENSION)
        self._ask(commands.uuid_setvar(one.leg, {legs.HELD: "true"}))

    def rejoin(self, one: Interaction) -> None:
        """Contact and agent hear each other."""
        agent = legs.offer_leg(one.offer)
        self._ask(self._after(one))
        self._ask(commands.uuid_bridge(one.leg, agent))
        self._ask(commands.uuid_setvar(one.leg, {legs.HELD: "false"}))
        self._ask(commands.end_after_bridge(agent))

    def consult(self, one: Interaction, guest: str) -> None:
        """Agent and guest hear each other. The guest stays when the agent leaves: the talk may just be theirs."""
        self._ask(commands.stay_after_bridge(legs.offer_leg(guest)))
        self._ask(commands.uuid_bridge(legs.offer_leg(one.offer), legs.offer_leg(guest)))

    def beside(self, one: Interaction, guest: str) -> None:
        """The guest hears and speaks to both."""
        self._ask(commands.uuid_three_way(legs.offer_leg(guest), legs.offer_leg(one.offer)))

    def release(self, one: Interaction) -> None:
        """Nobody talks with the held contact any more: back to the flow; one whom we have called hangs up."""
        if one.channel in DIALLED and one.state in OVER:
            self._link.api(commands.uuid_kill(one.leg), timeout=COMMAND_S)
            return
        self._ask(commands.uuid_setvar(one.leg, {legs.HELD: "false"}))
        self.fetch(one.leg)

    def fetch(self, leg: str) -> None:
        """Back to the daemon, wherever it is."""
        self._ask(commands.uuid_transfer(leg, legs.RETURN_EXTENSION, legs.RETURN_CONTEXT))

    def _take_from(self, agent: str, extension: str) -> None:
        """The contact who talks with this agent's leg goes there, the agent's leg stays."""
        self._ask(commands.stay_after_bridge(agent))
        self._ask(commands.uuid_transfer(agent, extension, legs.RETURN_CONTEXT, partner=True))

    def _is_held(self, one: Interaction) -> bool:
        return bool(self._link.api(commands.uuid_getvar(one.leg, legs.HELD), timeout=COMMAND_S).strip() == "true")

    def _leave_hold(self, one: Interaction) -> bool:
        """``release`` who is held; False where they are not."""
        is_held = self._is_held(one)
        if is_held:
            self.release(one)
        return is_held

    def _after(self, one: Interaction) -> str:
        """Where the contact goes when the talk is over: back to the flow; one whom we have called hangs up."""
        if one.channel in DIALLED:
            return commands.end_after_bridge(one.leg)
        return commands.return_after_bridge(one.leg, legs.RETURN_EXTENSION, legs.RETURN_CONTEXT)

    def _ask(self, line: str) -> None:
        if complaint := commands.refusal(self._link.api(line, timeout=COMMAND_S)):
            raise SwitchError(f"{line.split(None, 1)[0]}: {complaint}")


STEPS: dict[type[happened.Event], Callable[[Talks, Interaction, Any], None]] = {
    happened.ContactHeld: Talks._put_on_hold,
    happened.ContactResumed: Talks._resumed,
    happened.ConsultStarted: Talks._consult,
    happened.GuestAnswered: Talks._answered,
    happened.ConsultEnded: Talks._guest_gone,
    happened.ThreeWayStarted: Talks._three_way,
    happened.ThreeWayEnded: Talks._guest_gone,
    happened.SupervisionEnded: Talks._guest_gone,
    happened.SupervisionStarted: Talks._supervise,
    happened.SupervisorListened: Talks._supervise,
    happened.SupervisorWhispered: Talks._supervise,
    happened.SupervisorBarged: Talks._supervise,
    happened.TalkHandedOver: Talks._handed_over,
    happened.InteractionTransferred: Talks._transferred,
    happened.TalkEnded: Talks._ended,
}
