"""Callbacks that contacts asked for on the day, asked for again. Not here: how they are called (``day``)."""

from __future__ import annotations

from typing import Any

from eslapp.core import commands as c
from eslapp.core.model import InteractionState, Medium

from .deeds import Living
from .workload import Callback

ASKING = (InteractionState.QUEUED, InteractionState.OFFERED, InteractionState.IN_FLOW)


def ask(day: Living, wish: Callback, has_come: bool) -> None:
    """As in truth; who was served meanwhile, or has left, does not ask. ``has_come``: into a line, at some time."""
    now, parent, is_in_talk = day.now(), day.world.interaction(wish.parent), wish.in_talk_s is not None
    if (parent is None and has_come) or (parent is not None and not is_in_talk and parent.state not in ASKING):
        return
    if parent is None:  # asked in the flow, and never stood in a line
        who: dict[str, Any] = {"contact": wish.contact, "level": wish.level, "language": wish.language}
        way: dict[str, Any] = {"channel": "voice", "medium": Medium.VOICE, "leg": f"leg-{wish.parent}", "flow": "day"}
        day.ask(c.OpenInteraction(at=now, interaction=wish.parent, **who, **way))
    asked: dict[str, Any] = {"interaction": wish.interaction, "parent": wish.parent, "address": wish.address}
    day.ask(c.RequestCallback(at=now, due_at=now + wish.due_s, queue=wish.queue, **asked))
    if not is_in_talk:
        day.ask(c.CloseInteraction(at=now, interaction=wish.parent))
