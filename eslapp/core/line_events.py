"""What changes of a place in line while it is kept: what is asked for, who is waited for, what decides the order.

Part of ``events``, which names them all. Not here: joining and leaving a line (``events``), the order (``waiting``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillsRelaxed(Event):
    """It has waited so long that fewer skills are enough. ``step`` counts the queue's steps from 1."""

    interaction: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Event):
    """The wanted agent was waited for long enough: anybody may be asked now."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWindowEnded(Event):
    """The channel's time to answer ran out while it waited: it stands where its clock says."""

    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWindowRenewed(Event):
    """The contact wrote while it waited, or all answers are used: until then the channel lets us answer now."""

    interaction: str
    reply_by: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadStartChanged(Event):
    """New settings give another one to somebody who is rung for or waits for a callback: it counts once they are back
    in line."""

    interaction: str
    head_start_s: float
