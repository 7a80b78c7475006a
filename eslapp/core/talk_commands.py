"""What may be asked within a talk, and calls an agent makes; a part of ``commands``."""

from __future__ import annotations

from dataclasses import dataclass

from .command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldContact(Command):
    """Music for the contact; the agent looks something up."""

    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeContact(Command):
    """Back to the contact."""

    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferInteraction(Command):
    """Hand it on without a word. ``kind``: "queue", "agent" (asked alone for ``hold_s``), "outside" (voice).

    ``recent``: the agent's calls to the outside in the last hour.
    """

    interaction: str
    agent: str
    kind: str
    target: str
    hold_s: float = 30.0
    recent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConsult(Command):
    """Call a colleague or (``kind`` "outside") a number while the contact is held."""

    interaction: str
    agent: str
    target: str
    kind: str = "agent"
    recent: int = 0  # the agent's calls to the outside in the last hour


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGuest(Command):
    """A called guest has answered. ``mode``: of a supervisor, "": what they wanted when their phone was called."""

    interaction: str
    guest: str
    mode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissGuest(Command):
    """A guest is gone, was not reached, or is not wanted any more."""

    interaction: str
    guest: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartThreeWay(Command):
    """Whom the agent consults joins the talk with the contact."""

    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTransfer(Command):
    """Whom the agent consulted takes the talk; the agent is free."""

    interaction: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervise(Command):
    """A supervisor's phone is called, or what they do changes. ``mode``: "listen", "whisper" or "barge"."""

    interaction: str
    supervisor: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Command):
    """The supervisor has the talk now; its agent is free."""

    interaction: str
    supervisor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContact(Command):
    """An agent calls ``number``: their phone rings, then the contact's. ``recent``: their calls of the last hour."""

    interaction: str
    agent: str
    contact: str
    number: str
    queue: str = ""  # on whose behalf; "": the site's first
    language: str = ""
    parent: str = ""  # the chat it is lifted from, the call it follows
    recent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteParticipant(Command):
    """A colleague joins the agent's text conversation."""

    interaction: str
    agent: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveConversation(Command):
    """A participant is out of it."""

    interaction: str
    participant: str
