"""What flows ask of the daemon's services: effects that are answered with ``Answered`` (or ``Failed``), alike on calls
and in conversations.

Owns: one record per service and what its answer holds. Not here: the other effects (``effects``), the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .effects import Effect


@dataclass(frozen=True, slots=True)
class Secret:
    """``$(env.NAME)``: a word of the site's operator, filled in by the daemon and never shown to a contact."""

    name: str


Filled = tuple[str | Secret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCall(Effect):
    """Something a service of the daemon does; ``Answered`` tells what came of it, ``Failed`` that it cannot be done.

    ``key`` names this one asking inside the interaction: asked again after a crash, it is done once.
    """

    waits_for: ClassVar[tuple[str, ...]] = ("Answered",)
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSystem(ServiceCall):
    """One HTTP request to the business system -> ``Answered({"status": 200, "body": JSON})``.

    Values of contacts are percent-encoded in ``url``. ``body`` is sent as JSON (POST only).
    """

    method: str
    url: Filled
    headers: Mapping[str, Filled] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    within_s: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket(ServiceCall):
    """-> ``Answered({"number": "10023"})``."""

    kind: str
    level: str
    subject: str
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    due_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSurvey(ServiceCall):
    """A contact's verdict -> ``Answered({})``. ``is_low``: somebody should look at it."""

    survey: str
    score: int
    best: int
    is_low: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText(ServiceCall):
    """A message by another channel than the one in use -> ``Answered({})``, or ``Failed`` where nobody is reached.

    ``channel``: a name under ``channels`` in ``site.yaml``; "": the contact's own, where they wrote last.
    """

    channel: str
    text: str
    link: str = ""  # a web chat of the site: the text gets a one-time link that opens it as this contact


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCode(ServiceCall):
    """Make a one-time code and send it -> ``Answered({"to": "...8000"})``. ``text`` holds ``{code}``."""

    channel: str
    text: str
    digits: int = 6
    valid_s: float = 300.0
    tries: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCode(ServiceCall):
    """-> ``Answered({"verdict": "right" | "wrong" | "over"})``; over: no tries or no time left."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDialInCode(ServiceCall):
    """The code a chat page showed -> ``Answered({"verdict": "right" | "wrong" | "over"})``; right: the call goes on as
    the chat's contact."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMember(ServiceCall):
    """Is this member number one of our contacts'? -> ``Answered({"is_found": bool, "name": ..., "level": ...})``."""

    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepIdentity(ServiceCall):
    """The contact proved who they are -> ``Answered({})``. ``by``: "number", "member", "code" or "chat"."""

    by: str
    member: str = ""
    name: str = ""
    level: str = ""
