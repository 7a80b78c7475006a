"""A visitor's live stream: the whole history first, then what comes.

Owns: which events move a visitor's page. Not here: the wire form (``webhooks.push``), the shapes (``thread``).

``message`` events carry their number (resumable); ``status`` is sent when it changes and after every reconnect.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eslapp.core.events import InteractionOpened, MessageAdvanced, MessageStored
from eslapp.core.plain import interaction_of
from eslapp.store import Tx, messages
from eslapp.store.messages import Message

from .. import push
from ..feed import Typing
from ..web import Web
from . import thread
from .visitors import Visitor, open_conversation


def frames(parts: Web, visitor: Visitor, asked: int | None, line: Any) -> Iterator[bytes]:
    """The stream from message number ``asked`` (None: from the beginning)."""
    with parts.feed.subscribe() as inbox, push.ending_with_reader(inbox, line):
        view = VisitorView(parts, visitor, asked or 0)
        yield push.BEAT
        yield from view.begin(parts.feed.position)
        for item in push.live(inbox, 0, lambda: parts.deps.settings.heartbeat_s):
            if item is None:
                yield push.BEAT
            else:
                yield from view.take(*item)


class VisitorView:
    """What this page has been shown so far. ``sequence``: the last message it has."""

    def __init__(self, parts: Web, visitor: Visitor, sequence: int) -> None:
        self._parts = parts
        self._visitor = visitor
        self._sequence = sequence
        self._conversation = ""
        self._interactions: set[str] = set()
        self._status: dict[str, Any] = {}

    def begin(self, position: int) -> Iterator[bytes]:
        """What is stored and not shown yet, and the present state."""
        found = self._parts.deps.store.read(lambda tx: open_conversation(tx, self._visitor))
        if found is not None:
            self._conversation = found.id
        yield from self._new_messages()
        yield from self._changed_status(position)

    def take(self, position: int, event: Any) -> Iterator[bytes]:
        """One event of the log: mostly somebody else's."""
        if isinstance(event, InteractionOpened) and self._is_mine(event):
            self._conversation = event.interaction.leg
            self._interactions.add(event.interaction.id)
            yield from self._new_messages()
        if isinstance(event, Typing):
            if event.by == "agent" and event.interaction in self._interactions:
                yield push.frame("typing", {})
        elif isinstance(event, MessageAdvanced):
            if self._is_ours(event.interaction, position):
                yield from self._changed_message(event.message)
        elif isinstance(event, MessageStored):
            if self._is_ours(event.interaction, position):
                yield from self._new_messages()
        elif self._conversation and self._may_move(event):
            yield from self._changed_status(position)

    def _may_move(self, event: Any) -> bool:
        """Whether the event can change what this page shows: its own, or anybody's who waits while it waits."""
        return self._status.get("state") == "queued" or interaction_of(event) in self._interactions

    def _is_ours(self, interaction: str, position: int) -> bool:
        """Whether an interaction belongs to this conversation; it may have been opened before we looked."""
        if interaction not in self._interactions:
            found = self._parts.board.snapshot(position).interactions.get(interaction)
            if found is None or found.leg != self._conversation:
                return False
            self._interactions.add(interaction)
        return True

    def _is_mine(self, event: InteractionOpened) -> bool:
        opened = event.interaction
        if opened.contact != self._visitor.contact or opened.channel != "webchat":
            return False
        found = self._parts.deps.store.read(lambda tx: open_conversation(tx, self._visitor))
        return found is not None and found.id == opened.leg

    def _new_messages(self) -> Iterator[bytes]:
        is_last = False
        while not is_last:
            page, shapes = self._parts.deps.store.read(self._next_page)
            is_last = len(page) < thread.PAGE
            for message, shape in zip(page, shapes, strict=True):
                self._sequence = message.number
                self._interactions.add(message.interaction)
                yield push.frame("message", shape, message.number)

    def _changed_message(self, message: str) -> Iterator[bytes]:
        """One that was shown: its file came, or somebody read it. No number, so that resuming skips nothing."""

        def work(tx: Tx) -> list[dict[str, Any]]:
            found = messages.get(tx, message)
            return thread.shown(tx, [found] if found else [], self._parts.deps)

        for shape in self._parts.deps.store.read(work):
            if shape["seq"] <= self._sequence:
                yield push.frame("message", shape)

    def _next_page(self, tx: Tx) -> tuple[list[Message], list[dict[str, Any]]]:
        found = thread.after(tx, self._visitor, self._sequence)
        return found, thread.shown(tx, found, self._parts.deps)

    def _changed_status(self, position: int) -> Iterator[bytes]:
        snapshot = self._parts.board.snapshot(position)
        where = (snapshot, self._conversation, self._sequence > 0)
        status = thread.status(*where, self._parts.deps.site, self._visitor.contact)
        if status != self._status:
            self._status = status
            yield push.frame("status", status)
