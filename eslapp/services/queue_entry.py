"""A flow's wish to wait as the router's command: with all that decides the place and who is asked.

Not here: the place itself (``eslapp.core``), the sound of waiting (``queue_wait``).
"""

from __future__ import annotations

from eslapp.clock import Clock
from eslapp.core.commands import EnqueueInteraction
from eslapp.core.model import Interaction, Medium
from eslapp.store import Store, Tx, conversations, interactions, people, reply_windows
from ivr.effects import EnterQueue


def into_line(
    effect: EnterQueue, interaction: str, language: str, *, found: Interaction | None, store: Store, clock: Clock
) -> EnqueueInteraction:
    """``found``: the interaction as it is."""

    def known(tx: Tx) -> tuple[str, str, float | None]:
        contact = people.person(tx, found.contact) if found is not None else None
        level = contact.level if contact is not None else ""
        last = interactions.last_agent(tx, found.contact) if found is not None else ""
        return level, last, reply_by(tx, found)

    level, last, until = store.read(known)
    is_named = bool(effect.agent)
    return EnqueueInteraction(
        at=clock(),
        interaction=interaction,
        queue=effect.queue,
        priority=effect.priority,
        language=language,
        level=level,
        wanted=effect.agent or last,
        hold_s=effect.agent_s if is_named else None,
        skills=dict(effect.skills),
        reply_by=until,
    )


def reply_by(tx: Tx, found: Interaction | None) -> float | None:
    """Until when the channel lets us answer a conversation."""
    if found is None or found.medium is not Medium.TEXT:
        return None
    thread = conversations.of_interaction(tx, found.id)
    if thread is None:
        return None
    window = reply_windows.of_address(tx, channel=thread.channel, account=thread.account, address=thread.address)
    return window.expires_at if window is not None else None
