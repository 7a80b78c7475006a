"""The contact's leg: from the switch's connection to us, through the flow and the queue, until it leaves.

Owns: one greenlet per contact leg that is with us. A leg arrives new, comes back after a talk, or comes back after
a crash; the store says which. Not here: joining with an agent (``voice_offers``), what a flow means (``ivr``).

When anything fails here the connection is simply closed: the dialplan behind it plays music, comes back, and after
several failures announces the fault. A caller never hears silence because of an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.callbacks import DIALLED
from eslapp.core.model import Interaction, InteractionState, Medium, Outcome
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import LegGone, LegTaken, SwitchError
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.services import arriving, legs, returning, transfers
from eslapp.services.arrival import Arrival
from eslapp.services.arriving import Caller
from eslapp.services.caller_leg import CallerLeg
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.flowless import Flowless
from eslapp.services.in_line import InLine
from eslapp.services.performers import CallPerformers, OnCall
from eslapp.services.prompts import Prompts
from eslapp.services.queue_entry import turn_away
from eslapp.services.test_calls import test_call
from eslapp.services.waiting_room import WaitingRoom
from eslapp.store import Store, StoreError, Tx, contacts, interactions, places
from ivr import effects, waits
from ivr.call_effects import Transfer
from ivr.early_media import is_answered_by
from ivr.engine import Turn
from ivr.session import Session

log = get_log("voice_calls")


class VoiceCalls:
    """One per daemon; ``on_call`` is given each connection of the switch."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: Store,
        flows: FlowRuns,
        prompts: Prompts,
        world: Callable[[], Any],
        in_line: InLine,
        room: WaitingRoom | None = None,
        send_text: Callable[[Tx, str, str, effects.SendMessage], None],
        clock: Clock,
        ids: IdSource,
        performers: CallPerformers | None = None,
        flowless: Flowless | None = None,
        takes_tests: bool = False,
        pass_key: str = "",
        is_being_joined: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._takes_tests = takes_tests
        self._flowless = flowless
        self._is_being_joined = is_being_joined  # an agent has answered, the legs are about to be joined
        self._pass_key = pass_key  # of passes that come with a call
        self._performers = performers or {}  # of the effects that not every call needs
        self._bus = bus
        self._store = store
        self._flows = flows
        self._prompts = prompts
        self._world = world
        self._in_line = in_line
        self._room = room
        self._send_text = send_text
        self._clock = clock
        self._ids = ids
        self.failures = 0
        self._legs: dict[str, str] = {}  # the contacts' legs of open interactions
        self._with_us: dict[str, Any] = {}  # legs -> the connection that serves them now

    def on_call(self, call: Any) -> None:
        """Serve one leg while it is with us. Runs in its own greenlet; never raises."""
        leg = CallerLeg(call)
        if self._room is not None:
            self._room.back(leg)
        self._with_us[call.uuid] = call
        try:
            self._serve(leg, call)
        except LegTaken:
            log.info("leg-moved-on", leg=call.uuid)
        except LegGone as gone:
            self._gone(call.uuid, gone.cause)
        except (SwitchError, StoreError) as error:
            self.failures += 1
            log.error("call-given-back", leg=call.uuid, reason=str(error))
        except Exception:
            self.failures += 1
            log.exception("call-failed", leg=call.uuid)
        finally:
            if self._with_us.get(call.uuid) is call:
                del self._with_us[call.uuid]
            call.close()

    def is_with_us(self, leg: str) -> bool:
        """Whether the leg is served here now, or rests: not in a talk or on its way from or to somewhere."""
        if self._room is not None and leg in self._room:
            return self._room.is_at_rest(leg)
        return leg in self._with_us

    # --- arriving ------------------------------------------------------------------------------------------------

    def _serve(self, leg: CallerLeg, call: Any) -> None:
        interaction = self._known(call)
        if interaction is None:
            try:
                arrival, turn = self._arrive(leg, call)
            except arriving.TurnedAway as refusal:
                log.warning("call-turned-away", leg=call.uuid, reason=str(refusal))
                leg.hang_up("CALL_REJECTED")
                return
        else:
            if legs.INTERACTION not in call.variables:  # we died before we could
                self._mark(leg, interaction.id)
            arrival, back = Arrival(interaction.id), self._come_back(interaction, leg, call.variables)
            if back is None:
                if interaction.state == InteractionState.CLOSED:
                    leg.hang_up("NORMAL_CLEARING")
                elif self._flowless is not None and interaction.channel in DIALLED:
                    self._flowless.serve(interaction, leg, call.variables)
                return
            turn = back
        leg.may_rest = self._room is not None and arrival.test is None
        self._go_on(leg, arrival, turn)

    def _go_on(self, leg: CallerLeg, arrival: Arrival, turn: Turn) -> None:
        """Turn by turn to the end of the flow."""
        while True:
            try:
                happening = self._perform(leg, arrival, turn)
            finally:  # a leg that was taken comes back to what is kept
                arrival.must_be_kept()
            if happening is None:
                return
            turn = self._step(arrival, turn, happening)

    def hung_up_in_line(self, leg: CallerLeg, interaction: str, cause: str) -> None:
        """The contact hung up while the leg rested: the flow hears of it, as of one that waits with us."""
        session = self._flows.load(interaction)
        if session is None or session.is_over:
            return
        arrival, turn = Arrival(interaction), Turn(session, ())
        self._go_on(leg, arrival, self._step(arrival, turn, waits.HungUp(cause)))

    def _known(self, call: Any) -> Interaction | None:
        """Whose leg this is. Our mark on it is only a hint to look: the rows decide."""
        name = self._legs.get(call.uuid)
        found = self._world().interaction(name) if name else None
        is_marked = legs.INTERACTION in call.variables
        return self._store.read(lambda tx: interactions.by_leg(tx, call.uuid)) if found is None and is_marked else found

    def adopt(self) -> None:
        """After a start: know the legs of all open interactions again."""
        for one in self._world().interactions.values():
            if one.medium == Medium.VOICE and one.leg:
                self._legs[one.leg] = one.id

    def know(self, leg: str, interaction: str) -> None:
        """A leg we dialled belongs to this interaction."""
        self._legs[leg] = interaction

    def forget(self, interaction: str) -> None:
        """An interaction is closed."""
        for leg in [leg for leg, name in self._legs.items() if name == interaction]:
            del self._legs[leg]

    def _arrive(self, leg: CallerLeg, call: Any) -> tuple[Arrival, Turn]:
        """A new call. Its first words are begun at once; the rows are committed meanwhile and before anything else."""
        site = self._flows.engine.site
        caller, known, language = arriving.let_in(self._store, call, site, pass_key=self._pass_key, now=self._clock())
        interaction = self._ids()
        test = test_call(call.variables) if self._takes_tests else None
        if test is not None:
            known, language = test.variables(known), str(test.known.get("contact.language") or site.languages[0])
        turn = self._flows.start(flow=caller.flow, medium="voice", language=language, variables=known, test=test)
        self._legs[call.uuid] = interaction
        keeping = spawn(self._keep_arrival, leg, call.uuid, interaction, caller, language, turn)
        log.info("call-arrived", interaction=interaction, leg=call.uuid, number=caller.number, dialled=caller.dialled)
        return Arrival(interaction, keeping, test), turn

    def _keep_arrival(
        self, leg: CallerLeg, uuid: str, interaction: str, caller: Caller, language: str, turn: Turn
    ) -> None:
        now = self._clock()
        contact = self._store.write(lambda tx: arriving.contact_for(tx, caller, uuid, new_id=self._ids(), at=now))
        where = {"interaction": interaction, "contact": contact, "leg": uuid, "flow": caller.flow}
        place = self._store.read(lambda tx: places.left_for(tx, caller.parent, channel="voice", at=now))
        opening = arriving.opening(caller, place, at=now, language=language, **where)
        self._flows.keep(interaction, turn)  # first: an open interaction without it could never go on after a kill
        self._bus.submit(opening)
        self._mark(leg, interaction)

    def _mark(self, leg: CallerLeg, interaction: str) -> None:
        """By this the leg is known again when it comes back, also when its interaction is closed by then."""
        try:
            leg.set_variables({legs.INTERACTION: interaction})
        except SwitchError as error:
            log.info("leg-not-marked", interaction=interaction, reason=str(error))

    def _come_back(self, interaction: Interaction, leg: CallerLeg, variables: Mapping[str, str]) -> Turn | None:
        """A leg we know: the talk is over, or we (or the connection) were away for a while."""
        session = self._flows.load(interaction.id)
        if session is None or not returning.has_more(interaction, session):
            return None
        if session.is_over:  # we died before we could hang up
            return Turn(session, (effects.EndFlow(session.cause, session.outcome),))
        has_talked = returning.tell_router(
            self._bus,
            self._clock(),
            interaction,
            variables.get(returning.LAST_PARTNER, ""),
            is_being_joined=self._is_being_joined(interaction.id),
        )
        happening: waits.Happening = waits.Resumed()
        if has_talked and "QueueLeft" in session.waits_for:
            happening = waits.QueueLeft(waits.CONNECTED_ENDED)
        elif returning.was_sent_out(interaction) and "QueueLeft" in session.waits_for:
            happening = waits.QueueLeft(interaction.overflow)
        elif variables.get(legs.ONWARD, "0") != "0" and interaction.state == InteractionState.IN_FLOW:
            happening = self._onward(interaction, leg, session, variables[legs.ONWARD])
        elif session.verb == "transfer":
            happening = transfers.come_back(leg, session, variables)
        log.info("call-back", interaction=interaction.id, state=interaction.state.value)
        turn = self._flows.resume(session, happening)
        self._flows.keep(interaction.id, turn)
        return turn

    def _onward(self, interaction: Interaction, leg: CallerLeg, session: Session, number: str) -> waits.Happening:
        """The agent has handed the contact on to a number outside. Who is not reached has the old place again."""
        leg.set_variables({legs.ONWARD: "0"})
        effect = Transfer(kind="outside", target=number)
        told = self._performers[Transfer](OnCall(leg, interaction.id, session), effect)
        if told == waits.Performed(transfers.TALKED):
            return waits.QueueLeft(waits.CONNECTED_ENDED)
        self._bus.submit(ask.EnqueueInteraction(at=self._clock(), interaction=interaction.id, queue=interaction.queue))
        return waits.Resumed()

    def _step(self, arrival: Arrival, turn: Turn, happening: waits.Happening) -> Turn:
        """The next turn. A kill before its commit repeats the step before: words are heard twice, no more."""
        following = self._flows.resume(turn.session, happening, test=arrival.test)
        arrival.keep_meanwhile(lambda: self._flows.keep(arrival.interaction, following))
        return following

    # --- carrying out --------------------------------------------------------------------------------------------

    def _perform(self, leg: CallerLeg, arrival: Arrival, turn: Turn) -> waits.Happening | None:
        """Carry out a turn's effects; what the last one waited for, or ``None`` where the flow is over."""
        happening: waits.Happening | None = None
        for effect in turn.effects:
            try:
                if arrival.test is not None and effect is turn.effects[-1]:
                    if (scripted := arrival.test.next_wait(leg, turn)) is not None:
                        return scripted
                    effect = arrival.test.hurried(effect)
                if not isinstance(effect, (effects.Play, effects.Ask)):
                    arrival.must_be_kept()
                happening = self._one(OnCall(leg, arrival.interaction, turn.session), effect)
            except LegGone as gone:
                return waits.HungUp(gone.cause)
            except LegTaken:
                raise
            except (SwitchError, CommandError) as error:
                log.warning("effect-failed", interaction=arrival.interaction, effect=effect.type, reason=str(error))
                return waits.Failed(type(error).__name__)
        return happening

    def _one(self, call: OnCall, effect: effects.Effect) -> waits.Happening | None:
        leg, interaction, language = call.leg, call.interaction, call.language
        if is_answered_by(effect):
            leg.must_be_answered()
        if type(effect) in self._performers:
            return self._performers[type(effect)](call, effect)
        if isinstance(effect, effects.Play):
            leg.play(self._prompts.paths(effect.speech))
            return waits.PlayEnded()
        if isinstance(effect, effects.Ask):
            return self._ask(leg, effect)
        if isinstance(effect, effects.EnterQueue):
            return self._in_line.stand(leg, interaction, effect, language)
        if isinstance(effect, effects.TurnedAway):
            self._bus.submit(turn_away(effect, interaction, self._clock()))
        elif isinstance(effect, effects.SetLanguage):
            self._remember_language(interaction, effect.language)
        elif isinstance(effect, effects.SendMessage):
            self._send(interaction, effect)
        elif isinstance(effect, effects.EndFlow):
            self._end(leg, interaction, effect)
        return None

    def _ask(self, leg: CallerLeg, effect: effects.Ask) -> waits.Happening:
        digits = leg.ask(
            self._prompts.paths(effect.speech),
            min=effect.min,
            max=effect.max,
            ends=effect.ends,
            first_s=effect.first_s,
            next_s=effect.next_s,
            pattern=effect.pattern,
        )
        return waits.KeysPressed(digits) if digits else waits.KeysMissing()

    def _end(self, leg: CallerLeg, interaction: str, effect: effects.EndFlow) -> None:
        leg.hang_up(effect.cause)
        outcome = Outcome(effect.outcome or Outcome.ABANDONED)
        self._bus.submit(
            ask.CloseInteraction(at=self._clock(), interaction=interaction, outcome=outcome, cause=effect.cause)
        )

    def _gone(self, leg: str, cause: str) -> None:
        """The contact hung up where no effect was waiting: the flow hears of it, the state decides the rest."""
        interaction = self._legs.get(leg, "")
        session = self._flows.load(interaction)
        if session is not None and not session.is_over:
            self._flows.keep(interaction, self._flows.resume(session, waits.HungUp(cause)))
        self._bus.submit(ask.CloseInteraction(at=self._clock(), interaction=interaction, cause=cause))

    def interaction_of(self, leg: str) -> str:
        """The open interaction of a contact's leg, ``""`` where there is none."""
        return self._legs.get(leg, "")

    def _send(self, interaction: str, effect: effects.SendMessage) -> None:
        now_is = self._world().interaction(interaction)
        if now_is is not None:
            self._store.write(lambda tx: self._send_text(tx, now_is.contact, interaction, effect))

    def _remember_language(self, interaction: str, language: str) -> None:
        now_is = self._world().interaction(interaction)
        if now_is is not None:
            self._store.write(lambda tx: contacts.update(tx, now_is.contact, language=language))
