"""What comes from outside in one day: contacts with their patience, agents with their shifts. Records only."""

from __future__ import annotations

from dataclasses import dataclass, field

from eslapp.core.model import Medium, Presence
from eslapp.core.settings import Settings


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A talk that its agent handed on after ``talk_s``: to a "queue", an "agent", a number "outside"."""

    talk_s: float
    kind: str
    target: str
    left_s: float | None = None  # after so long in line again they left


@dataclass(frozen=True, slots=True)
class Reaction:
    """What an agent did with an offer: "accept", "decline", "ignore", "failed" (their phone), after so long.

    "unknown": the contact left (or another agent took it) before; they had done nothing for so long.
    """

    what: str
    after_s: float
    at: float = 0.0  # of the offer
    agent: str = ""
    medium: str = ""
    interaction: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """From an agent's answer to the talk, with the whisper; not ``is_joined``: the agent hung up, or the leg failed."""

    after_s: float
    is_joined: bool = True
    at: float = 0.0  # of the answer
    agent: str = ""
    interaction: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """An agent did not look: an offer rang out, and they said that they are back at ``until`` (inf: never)."""

    agent: str
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Callback:
    """A contact asked to be called back, in the line or (``in_talk_s``) so long after a talk began."""

    at: float
    interaction: str
    parent: str
    contact: str
    queue: str
    address: str
    due_s: float  # not before, after ``at``
    in_talk_s: float | None = None
    level: str = ""
    language: str = ""
    skills: dict[str, int] = field(default_factory=dict)
    tries: tuple[Join, ...] = ()  # each time an agent had taken it: how long until the contact answered, or not
    talk_s: float | None = None
    wrap_s: float | None = None


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
    served_by: str = ""  # in truth, first
    waited_s: float | None = None  # in truth, where they were served: until the first talk
    moves: tuple[tuple[float, str], ...] = ()  # the flow put them into another queue, after so long
    handed_on: tuple[HandedOn, ...] = ()  # each talk but the last, and how it ended


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
class Revision:
    """New settings hold from here on."""

    at: float
    settings: Settings


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
    reactions: tuple[Reaction, ...] = ()  # what agents did with offers
    joins: tuple[Join, ...] = ()
    absences: tuple[Absence, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    openings: tuple[Opening, ...] = ()
    revisions: tuple[Revision, ...] = ()  # after the day began
    outages: tuple[tuple[float, float], ...] = ()  # the daemon was dead: nothing was offered
