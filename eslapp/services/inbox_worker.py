"""Works the inbox off: each committed raw event becomes a contact's message and a step of the flow, once and in order.

Owns: from raw event to conversation, interaction and message; retries. Every step may be repeated after a crash: a
message is known by its sender's id, an interaction by its conversation.
Not here: verifying and parsing (``webhooks.channels``), what the flow answers (``chats``), events that only change
what we have already: receipts, recalls, copies of answers given elsewhere (``inbound_changes``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import gevent
from gevent.event import Event as Wake
from gevent.pool import Pool

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.model import Interaction, InteractionState, Medium
from eslapp.core.phone_numbers import country_of
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.services.chats import Chats
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.inbound_changes import CHANGES, edited, emptied, is_recalled
from eslapp.services.inbound_files import attachments_of, files_of
from eslapp.services.inbound_people import learn
from eslapp.services.missed_calls import MissedCalls
from eslapp.store import (
    StaleEpoch,
    Store,
    StoreError,
    StoreUnavailable,
    Tx,
    contacts,
    conversations,
    inbox,
    interactions,
    passes,
    people,
    places,
    reply_windows,
)
from eslapp.store.conversations import Conversation
from eslapp.store.inbox import RawEvent
from eslapp.store.media import Media
from eslapp.store.messages import Message

log = get_log("inbox_worker")

OPENING = frozenset({"follow", "enter", "start", "scan", "menu", "menu_scan"})  # acts that open a conversation
AT_ONCE = 8  # addresses of one account
LEAVING = "unfollow"  # the act that ends it all: unfollowed, blocked, STOP
LOOK_EVERY_S = 1.0
RETRY_S = 2.0


class Inbound(Protocol):
    """One thing that came in: the fields of ``webhooks.channels.base.InboundEvent``, where they are explained."""

    kind: Any
    address: str
    text: str
    attachments: Sequence[Any]
    event: str
    client_id: str
    provider_id: str
    reply_to: str
    at: float | None
    turn: float
    name: str
    language: str
    interaction: str
    receipt: str
    error: str
    until: float | None
    member_id: str
    unions: Sequence[tuple[str, str]]
    claims: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a raw event came from: the site's channel, the flow that answers it, what an act allows us to answer."""

    type: str  # "webchat"
    account: str  # the site's name for it, "website"
    flow: str
    grants: Mapping[str, Any] = field(default_factory=dict)  # by act: ``within_s``, ``messages``


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
        nudge: Callable[[str, str, str], None] = lambda account, said, whose: None,
        media_added: Callable[[], None] = lambda: None,
    ) -> None:
        self._nudge = nudge
        self._media_added = media_added
        self._bus = bus
        self._store = store
        self._flows = flows
        self._chats = chats
        self._world = world
        self._source_of = source_of
        self._parse = parse
        self._clock = clock
        self._ids = ids
        self._missed = MissedCalls(bus=bus, store=store, ids=ids)
        self._woken = Wake()
        self._lines: dict[str, gevent.Greenlet] = {}  # accounts at work now

    def wake(self) -> None:
        """There is a new raw event."""
        self._woken.set()

    def run(self) -> None:
        """Work the inbox off until killed: each account in a line of its own, so that none waits behind another."""
        try:
            while True:
                self._woken.clear()
                self._begin_lines()
                self._woken.wait(LOOK_EVERY_S)
        finally:
            gevent.killall(list(self._lines.values()), block=False)

    def _begin_lines(self) -> None:
        try:
            accounts = self._store.read(lambda tx: inbox.accounts_waiting(tx, now=self._clock()))
        except StoreError as error:
            log.error("inbox-store", reason=str(error))
            return
        for account in accounts:
            if account not in self._lines:
                self._lines[account] = spawn(self._line, account)

    def _line(self, account: str) -> None:
        """All that waits of one account; then look once more, for what came while the last look was made."""
        try:
            while self._work_once(account):
                pass
            self._woken.set()
        except StoreError as error:
            log.error("inbox-store", account=account, reason=str(error))
        finally:
            del self._lines[account]

    def _work_once(self, account: str) -> bool:
        """The oldest event of each address, several at once: so their commits are shared."""
        waiting = self._store.read(lambda tx: inbox.waiting(tx, account, now=self._clock()))
        lines: dict[str, list[RawEvent]] = {}
        for raw in waiting:
            lines.setdefault(raw.address, []).append(raw)
        pool = Pool(AT_ONCE)
        try:
            troubles = [trouble for trouble in pool.map(self._in_order, lines.values()) if trouble is not None]
        finally:
            pool.kill(block=False)
        if troubles:
            raise troubles[0]
        return bool(waiting)

    def _in_order(self, line: Sequence[RawEvent]) -> StoreError | None:
        """Events without an address come together. What the store cannot do now is no row's fault: all of them wait."""
        try:
            for raw in line:
                self._try(raw)
        except (StoreUnavailable, StaleEpoch) as trouble:
            return trouble
        return None

    def _try(self, raw: RawEvent) -> None:
        try:
            self._take(raw)
        except (StoreUnavailable, StaleEpoch):
            raise
        except Exception as error:
            log.exception("raw-event-failed", number=raw.number)
            self._put_off(raw, f"{type(error).__name__}: {error}")

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
        if inbound.kind == "pull":
            self._nudge(source.account, inbound.text, inbound.event)
            return
        if inbound.kind == "missed":
            self._missed.keep(self._flows.engine.site, source, inbound, self._clock())
            return
        if inbound.kind in CHANGES:
            self._store.write(lambda tx: CHANGES[inbound.kind](tx, source, inbound, self._ids, self._clock()))
            return
        conversation = self._store.write(lambda tx: self._thread(tx, source, inbound))
        if conversation is None:
            return
        if inbound.kind == "ended":
            if inbound.interaction in ("", conversation.interaction):
                self._chats.contact_left(conversation.interaction)
            return
        if inbound.kind == "edited" and self._edited(conversation, source, inbound):
            return
        interaction = self._matter(conversation, source, inbound)
        files = files_of(inbound, source, self._ids, self._clock())
        message = self._incoming(conversation, interaction.id, inbound, fallback_id, files)
        if self._store.read(lambda tx: is_recalled(tx, message)):
            message, files = emptied(message), []
        self._chats.take(conversation, interaction, message, files)
        if files:
            self._media_added()

    def _edited(self, conversation: Conversation, source: Source, inbound: Inbound) -> bool:
        """Other words for what was said; False where it has not come yet: then these are its words."""
        return self._store.write(lambda tx: edited(tx, source, inbound, self._clock()))

    def _thread(self, tx: Tx, source: Source, inbound: Inbound) -> Conversation | None:
        """The open conversation of the address; what is not said by somebody opens none."""
        thread = {"channel": source.type, "account": source.account, "address": inbound.address}
        self._grant(tx, source, inbound)
        known = conversations.open_of_address(tx, **thread)
        if known is not None:
            self._learn(tx, source, known.contact, inbound)
        is_opening = inbound.kind in ("text", "edited") or (inbound.kind == "event" and inbound.event in OPENING)
        is_opening = is_opening or (inbound.kind == "unknown" and bool(inbound.provider_id))
        if known is not None or not is_opening or not inbound.address:
            return known if inbound.address else None
        now, scope = self._clock(), f"{source.type}:{source.account}"
        contact, _ = contacts.find_or_create(
            tx,
            **{"scope": scope, "external_id": inbound.address, "new_id": self._ids(), "at": now},
            name=inbound.name,
            language=inbound.language,
        )
        opened, _ = conversations.find_or_open(tx, **thread, contact=contact.id, new_id=self._ids(), at=now)
        self._learn(tx, source, contact.id, inbound)
        return opened

    def _learn(self, tx: Tx, source: Source, contact: str, inbound: Inbound) -> None:
        site = self._flows.engine.site
        learn(tx, source, contact, inbound, country=country_of(site.country, site.timezone), at=self._clock())

    def _grant(self, tx: Tx, source: Source, inbound: Inbound) -> None:
        """What this act allows us to answer."""
        if not inbound.address:
            return
        where = {"channel": source.type, "account": source.account, "address": inbound.address}
        if inbound.kind == "event" and inbound.event == LEAVING:
            reply_windows.block(tx, **where, at=self._clock())
        elif inbound.kind == "text" or inbound.event in OPENING:
            reply_windows.unblock(tx, **where)
        is_said = inbound.kind == "text" or (inbound.kind == "unknown" and bool(inbound.provider_id))
        found = source.grants.get("message" if is_said else inbound.event)
        if found is None:
            return
        reply_windows.grant(
            tx,
            **where,
            granted_by=inbound.event or "message",
            at=min(inbound.at or self._clock(), self._clock()),
            within_s=found.within_s,
            messages=found.messages,
        )

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
        known = self._store.read(lambda tx: people.person(tx, conversation.contact))
        came_by = self._store.read(lambda tx: passes.used_by(tx, conversation.address))
        parent = came_by.parent if came_by is not None else ""
        place = self._store.read(lambda tx: places.left_for(tx, parent, channel=source.type, at=self._clock()))
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
                subject=inbound.name or (known.name if known is not None else "") or inbound.address[:12],
                parent=parent,
                stood_in=place.queue,
                stood_since=place.since,
            )
        )
        self._store.write(lambda tx: conversations.attach(tx, conversation.id, interaction))
        return self._world().interactions[interaction]

    def _incoming(
        self, conversation: Conversation, interaction: str, inbound: Inbound, fallback_id: str, files: Sequence[Media]
    ) -> Message:
        kind = str(inbound.kind.value if hasattr(inbound.kind, "value") else inbound.kind)
        return Message(
            id=self._ids(),
            conversation=conversation.id,
            interaction=interaction,
            channel=conversation.channel,
            account=conversation.account,
            direction="in",
            author="contact",
            text=inbound.text or (inbound.event if kind == "event" else ""),
            kind="text" if kind == "edited" else kind,
            attachments=attachments_of(inbound, files),
            reply_to=inbound.reply_to,
            created_at=self._clock(),
            provider_id=inbound.provider_id,
            client_id=inbound.client_id or ("" if inbound.provider_id else fallback_id),
            provider_at=None if inbound.at is None else inbound.at + inbound.turn,
        )
