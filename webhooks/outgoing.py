"""An agent's message: row, outbox and event in one transaction, once per ``client_id``.

Owns: who may write where, and the rows. Not here: sending (``sender``), flows' messages (the message service).
"""

from __future__ import annotations

from collections.abc import Mapping

from eslapp.core.commands import Refused
from eslapp.core.events import MessageStored
from eslapp.core.model import Interaction, InteractionState, Medium
from eslapp.store import Tx, conversations, events, interactions, messages, outbox, reply_windows
from eslapp.store.conversations import Conversation
from eslapp.store.messages import Message

from .channels.base import Channel
from .deps import Deps


def post_agent_message(
    deps: Deps, channels: Mapping[str, Channel], *, interaction: str, agent: str, text: str, client_id: str
) -> Message | Refused:
    """Store the agent's text for the contact of ``interaction``; a repeated ``client_id`` gives the first one back.

    It goes to the conversation's own address. ``Refused``: "not-yours", "not-connected", "window-over", "quota-used".
    """
    now = deps.clock()
    message_id = deps.ids()

    def work(tx: Tx) -> Message | Refused:
        found = interactions.get(tx, interaction)
        refusal = _refusal(found, agent)
        if refusal is not None or found is None:
            return refusal or Refused("not-found")
        conversation = conversations.get(tx, found.leg)
        channel = channels.get(found.channel)
        if conversation is None or channel is None:
            return Refused("not-connected", "this conversation takes no text")
        refusal = _window_refusal(tx, conversation, channel, now)
        if refusal is not None:
            return refusal
        message = Message(
            id=message_id,
            conversation=conversation.id,
            interaction=found.id,
            channel=conversation.channel,
            account=conversation.account,
            direction="out",
            author=agent,
            text=text,
            created_at=now,
            state="queued",
            client_id=client_id,
        )
        stored, is_new = messages.add(tx, message)
        if is_new:
            outbox.add(
                tx,
                message=stored.id,
                channel=conversation.channel,
                account=conversation.account,
                address=conversation.address,
                at=now,
                is_idempotent=channel.capabilities.is_idempotent,
            )
            stored_event = MessageStored(at=now, interaction=found.id, message=stored.id, direction="out", author=agent)
            events.append(tx, stored_event)
        return stored

    return deps.store.write(work)


def _refusal(found: Interaction | None, agent: str) -> Refused | None:
    if found is None or found.agent != agent:
        return Refused("not-yours")
    if found.medium != Medium.TEXT or found.state != InteractionState.CONNECTED:
        return Refused("not-connected")
    return None


def _window_refusal(tx: Tx, conversation: Conversation, channel: Channel, now: float) -> Refused | None:
    """Whether the provider would refuse it: known before anything is sent."""
    if not channel.capabilities.grants:
        return None
    where = {"channel": conversation.channel, "account": conversation.account, "address": conversation.address}
    window = reply_windows.of_address(tx, **where)
    code = window.refusal(now) if window else "window-over"
    return Refused(code) if code else None
