"""What comes from outside in one day: contacts with their patience, agents with their shifts. Records only."""

from __future__ import annotations

from dataclasses import dataclass, field

from eslapp.core.model import Medium, Presence


@dataclass(frozen=True, slots=True)
class Arrival:
    """One contact into one queue. None: drawn from what was seen of others."""

    at: float
    interaction: str
    queue: str
    medium: Medium
    channel: str
    contact: str
    language: str = ""
    level: str = ""
    urgency: str = ""
    priority: int = 0
    wanted: str = ""
    skills: dict[str, int] = field(default_factory=dict)
    reply_s: float | None = None  # their channel lets us answer for so long after they came
    patience_s: float | None = None  # they leave after so long in line
    patient_beyond_s: float = 0.0  # how long they are known to have waited
    talk_s: float | None = None
    wrap_s: float | None = None
    served_by: str = ""  # in truth
    waited_s: float | None = None  # in truth, where they were served


@dataclass(frozen=True, slots=True)
class Shift:
    """An agent says or does something by themselves."""

    at: float
    agent: str
    presence: Presence | None = None
    registered: bool | None = None
    reason: str = ""
    after_work: bool = False  # the presence is to begin when their present work is done


@dataclass(frozen=True, slots=True)
class Opening:
    """A queue's calendar opens or closes it."""

    at: float
    queue: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Workload:
    """A day. The lists are what was seen, to draw from where a what-if needs what nobody saw."""

    starts_at: float
    ends_at: float
    arrivals: tuple[Arrival, ...]
    shifts: tuple[Shift, ...]
    patiences_s: tuple[float, ...] = ()  # of those who left
    talks_s: dict[str, tuple[float, ...]] = field(default_factory=dict)  # by queue
    wraps_s: dict[str, tuple[float, ...]] = field(default_factory=dict)
    reactions: tuple[tuple[str, float], ...] = (("accept", 3.0),)  # what agents did with offers, after so long
    openings: tuple[Opening, ...] = ()
