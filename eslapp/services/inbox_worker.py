"""Works the inbox off: each committed raw event becomes a contact's message and a step of the flow, once and in order.

Owns: from raw event to conversation, interaction and message; retries. Every step may be repeated after a crash: a
message is known by its sender's id, an interaction by its conversation.
Not here: verifying and parsing (``webhooks.channels``), what the flow answers (``chats``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from gevent.event import Event as Wake

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.model import Interaction, InteractionState, Medium
from eslapp.ids import IdSource
from eslapp.log import get_log
from eslapp.services.chats import Chats
from eslapp.services.flow_runs import FlowRuns
from eslapp.store import Store, StoreError, Tx, contacts, conversations, inbox, interactions
from eslapp.store.conversations import Conversation
from eslapp.store.inbox import RawEvent
from eslapp.store.messages import Message

log = get_log("inbox_worker")

LOOK_EVERY_S = 1.0
RETRY_S = 2.0


class Inbound(Protocol):
    """One thing a contact did (``webhooks.channels.base.InboundEvent``). ``kind``: "text", "ended" or another, kept."""

    kind: Any
    address: str
    text: str
    client_id: str
    provider_id: str
    at: float | None
    name: str
    language: str
    interaction: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a raw event came from: the site's channel and the flow that answers it."""

    type: str  # "webchat"
    account: str  # the site's name for it, "website"
    flow: str


class InboxWorker:
    """One per daemon. ``parse(source, raw)`` gives what the contact did; ``wake`` is called after an inbox commit."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: Store,
        flows: FlowRuns,
        chats: Chats,
        world: Callable[[], Any],
        source_of: Callable[[str], Source],
        parse: Callable[[Source, RawEvent], Iterable[Inbound]],
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._bus = bus
        self._store = store
        self._flows = flows
        self._chats = chats
        self._world = world
        self._source_of = source_of
        self._parse = parse
        self._clock = clock
        self._ids = ids
        self._woken = Wake()

    def wake(self) -> None:
        """There is a new raw event."""
        self._woken.set()

    def run(self) -> None:
        """Work the inbox off until killed."""
        while True:
            self._woken.clear()
            try:
                while self._work_once():
                    pass
            except StoreError as error:
                log.error("inbox-store", reason=str(error))
            self._woken.wait(LOOK_EVERY_S)

    def _work_once(self) -> bool:
        waiting = self._store.read(lambda tx: inbox.waiting(tx, now=self._clock()))
        for raw in waiting:
            try:
                self._take(raw)
            except StoreError:
                raise
            except Exception as error:
                log.exception("raw-event-failed", number=raw.number)
                self._put_off(raw, f"{type(error).__name__}: {error}")
        return bool(waiting)

    def _put_off(self, raw: RawEvent, error: str) -> None:
        now = self._clock()
        self._store.write(lambda tx: inbox.failed(tx, raw.number, error=error[:500], at=now, retry_at=now + RETRY_S))

    # --- one raw event -------------------------------------------------------------------------------------------

    def _take(self, raw: RawEvent) -> None:
        source = self._source_of(raw.channel_account)
        for index, inbound in enumerate(self._parse(source, raw)):
            self._one(source, inbound, fallback_id=f"raw:{raw.number}:{index}")
        self._store.write(lambda tx: inbox.done(tx, raw.number, self._clock()))

    def _one(self, source: Source, inbound: Inbound, *, fallback_id: str) -> None:
        conversation = self._store.write(lambda tx: self._thread(tx, source, inbound))
        if conversation is None:
            return
        if inbound.kind == "ended":
            if inbound.interaction in ("", conversation.interaction):
                self._chats.contact_left(conversation.interaction)
        elif inbound.kind == "text":
            interaction = self._matter(conversation, source, inbound)
            self._chats.take(
                conversation, interaction, self._incoming(conversation, interaction.id, inbound, fallback_id)
            )

    def _thread(self, tx: Tx, source: Source, inbound: Inbound) -> Conversation | None:
        """The open conversation of the address; an end needs one that exists."""
        thread = {"channel": source.type, "account": source.account, "address": inbound.address}
        known = conversations.open_of_address(tx, **thread)
        if known is not None or inbound.kind != "text":
            return known
        now = self._clock()
        contact, _ = contacts.find_or_create(
            tx,
            scope=f"{source.type}:{source.account}",
            external_id=inbound.address,
            new_id=self._ids(),
            at=now,
            name=inbound.name,
            language=inbound.language,
        )
        opened, _ = conversations.find_or_open(tx, **thread, contact=contact.id, new_id=self._ids(), at=now)
        return opened

    def _matter(self, conversation: Conversation, source: Source, inbound: Inbound) -> Interaction:
        """The interaction in work in this conversation; a new one where there is none (or it is over)."""
        found = self._world().interaction(conversation.interaction)
        if found is None:
            found = self._store.read(lambda tx: interactions.by_leg(tx, conversation.id))
        if found is not None and found.state != InteractionState.CLOSED:
            if conversation.interaction != found.id:
                self._store.write(lambda tx: conversations.attach(tx, conversation.id, found.id))
            return found
        site = self._flows.engine.site
        interaction = self._ids()
        self._bus.submit(
            ask.OpenInteraction(
                at=self._clock(),
                interaction=interaction,
                contact=conversation.contact,
                channel=source.type,
                medium=Medium.TEXT,
                leg=conversation.id,
                flow=source.flow,
                language=inbound.language or site.languages[0],
                subject=inbound.name or inbound.address[:12],
            )
        )
        self._store.write(lambda tx: conversations.attach(tx, conversation.id, interaction))
        return self._world().interactions[interaction]

    def _incoming(self, conversation: Conversation, interaction: str, inbound: Inbound, fallback_id: str) -> Message:
        return Message(
            id=self._ids(),
            conversation=conversation.id,
            interaction=interaction,
            channel=conversation.channel,
            account=conversation.account,
            direction="in",
            author="contact",
            text=inbound.text,
            created_at=self._clock(),
            provider_id=inbound.provider_id,
            client_id=inbound.client_id or ("" if inbound.provider_id else fallback_id),
            provider_at=inbound.at,
        )
