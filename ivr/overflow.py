"""A queue's ``overflow``: what becomes of who cannot wait there, as ``site.yaml`` says it.

Owns: the words, per reason and where it differs per medium. Not here: the steps made of them (``overflow_ways``), the
decision (``eslapp.core.decisions.overflowing``).

    overflow:
      full: {queue: repairs}                  # as many as ``limit`` wait
      waited: callback                        # ``longest_wait`` is over
      no_agents: {voice: voicemail, text: {say: {zh: ..., en: ...}}}
      closed: {go: night.start}               # a section of a flow, a bot
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from .fields import Name, Text, WayField, Word, refuse
from .part import Part
from .problems import quote
from .waits import CLOSED, FULL, NO_AGENTS, TIMEOUT

REASON_OF = {"full": FULL, "waited": TIMEOUT, "no_agents": NO_AGENTS, "closed": CLOSED}
MEDIA = ("voice", "text")
OFFERS = ("callback", "voicemail")


class Elsewhere(Part):
    """One of these."""

    queue: Name = ""
    offer: Word = ""  # callback or voicemail
    say: Text | None = None
    go: WayField | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Elsewhere:
        given = [name for name in ("queue", "offer", "say", "go") if getattr(self, name)]
        if len(given) != 1 or self.offer not in ("", *OFFERS):
            raise refuse("this is not a place to go to", _MEND)
        return self

    @property
    def kind(self) -> str:
        """For the router: ``queue NAME``, ``callback``, ``voicemail``, ``say`` or ``go``."""
        return f"queue {self.queue}" if self.queue else self.offer or ("say" if self.say is not None else "go")


_MEND = "write callback, voicemail, {queue: NAME}, {say: TEXT} or {go: FLOW.SECTION}; or voice: and text: with these"


def _by_medium(value: Any) -> Any:
    if isinstance(value, str):
        value = {"offer": value}
    if not isinstance(value, dict):
        raise refuse(f"{quote(value)} is not a place to go to", _MEND)
    if value and set(value) <= set(MEDIA):
        return {medium: {"offer": one} if isinstance(one, str) else one for medium, one in value.items()}
    return dict.fromkeys(MEDIA, value)


ByMedium = Annotated[
    dict[Name, Elsewhere],
    BeforeValidator(_by_medium),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}], "examples": ["callback", {"queue": "repairs"}]}),
]


class OverflowSettings(Part):
    """By reason. What a ``queue`` step says itself (``full``, ``closed``, ``no_agents``, ``after``, ``otherwise``)
    comes first."""

    full: ByMedium = {}
    waited: ByMedium = {}
    no_agents: ByMedium = {}
    closed: ByMedium = {}

    def ways(self) -> dict[str, dict[str, Elsewhere]]:
        """Reason (of ``waits``) -> medium -> where to."""
        return {reason: getattr(self, name) for name, reason in REASON_OF.items() if getattr(self, name)}

    def kinds(self) -> dict[str, str]:
        """For the router: ``{"full:voice": "queue repairs"}``."""
        return {f"{reason}:{medium}": one.kind for reason, by in self.ways().items() for medium, one in by.items()}

    def queue_for(self, reason: str, medium: str) -> str:
        """The queue that takes who is turned away so, ``""`` where none does."""
        found = self.ways().get(reason, {}).get(medium)
        return found.queue if found is not None else ""
