"""What happens to a contact while a flow waits: the answers to effects.

Owns: the happenings. Not here: which effect waits for which (``effects.Effect.waits_for``).
A happening that is not waited for (a key pressed during music, a late timer) changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CONNECTED_ENDED = "connected-ended"  # the contact and an agent have talked; the talk is over
LEFT = "left"  # taken out of the line again without an agent (the contact asked, an agent or supervisor did)
NO_AGENTS = "no-agents"  # nobody is there who could ever take it
FULL = "full"  # as many as ``limit`` are waiting already
CLOSED = "closed"  # the queue's calendar has closed
TIMEOUT = "timeout"  # ``after_s`` is over
STAYS = "stays"  # none of these: whoever has this own way waits, however long the line and the wait are
QUEUE_REASONS = (CONNECTED_ENDED, LEFT, NO_AGENTS, FULL, CLOSED, TIMEOUT)


@dataclass(frozen=True, slots=True)
class Happening:
    """Base of all happenings; ``type`` is the class name."""

    @property
    def type(self) -> str:
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class PlayEnded(Happening):
    """The sound of ``Play`` is over (or was broken off)."""


@dataclass(frozen=True, slots=True)
class KeysPressed(Happening):
    """Keys in answer to ``Ask``, without the terminating key."""

    digits: str


@dataclass(frozen=True, slots=True)
class KeysMissing(Happening):
    """No keys, or too few, within the time of ``Ask``."""


@dataclass(frozen=True, slots=True)
class TextArrived(Happening):
    """The contact wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class TextMissing(Happening):
    """The contact did not write within the time of ``AwaitText``."""


@dataclass(frozen=True, slots=True)
class QueueLeft(Happening):
    """The contact is out of the queue; ``reason`` is one of ``QUEUE_REASONS`` (any other counts as "left")."""

    reason: str


@dataclass(frozen=True, slots=True)
class Answered(Happening):
    """A service has done what a ``ServiceCall`` asked for; ``values`` as that effect says (outside values: unclean)."""

    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WordsHeard(Happening):
    """What the contact said in answer to ``Listen``, as the recogniser wrote it down."""

    text: str


@dataclass(frozen=True, slots=True)
class Performed(Happening):
    """What came of an effect of ``call_effects``: one word, and values where that effect says so."""

    result: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HungUp(Happening):
    """The contact is gone (leg hung up, chat ended). Comes at any wait and ends the flow with this cause."""

    cause: str = "NORMAL_CLEARING"


@dataclass(frozen=True, slots=True)
class Failed(Happening):
    """The effect could not be carried out; the step goes its ``fails`` way, never to silence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resumed(Happening):
    """The daemon is back after a crash: the current step's effects come again, its half-entered keys are lost."""
