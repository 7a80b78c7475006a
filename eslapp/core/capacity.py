"""Whether an agent has room for one more, and if not, the first reason why not.

One ear: at most one call, counted from ringing to the end of wrap-up. Texts share attention up to the agent's
capacity; a channel may have a slot of its own ("three chats and an e-mail"). Not here: skills (``skills``), who
declined what (``world``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .model import Agent, InteractionState, Medium, PhoneTest, Presence
from .settings import Rules


@dataclass(frozen=True, slots=True)
class Load:
    """What holds an agent now. ``call``: "" (none), "ringing", "on-call" or "wrap-up"."""

    call: str = ""
    texts: Mapping[str, int] = field(default_factory=dict)  # by slot; ringing ones and those in wrap-up included
    ringing: int = 0  # pending offers of either medium
    wrapping: int = 0  # interactions of either medium in wrap-up

    @property
    def live(self) -> int:
        """How many interactions hold the agent."""
        return sum(self.texts.values()) + (1 if self.call else 0)


CALL_STAGE = {
    InteractionState.OFFERED: "ringing",
    InteractionState.CONNECTING: "on-call",
    InteractionState.CONNECTED: "on-call",
    InteractionState.WRAP_UP: "wrap-up",
}


def load_of(held: Iterable[tuple[str, InteractionState]]) -> Load:
    """The load made by the live offers of one agent: their slots and states.

    >>> load_of([("voice", InteractionState.WRAP_UP), ("text", InteractionState.OFFERED)])
    Load(call='wrap-up', texts=Counter({'text': 1}), ringing=1, wrapping=1)
    """
    call, ringing, wrapping = "", 0, 0
    texts: Counter[str] = Counter()
    for slot, state in held:
        if slot == Medium.VOICE:
            call = CALL_STAGE[state]
        else:
            texts[slot] += 1
        ringing += state is InteractionState.OFFERED
        wrapping += state is InteractionState.WRAP_UP
    return Load(call, texts, ringing, wrapping)


def hindrance(agent: Agent, load: Load, slot: str, rules: Rules) -> str:
    """The first reason why the agent cannot take one more of this slot; ``""`` if they can."""
    if agent.presence is not Presence.AVAILABLE:
        return f"presence:{agent.presence.value}"
    if agent.next_presence is not None:
        return "presence:leaving"
    if slot == Medium.VOICE:
        return _call_hindrance(agent, load, rules)
    if load.call and not rules.chats_during_call and slot not in rules.channels_during_call:
        return load.call
    if load.texts.get(slot, 0) >= agent.capacity.get(slot, 0):
        return f"capacity:{slot}"
    return ""


def _call_hindrance(agent: Agent, load: Load, rules: Rules) -> str:
    if silent := phone_hindrance(agent, rules):
        return silent
    if agent.capacity.get(Medium.VOICE, 0) < 1:
        return "capacity:voice"
    if load.call:
        return load.call
    if load.ringing:
        return "ringing"
    if load.wrapping:
        return "wrap-up"
    if not rules.calls_during_chats and set(load.texts) - set(rules.calls_during_channels):
        return "in-chat"
    return ""


def phone_hindrance(agent: Agent, rules: Rules) -> str:
    """Why the agent's phone is not ready for calls by the site's rule; ``""`` if it is."""
    if rules.readiness != "off" and not agent.phone_registered:
        return "phone-unregistered"
    if agent.phone_test is PhoneTest.RUNNING:
        return "phone-testing"
    if rules.readiness == "audible" and agent.phone_test is not PhoneTest.PASSED:
        return f"phone-{agent.phone_test.value or 'untested'}"
    return ""


def can_be_rung(agent: Agent, rules: Rules) -> bool:
    """Whether there is a phone to ring, as far as anybody knows."""
    return agent.phone_registered or rules.readiness == "off"
