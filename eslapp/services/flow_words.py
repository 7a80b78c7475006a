"""What flows write: the message, its sending and its event in one transaction, unless only a person may answer.

Owns: the one door of every word that no person wrote. Not here: which words (``ivr``), sending (``webhooks.sender``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eslapp.clock import Clock
from eslapp.ids import IdSource
from eslapp.log import get_log
from eslapp.services.stored_messages import stored
from eslapp.store import Store, Tx, conversations, events, messages, outbox
from eslapp.store.conversations import Conversation
from eslapp.store.messages import Message

log = get_log("flow_words")


class FlowWords:
    """One per daemon."""

    def __init__(self, clock: Clock, ids: IdSource) -> None:
        self._clock = clock
        self._ids = ids

    def say(
        self,
        tx: Tx,
        conversation: Conversation,
        interaction: str,
        text: str,
        options: Sequence[tuple[str, str]] = (),
        *,
        once: str = "",
    ) -> str:
        """The message's id; "" where a machine may not answer what the contact said last. ``once`` names it: the same
        asked for again is not sent again."""
        if messages.is_for_people(tx, conversation.id):
            log.debug("not-answered-automatically", interaction=interaction, channel=conversation.channel)
            return ""
        where: dict[str, Any] = {"channel": conversation.channel, "account": conversation.account}
        message = Message(
            id=self._ids(),
            conversation=conversation.id,
            interaction=interaction,
            direction="out",
            author="flow",
            text=text,
            created_at=self._clock(),
            options=tuple(options),
            state="queued",
            client_id=once,
            **where,
        )
        kept, is_new = messages.add(tx, message)
        if is_new:
            outbox.add(tx, message=message.id, address=conversation.address, at=message.created_at, **where)
            events.append(tx, stored(message))
        return kept.id

    def is_unasked(self, store: Store, interaction: str) -> bool:
        """Whether a question of the flow does not reach the contact of this conversation."""

        def work(tx: Tx) -> bool:
            thread = conversations.of_interaction(tx, interaction)
            return thread is not None and messages.is_for_people(tx, thread.id)

        return store.read(work)
