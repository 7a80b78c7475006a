"""The base of all events. Not here: which there are (``events``, ``talk_events``, ``people_events``)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. ``at``: UTC seconds."""

    at: float
