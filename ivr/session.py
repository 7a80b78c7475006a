"""Where one contact stands in one flow: everything the engine knows, in one record that survives a crash.

Owns: the session and its JSON. Not here: how it moves (``engine``).

>>> session = Session(flow="main", medium="voice", language="en")
>>> Session.from_json(session.to_json()) == session
True
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

TRAIL_BOUND = 300  # places remembered; the middle of a longer way is not kept
Value = str | int | float | bool


class SessionError(ValueError):
    """Stored text is not a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Immutable; ``engine`` makes the next one.

    ``block``/``index`` name the step (``flow.Block``) and ``verb`` which it was; ``state`` is its own memory;
    ``waits_for`` are the happenings that move on; ``unheard`` counts steps since the contact was last heard;
    ``trail`` the places passed, e.g. ``("main.welcome.say", "main.menu.menu 1", "main.orders.queue orders")``.
    """

    flow: str
    medium: str  # "voice" or "text"
    language: str
    revision: str = ""
    variables: Mapping[str, Value] = field(default_factory=dict)
    block: str = ""
    index: int = 0
    verb: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    waits_for: tuple[str, ...] = ()
    unheard: int = 0
    trail: tuple[str, ...] = ()
    stack: tuple[Mapping[str, Any], ...] = ()  # where the calls of subflows came from: block, index, variables, kept
    in_fallback: bool = False
    is_for_people: bool = False  # no more words: it waits, in whatever line, until an agent has it
    cause: str = ""
    outcome: str = ""

    @property
    def is_over(self) -> bool:
        return bool(self.cause)

    def to_json(self) -> str:
        plain = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        plain["variables"], plain["state"] = dict(self.variables), dict(self.state)
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Session:
        """Raises ``SessionError`` where ``text`` did not come from ``to_json`` of this version."""
        try:
            plain = json.loads(text)
            for name in ("waits_for", "trail"):
                plain[name] = tuple(plain[name])
            plain["stack"] = tuple(plain.get("stack", ()))
            return cls(**plain)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise SessionError(f"not a stored session: {error}") from error

    def passed(self, place: str) -> tuple[str, ...]:
        """The trail with ``place`` added, bounded: the first half is kept whole, the second rolls."""
        trail = (*self.trail, place)
        if len(trail) <= TRAIL_BOUND:
            return trail
        return trail[: TRAIL_BOUND // 2] + trail[TRAIL_BOUND // 2 + 1 :]
