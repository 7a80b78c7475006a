"""Text conversations: the flow's answers, the queue, the agent's talk and the end.

Owns: one transaction per contact message: the message, the flow's step and its answers are committed together, so a
crash repeats nothing and loses nothing. Not here: where messages come from (``inbox_worker``), sending
(``webhooks.sender``), routing (``core.router``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.events import MessageStored
from eslapp.core.model import Interaction, InteractionState, Medium, Outcome
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.services.flow_runs import FlowRuns
from eslapp.store import Store, Tx, contacts, conversations, events, messages, outbox
from eslapp.store.conversations import Conversation
from eslapp.store.messages import Message
from ivr import effects, waits
from ivr.engine import Turn

log = get_log("chats")

WITH_AGENT = (InteractionState.CONNECTED, InteractionState.CONNECTING)
IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)


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
    ) -> None:
        self._bus = bus
        self._store = store
        self._flows = flows
        self._world = world
        self._clock = clock
        self._ids = ids
        self._timers: dict[str, gevent.Greenlet] = {}

    def take(self, conversation: Conversation, interaction: Interaction, message: Message) -> None:
        """A message of the contact: keep it once, and let the flow answer where the flow is what they talk to."""
        session = self._flows.load(interaction.id)
        turn: Turn | None = None
        if session is None:
            contact = self._store.read(lambda tx: contacts.get(tx, conversation.contact))
            facts = {"contact.name": interaction.subject, "contact.address": conversation.address}
            if contact is not None:
                facts |= {"contact.language": contact.language, "contact.level": contact.level}
            turn = self._flows.start(
                flow=interaction.flow, medium="text", language=interaction.language, variables=facts
            )
        elif "TextArrived" in session.waits_for and interaction.state == InteractionState.IN_FLOW:
            turn = self._flows.resume(session, waits.TextArrived(message.text))

        def work(tx: Tx) -> bool:
            _, is_new = messages.add(tx, message)
            if is_new:
                events.append(tx, stored(message))
                if turn is not None:
                    self._keep(tx, conversation, interaction.id, turn)
            return is_new

        if self._store.write(work) and turn is not None:
            self._after(interaction.id, turn)

    # --- the flow's side -----------------------------------------------------------------------------------------

    def _keep(self, tx: Tx, conversation: Conversation, interaction: str, turn: Turn) -> None:
        """Save the session and queue what the flow says, in the transaction of what caused it."""
        self._flows.save(tx, interaction, turn)
        for effect in turn.effects:
            if isinstance(effect, effects.Write):
                self._say(tx, conversation, interaction, effect.text, effect.options)
            elif isinstance(effect, effects.SetLanguage):
                contacts.update(tx, conversation.contact, language=effect.language)
            elif isinstance(effect, effects.SendMessage):
                self.send(tx, conversation.contact, interaction, effect)

    def send(self, tx: Tx, contact: str, interaction: str, effect: effects.SendMessage) -> None:
        """A message by another channel than the one in use: to the contact's open conversation there."""
        other = conversations.open_of_contact(tx, account=effect.channel, contact=contact)
        if other is None:
            log.warning("message-not-sent", interaction=interaction, channel=effect.channel, reason="no-conversation")
            return
        self._say(tx, other, interaction, effect.text, ())

    def _say(
        self,
        tx: Tx,
        conversation: Conversation,
        interaction: str,
        text: str,
        options: tuple[tuple[str, str], ...],
    ) -> None:
        now = self._clock()
        message = Message(
            id=self._ids(),
            conversation=conversation.id,
            interaction=interaction,
            channel=conversation.channel,
            account=conversation.account,
            direction="out",
            author="flow",
            text=text,
            created_at=now,
            options=options,
            state="queued",
        )
        messages.add(tx, message)
        outbox.add(
            tx,
            message=message.id,
            channel=conversation.channel,
            account=conversation.account,
            address=conversation.address,
            at=now,
        )
        events.append(tx, stored(message))

    def _after(self, interaction: str, turn: Turn) -> None:
        """What a turn asks of others, after its commit; every one of these may safely be asked again."""
        self._forget_timer(interaction)
        for effect in turn.effects:
            if isinstance(effect, effects.AwaitText):
                self._timers[interaction] = spawn(self._time_out, interaction, effect.timeout_s)
            elif isinstance(effect, effects.EnterQueue):
                self._enter_queue(interaction, effect, turn.session.language)
            elif isinstance(effect, effects.EndFlow):
                self._end(interaction, effect)

    def _enter_queue(self, interaction: str, effect: effects.EnterQueue, language: str) -> None:
        if effect.limit is not None and self._world().lines.waiting(effect.queue) >= effect.limit:
            self.step(interaction, waits.QueueLeft(waits.FULL))
            return
        answer = self._bus.submit(
            ask.EnqueueInteraction(
                at=self._clock(),
                interaction=interaction,
                queue=effect.queue,
                priority=effect.priority,
                language=language,
            )
        )
        if isinstance(answer, ask.Refused):
            self.step(interaction, waits.QueueLeft(waits.NO_AGENTS))

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
        session = self._flows.load(interaction)
        conversation = self._store.read(lambda tx: conversations.of_interaction(tx, interaction))
        if session is None or conversation is None or session.is_over:
            return
        turn = self._flows.resume(session, happening)
        self._store.write(lambda tx: self._keep(tx, conversation, interaction, turn))
        self._after(interaction, turn)

    def _time_out(self, interaction: str, timeout_s: float) -> None:
        gevent.sleep(timeout_s)
        self._timers.pop(interaction, None)
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
        if found is None or found.medium != Medium.TEXT:
            return
        if kind == "OfferAccepted":
            self._bus.submit(ask.ConnectInteraction(at=self._clock(), interaction=event.interaction))
        elif kind == "TalkEnded" and event.by != "contact":
            self.step(event.interaction, waits.QueueLeft(waits.CONNECTED_ENDED))

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
        """After a start: ask again for what each waiting session had asked for."""
        for found in list(self._world().interactions.values()):
            if found.medium != Medium.TEXT or found.state != InteractionState.IN_FLOW:
                continue
            session = self._flows.load(found.id)
            if session is None:
                continue
            if session.is_over:
                self._end(found.id, effects.EndFlow(session.cause, session.outcome))
            elif "QueueLeft" in session.waits_for:
                turn = self._flows.resume(session, waits.Resumed())
                self._after(found.id, turn)
            elif "TextArrived" in session.waits_for:
                self._timers[found.id] = spawn(self._time_out, found.id, effects.AwaitText().timeout_s)


def stored(message: Message) -> MessageStored:
    """The event of a message that is being committed."""
    return MessageStored(
        at=message.created_at,
        interaction=message.interaction,
        message=message.id,
        direction=message.direction,
        author=message.author,
    )


def interaction_of(event: Any) -> str:
    """The interaction an event names, ``""`` where it names none (or holds a whole record)."""
    name = getattr(event, "interaction", "")
    return name if isinstance(name, str) else ""
