"""Whether an agent has room for one more, and if not, the first reason why not.

One ear: at most one call, counted from ringing to the end of wrap-up. Texts share attention up to the agent's
capacity. Not here: skills (``skills``), who declined what (``world``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Agent, InteractionState, Medium, Presence
from .settings import Rules


@dataclass(frozen=True, slots=True)
class Load:
    """What holds an agent now. ``call``: "" (none), "ringing", "on-call" or "wrap-up"."""

    call: str = ""
    texts: int = 0  # ringing ones and those in wrap-up included
    ringing: int = 0  # pending offers of either medium
    wrapping: int = 0  # interactions of either medium in wrap-up

    @property
    def live(self) -> int:
        """How many interactions hold the agent."""
        return self.texts + (1 if self.call else 0)


CALL_STAGE = {
    InteractionState.OFFERED: "ringing",
    InteractionState.CONNECTING: "on-call",
    InteractionState.CONNECTED: "on-call",
    InteractionState.WRAP_UP: "wrap-up",
}


def load_of(held: Iterable[tuple[Medium, InteractionState]]) -> Load:
    """The load made by the live offers of one agent.

    >>> load_of([(Medium.VOICE, InteractionState.WRAP_UP), (Medium.TEXT, InteractionState.OFFERED)])
    Load(call='wrap-up', texts=1, ringing=1, wrapping=1)
    """
    call, texts, ringing, wrapping = "", 0, 0, 0
    for medium, state in held:
        if medium is Medium.VOICE:
            call = CALL_STAGE[state]
        else:
            texts += 1
        ringing += state is InteractionState.OFFERED
        wrapping += state is InteractionState.WRAP_UP
    return Load(call, texts, ringing, wrapping)


def hindrance(agent: Agent, load: Load, medium: Medium, rules: Rules) -> str:
    """The first reason why the agent cannot take one more of this medium; ``""`` if they can."""
    if agent.presence is not Presence.AVAILABLE:
        return f"presence:{agent.presence.value}"
    if medium is Medium.VOICE:
        return _call_hindrance(agent, load, rules)
    if load.call and not rules.chats_during_call:
        return load.call
    if load.texts >= agent.capacity.get(Medium.TEXT, 0):
        return "capacity:text"
    return ""


def _call_hindrance(agent: Agent, load: Load, rules: Rules) -> str:
    if not agent.phone_registered:
        return "phone-unregistered"
    if agent.capacity.get(Medium.VOICE, 0) < 1:
        return "capacity:voice"
    if load.call:
        return load.call
    if load.ringing:
        return "ringing"
    if load.wrapping:
        return "wrap-up"
    if load.texts and not rules.calls_during_chats:
        return "in-chat"
    return ""
