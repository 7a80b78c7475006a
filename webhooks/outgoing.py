"""An agent's message: row, files, outbox and event in one transaction, once per ``client_id``.

Owns: who may write where, and the rows. Not here: sending (``sender``), flows' messages (the message service).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eslapp.core.commands import Refused
from eslapp.core.events import MessageAdvanced, MessageStored
from eslapp.core.model import Interaction, InteractionState, Medium
from eslapp.store import Tx, conversations, events, interactions, media, messages, outbox, reply_windows, sent_parts
from eslapp.store.conversations import Conversation
from eslapp.store.media import Media
from eslapp.store.messages import Message
from eslapp.store.reaching import reach

from . import allowance
from .channels.base import Channel
from .channels.refusals import NOT_SUPPORTED, QUOTA_SHORT, QUOTA_USED
from .deps import Deps
from .pieces import pieces
from .sending import LINKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an agent wrote. ``attachments`` as messages keep them; ``files`` their rows, ready to send; those whose
    ref is ``LINKED`` are not sent but linked to.
    """

    client_id: str
    text: str = ""
    attachments: tuple[dict[str, Any], ...] = ()
    files: tuple[Media, ...] = ()
    account: str = ""  # another channel of the site than the conversation's, e.g. for an SMS during a call
    kind: str = ""  # of that account
    new_id: str = ""  # of the conversation there, where there is none
    done: int = 0  # how many of its pieces are out

    @property
    def is_template(self) -> bool:
        """Whether it may be sent after the window."""
        return any(one.get("kind") == "template" for one in self.attachments)

    def parts(self, channel: Channel) -> int:
        """How many messages it is for the channel's provider."""
        files = [one for one in self.files if one.ref != LINKED]
        is_worded = any(one.get("kind") in ("card", "template") for one in self.attachments)
        return len(pieces(self.text, files, channel.capabilities, is_worded=is_worded))


def post_agent_message(
    deps: Deps, channels: Mapping[str, Channel], *, interaction: str, agent: str, written: Written
) -> Message | Refused:
    """Store the agent's message for the contact of ``interaction``; a repeated ``client_id`` gives the first one back.

    It goes to the conversation's own address. ``Refused``: "not-yours", "not-connected", "window-over", "quota-used",
    "quota-short" (detail: how many it takes and how many are left), "not-supported".
    """
    now, message_id = deps.clock(), deps.ids()

    def work(tx: Tx) -> Message | Refused:
        place = _place(tx, deps, channels, interaction, agent, written)
        if isinstance(place, Refused):
            return place
        conversation, channel = place
        message = Message(
            id=message_id,
            conversation=conversation.id,
            interaction=interaction,
            channel=conversation.channel,
            account=conversation.account,
            direction="out",
            author=agent,
            text=written.text,
            attachments=written.attachments,
            created_at=now,
            state="queued",
            client_id=written.client_id,
        )
        stored, is_new = messages.add(tx, message)
        if is_new:
            _queue(tx, stored, conversation, channel, written, now)
        return stored

    return deps.store.write(work)


def refusal_of(
    deps: Deps, channels: Mapping[str, Channel], *, interaction: str, agent: str, written: Written
) -> Refused | None:
    """Whether it would be refused, known before any byte is kept."""
    found = deps.store.read(lambda tx: _place(tx, deps, channels, interaction, agent, written))
    return found if isinstance(found, Refused) else None


def send_again(deps: Deps, channels: Mapping[str, Channel], *, message: str, agent: str) -> Message | Refused:
    """The agent's choice for a message that failed or whose fate is unknown: back into the outbox.

    ``Refused``: as above, and "not-troubled" where there is nothing to send again.
    """
    now = deps.clock()

    def work(tx: Tx) -> Message | Refused:
        known = messages.get(tx, message)
        if known is None or known.direction != "out":
            return Refused("not-yours")
        files = tuple(media.of_message(tx, known.id))
        written = Written(
            client_id=known.client_id,
            text=known.text,
            attachments=known.attachments,
            files=files,
            done=len(sent_parts.out(tx, known.id)),
        )
        place = _place(tx, deps, channels, known.interaction, agent, written)
        if isinstance(place, Refused):
            return place
        is_troubled = known.state in ("unknown", "failed") and outbox.again(tx, known.id, at=now)
        if not is_troubled or not messages.requeue(tx, known.id):
            return Refused("not-troubled")
        told = {"interaction": known.interaction, "message": known.id, "state": "queued"}
        events.append(tx, MessageAdvanced(at=now, **told))
        return messages.get(tx, known.id) or known

    return deps.store.write(work)


def _place(
    tx: Tx, deps: Deps, channels: Mapping[str, Channel], interaction: str, agent: str, written: Written
) -> tuple[Conversation, Channel] | Refused:
    found, now = interactions.get(tx, interaction), deps.clock()
    refusal = _refusal(found, agent, written)
    if refusal is not None or found is None:
        return refusal or Refused("not-found")
    conversation, channel = _way(tx, channels, found, written, now)
    if conversation is None or channel is None:
        return Refused("not-connected", "this conversation takes no text")
    taken = allowance.sends(channel, deps.settings.public_url)
    if any(one.ref != LINKED and one.kind not in taken for one in written.files):
        return Refused(NOT_SUPPORTED)
    is_exempt = written.is_template and channel.capabilities.has_templates
    wanted = written.parts(channel) - written.done
    refusal = None if is_exempt else _window_refusal(tx, conversation, channel, now, wanted)
    return refusal or (conversation, channel)


def _way(
    tx: Tx, channels: Mapping[str, Channel], found: Interaction, written: Written, now: float
) -> tuple[Conversation | None, Channel | None]:
    """The conversation's own way, or the named account's, where the contact is reached by their number."""
    if not written.account:
        return conversations.get(tx, found.leg), channels.get(found.channel)
    about = {"contact": found.contact, "account": written.account, "kind": written.kind}
    return reach(tx, new_id=written.new_id, at=now, **about), channels.get(written.kind)


def _queue(tx: Tx, stored: Message, conversation: Conversation, channel: Channel, written: Written, now: float) -> None:
    for file in written.files:
        media.add(tx, replace(file, message=stored.id, channel=stored.channel, account=stored.account))
    outbox.add(
        tx,
        message=stored.id,
        channel=conversation.channel,
        account=conversation.account,
        address=conversation.address,
        at=now,
        is_idempotent=channel.capabilities.is_idempotent,
        parts=written.parts(channel),
    )
    told = {"interaction": stored.interaction, "message": stored.id, "direction": "out", "author": stored.author}
    events.append(tx, MessageStored(at=now, **told))


def _refusal(found: Interaction | None, agent: str, written: Written) -> Refused | None:
    if found is None or agent not in found.writers:
        return Refused("not-yours")
    is_text = found.medium == Medium.TEXT or bool(written.account)  # a call takes texts by another channel
    if not is_text or found.state != InteractionState.CONNECTED:
        return Refused("not-connected")
    return None


def _window_refusal(tx: Tx, conversation: Conversation, channel: Channel, now: float, parts: int) -> Refused | None:
    """Whether the provider would refuse it, or a part of it: known before anything is sent."""
    where = {"channel": conversation.channel, "account": conversation.account, "address": conversation.address}
    code = allowance.refusal_of(reply_windows.of_address(tx, **where), channel, now, is_person=True)
    if code:
        return Refused(code)
    left = allowance.left(tx, **where)
    if left is None or parts <= left:
        return None
    return Refused(QUOTA_SHORT, f"{parts} {left}") if left else Refused(QUOTA_USED)
