"""Text conversations: the flow's answers, the queue, the agent's talk and the end.

Owns: one transaction per contact message: the message, the flow's step and its answers are committed together, so a
crash repeats nothing and loses nothing. Not here: where messages come from (``inbox_worker``), sending
(``webhooks.sender``), routing (``core.router``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import gevent

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.model import Interaction, InteractionState, Medium, Outcome
from eslapp.core.waiting import open_until
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.services.callers import writer_facts
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.flow_words import FlowWords
from eslapp.services.one_by_one import OneByOne
from eslapp.services.performers import ChatPerformers, OnChat
from eslapp.services.queue_entry import into_line, reply_by, turn_away, turned_away
from eslapp.services.stored_messages import stored
from eslapp.store import Store, Tx, contacts, conversations, events, interactions, media, messages
from eslapp.store.conversations import Conversation
from eslapp.store.media import Media
from eslapp.store.messages import Message
from eslapp.store.reaching import reach
from ivr import effects, waits
from ivr.engine import Turn
from ivr.session import Session

log = get_log("chats")

WITH_AGENT = (InteractionState.CONNECTED, InteractionState.CONNECTING)
IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)
MAY_RENEW = ("MessageStored", "MessageAdvanced", "InteractionQueued")  # what changes when a channel must be answered


class Chats:
    """One per daemon."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: Store,
        flows: FlowRuns,
        world: Callable[[], Any],
        clock: Clock,
        ids: IdSource,
        performers: ChatPerformers | None = None,
    ) -> None:
        self._performers = performers or {}  # of the effects that not every chat needs
        self._at_work: set[str] = set()  # interactions for which one of them works now
        self._bus = bus
        self._store = store
        self._flows = flows
        self._world = world
        self._clock = clock
        self._ids = ids
        self._words = FlowWords(clock, ids)
        self._timers: dict[str, gevent.Greenlet] = {}
        self._moving = OneByOne()  # a timer and a message must not both answer the same question

    def take(
        self, conversation: Conversation, interaction: Interaction, message: Message, files: Sequence[Media] = ()
    ) -> None:
        """A message of the contact: keep it once, and let the flow answer where the flow is what they talk to."""
        with self._moving.alone(interaction.id):
            self._take(conversation, interaction, message, files)

    def _take(
        self, conversation: Conversation, interaction: Interaction, message: Message, files: Sequence[Media]
    ) -> None:
        turn = self._answer(conversation, interaction, message)

        def work(tx: Tx) -> bool:
            _, is_new = messages.add(tx, message)
            if is_new:
                events.append(tx, stored(message))
                for file in files:
                    media.add(tx, replace(file, message=message.id))
                if turn is not None:
                    self._keep(tx, conversation, interaction.id, turn)
            return is_new

        if self._store.write(work) and turn is not None:
            self._after(interaction.id, turn)
        elif turn is None and interaction.state == InteractionState.IN_FLOW:
            self._ask_again(interaction.id)

    def _answer(self, conversation: Conversation, interaction: Interaction, message: Message) -> Turn | None:
        """What the flow says to it; None where it is not the flow that they talk to."""
        session = self._flows.load(interaction.id)
        if session is None:
            facts = self._store.read(lambda tx: writer_facts(tx, interaction, conversation))
            return self._flows.start(
                flow=interaction.flow, medium="text", language=interaction.language, variables=facts
            )
        if self._is_answer(message, session.waits_for) and interaction.state == InteractionState.IN_FLOW:
            return self._flows.resume(session, waits.TextArrived(message.text))
        if message.kind != "recalled" and "TextArrived" in session.waits_for and interaction.state in IN_LINE:
            return self._out_of_line(interaction.id, session, message)
        return None

    def _out_of_line(self, interaction: str, session: Session, message: Message) -> Turn | None:
        """A word that leads out of the queue, where it comes before an agent's acceptance; None: only a message."""
        turn = self._flows.resume(session, waits.TextArrived(message.text))
        if not turn.effects:
            return None
        leaving = ask.LeaveQueue(at=self._clock(), interaction=interaction, reason="word")
        return None if isinstance(self._bus.submit(leaving), ask.Refused) else turn

    @staticmethod
    def _is_answer(message: Message, waits_for: Collection[str]) -> bool:
        """Whether it answers the flow's question: a picture does (of no words), an event or what is gone does not."""
        return "TextArrived" in waits_for and message.kind not in ("event", "recalled")

    # --- the flow's side -----------------------------------------------------------------------------------------

    def _keep(self, tx: Tx, conversation: Conversation, interaction: str, turn: Turn) -> None:
        """Save the session and queue what the flow says, in the transaction of what caused it."""
        self._flows.save(tx, interaction, turn)
        for effect in turn.effects:
            if isinstance(effect, effects.Write):
                self._words.say(tx, conversation, interaction, effect.text, effect.options)
            elif isinstance(effect, effects.SetLanguage):
                contacts.update(tx, conversation.contact, language=effect.language)
            elif isinstance(effect, effects.SendMessage):
                self.send(tx, conversation.contact, interaction, effect)

    def send(self, tx: Tx, contact: str, interaction: str, effect: effects.SendMessage, *, once: str = "") -> str:
        """A message by another channel than the one in use; its id, "" where the contact cannot be reached there, or
        by a person only.

        ``once`` names it: the same asked for again is not sent again.
        """
        account, site = effect.channel, self._flows.engine.site
        kind = site.channels[account].type if account in site.channels else ""
        other = reach(tx, contact=contact, account=account, kind=kind, new_id=self._ids(), at=self._clock())
        if other is None:
            log.warning("message-not-sent", interaction=interaction, channel=effect.channel, reason="no-address")
            return ""
        return self._words.say(tx, other, interaction, effect.text, once=once)

    def _after(self, interaction: str, turn: Turn) -> None:
        """What a turn asks of others, after its commit; every one of these may safely be asked again."""
        self._forget_timer(interaction)
        for effect in turn.effects:
            if isinstance(effect, effects.AwaitText):
                wait_s = (
                    0.0 if self._words.is_unasked(self._store, interaction) else effect.timeout_s
                )  # they were not asked
                self._timers[interaction] = spawn(self._time_out, interaction, wait_s)
            elif isinstance(effect, effects.EnterQueue):
                self._enter_queue(interaction, effect, turn.session.language)
                self._limit_wait(interaction, effect)
            elif isinstance(effect, effects.TurnedAway):
                self._bus.submit(turn_away(effect, interaction, self._clock()))
            elif isinstance(effect, effects.EndFlow):
                self._end_or_show(interaction, effect, turn.session)
            elif type(effect) in self._performers:
                self._at_work.add(interaction)
                spawn(self._carry_out, OnChat(interaction, turn.session), effect)

    def _carry_out(self, chat: OnChat, effect: effects.Effect) -> None:
        """In a greenlet of its own: others write meanwhile, and what they write is kept."""
        try:
            happening = self._performers[type(effect)](chat, effect)
        except Exception as error:  # the boundary of one effect: the flow goes its ``fails`` way
            log.exception("effect-failed", interaction=chat.interaction, effect=effect.type)
            happening = waits.Failed(type(error).__name__)
        self._at_work.discard(chat.interaction)
        if happening is not None:
            self.step(chat.interaction, happening)

    def _enter_queue(self, interaction: str, effect: effects.EnterQueue, language: str) -> None:
        answer = self._bus.submit(
            into_line(
                effect,
                interaction,
                language,
                found=self._world().interaction(interaction),
                store=self._store,
                clock=self._clock,
            )
        )
        if reason := turned_away(answer):
            self.step(interaction, waits.QueueLeft(reason))

    def _limit_wait(self, interaction: str, effect: effects.EnterQueue) -> None:
        """Where the flow says how long it waits at most: come back to it then."""
        found = self._world().interaction(interaction)
        if effect.after_s is None or found is None or found.state not in IN_LINE or interaction in self._timers:
            return
        waited_s = self._clock() - (found.queued_at or self._clock())
        self._timers[interaction] = spawn(self._wait_is_over, interaction, max(0.0, effect.after_s - waited_s))

    def _wait_is_over(self, interaction: str, left_s: float) -> None:
        gevent.sleep(left_s)
        with self._moving.alone(interaction):
            self._forget_timer(interaction)
            leaving = ask.LeaveQueue(at=self._clock(), interaction=interaction, reason=waits.TIMEOUT)
            if not isinstance(self._bus.submit(leaving), ask.Refused):
                self.step(interaction, waits.QueueLeft(waits.TIMEOUT))

    def _end_or_show(self, interaction: str, effect: effects.EndFlow, session: Session) -> None:
        """The flow is over. What it could not answer, and no agent was to see, waits for an agent after all."""
        found = self._world().interaction(interaction)
        is_unseen = found is not None and found.state == InteractionState.IN_FLOW and found.connected_at is None
        if not is_unseen or session.is_for_people or not self._words.is_unasked(self._store, interaction):
            return self._end(interaction, effect)
        conversation = self._store.read(lambda tx: conversations.of_interaction(tx, interaction))
        if conversation is None:
            return self._end(interaction, effect)
        turn = self._flows.to_people(session)
        self._store.write(lambda tx: self._keep(tx, conversation, interaction, turn))
        return self._after(interaction, turn)

    def _end(self, interaction: str, effect: effects.EndFlow) -> None:
        outcome = Outcome(effect.outcome or Outcome.ABANDONED)
        self._bus.submit(
            ask.CloseInteraction(at=self._clock(), interaction=interaction, outcome=outcome, cause=effect.cause)
        )
        self._store.write(lambda tx: self._close_thread(tx, interaction))

    def _close_thread(self, tx: Tx, interaction: str) -> None:
        conversation = conversations.of_interaction(tx, interaction)
        if conversation is not None:
            conversations.close(tx, conversation.id, self._clock())

    def step(self, interaction: str, happening: waits.Happening) -> None:
        """Move the flow of a conversation on and carry out what it says."""
        with self._moving.alone(interaction):
            self._step(interaction, happening)

    def _step(self, interaction: str, happening: waits.Happening) -> None:
        session = self._flows.load(interaction)
        conversation = self._store.read(lambda tx: conversations.of_interaction(tx, interaction))
        if session is None or conversation is None or session.is_over:
            return
        turn = self._flows.resume(session, happening)
        self._store.write(lambda tx: self._keep(tx, conversation, interaction, turn))
        self._after(interaction, turn)

    def _time_out(self, interaction: str, timeout_s: float) -> None:
        gevent.sleep(timeout_s)
        with self._moving.alone(interaction):
            self._forget_timer(interaction)
            self.step(interaction, waits.TextMissing())

    def _forget_timer(self, interaction: str) -> None:
        timer = self._timers.pop(interaction, None)
        if timer is not None and timer is not gevent.getcurrent():
            timer.kill(block=False)

    # --- the agent's side ----------------------------------------------------------------------------------------

    def on_event(self, event: Any) -> None:
        """The router's events that concern conversations."""
        world = self._world()
        kind = type(event).__name__
        found = world.interaction(interaction_of(event))
        if found is None and kind == "TalkEnded":  # without a wrap-up it is closed by now
            found = self._store.read(lambda tx: interactions.get(tx, event.interaction))
        if found is None or found.medium != Medium.TEXT:
            return
        if kind in MAY_RENEW and found.state in IN_LINE:
            self._renew(found)
        if kind == "OfferAccepted":
            self._bus.submit(ask.ConnectInteraction(at=self._clock(), interaction=event.interaction))
        elif kind == "InteractionDequeued" and (found.overflow or event.reason == Outcome.CALLBACK):  # promised
            self.step(event.interaction, waits.QueueLeft(found.overflow or waits.LEFT))
        elif kind == "TalkEnded" and event.by != "contact":
            self.step(event.interaction, waits.QueueLeft(waits.CONNECTED_ENDED))

    def _renew(self, one: Interaction) -> None:
        """Who waits and writes again, or has been written to for the last time, has another time to be answered."""
        now, until = self._clock(), self._store.read(lambda tx: reply_by(tx, one))
        if open_until(until, now) != one.reply_by:
            self._bus.submit(ask.RenewReplyWindow(at=now, interaction=one.id, reply_by=until))

    def contact_left(self, interaction: str) -> None:
        """The contact ended the chat."""
        found = self._world().interaction(interaction)
        now = self._clock()
        if found is not None and found.state in WITH_AGENT:
            self._bus.submit(ask.EndTalk(at=now, interaction=interaction, by="contact", cause="chat-ended"))
        elif found is not None and found.state in IN_LINE:
            self._bus.submit(ask.CloseInteraction(at=now, interaction=interaction, cause="chat-ended"))
        self.step(interaction, waits.HungUp("chat-ended"))

    def recover(self) -> None:
        """After a start, or events that were lost: ask again for what each waiting session had asked for."""
        for found in list(self._world().interactions.values()):
            if found.medium == Medium.TEXT:
                with self._moving.alone(found.id):
                    self._ask_again(found.id)

    def _ask_again(self, interaction: str) -> None:
        """What the session waits for, where it was not asked for: we, or the store, failed in between."""
        found = self._world().interaction(interaction)
        session = self._flows.load(interaction)
        if found is None or session is None or interaction in self._timers.keys() | self._at_work:
            return
        is_queueing = "QueueLeft" in session.waits_for
        if found.state in (InteractionState.CONNECTING, InteractionState.WRAP_UP):
            self._with_agent_again(found, is_queueing)
        elif is_queueing and found.state in IN_LINE:
            for effect in self._flows.resume(session, waits.Resumed()).effects:
                if isinstance(effect, effects.EnterQueue):
                    self._limit_wait(interaction, effect)
        elif found.state != InteractionState.IN_FLOW:
            return
        elif is_queueing or "Answered" in session.waits_for:
            self._after(interaction, self._flows.resume(session, waits.Resumed()))
        elif session.is_over:
            self._end_or_show(interaction, effects.EndFlow(session.cause, session.outcome), session)
        elif "TextArrived" in session.waits_for:
            wait_s = 0.0 if self._words.is_unasked(self._store, interaction) else effects.AwaitText().timeout_s
            self._timers[interaction] = spawn(self._time_out, interaction, wait_s)

    def _with_agent_again(self, found: Interaction, is_queueing: bool) -> None:
        """The agent's answer, or the end of the talk, passed us by."""
        if found.state == InteractionState.CONNECTING:
            self._bus.submit(ask.ConnectInteraction(at=self._clock(), interaction=found.id))
        elif is_queueing:
            self.step(found.id, waits.QueueLeft(waits.CONNECTED_ENDED))


def interaction_of(event: Any) -> str:
    """The interaction an event names, ``""`` where it names none (or holds a whole record)."""
    name = getattr(event, "interaction", "")
    return name if isinstance(name, str) else ""
