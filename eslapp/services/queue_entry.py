"""A flow's wish to wait as the router's command: with all that decides the place and who is asked.

Not here: the place itself (``eslapp.core``), the sound of waiting (``queue_wait``).
"""

from __future__ import annotations

from eslapp.clock import Clock
from eslapp.core.commands import EnqueueInteraction, Refused, TurnAway
from eslapp.core.events import Event, InteractionOverflowed
from eslapp.core.model import Interaction, Medium
from eslapp.store import Store, Tx, conversations, interactions, people, reply_windows
from ivr.effects import EnterQueue, TurnedAway
from ivr.waits import NO_AGENTS


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
        urgency=effect.urgency,
        wanted=effect.agent or last,
        hold_s=effect.agent_s if is_named else None,
        skills=dict(effect.skills),
        reply_by=until,
        own_ways=effect.own,
        is_kept=effect.is_kept,
    )


def turn_away(effect: TurnedAway, interaction: str, at: float) -> TurnAway:
    """The flow's own decision, for the router to note."""
    return TurnAway(at=at, interaction=interaction, queue=effect.queue, reason=effect.reason)


def turned_away(answer: list[Event] | Refused) -> str:
    """The reason of ``waits`` why the router lets them wait nowhere, ``""`` where they stand in line."""
    if isinstance(answer, Refused):
        return NO_AGENTS
    noted = [event for event in answer if isinstance(event, InteractionOverflowed)]
    return noted[-1].reason if noted and not noted[-1].to else ""


def reply_by(tx: Tx, found: Interaction | None) -> float | None:
    """Until when the channel lets us answer a conversation; None where no answer is left, or there is no limit."""
    if found is None or found.medium is not Medium.TEXT:
        return None
    thread = conversations.of_interaction(tx, found.id)
    if thread is None:
        return None
    window = reply_windows.of_address(tx, channel=thread.channel, account=thread.account, address=thread.address)
    return window.expires_at if window is not None and window.messages_left != 0 else None
