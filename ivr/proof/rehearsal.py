"""What a test call brings along: the hour, what is known of the caller, and what the world outside answers.

Owns: the record, its one header, and reading it back. Not here: obeying it (the daemon, in its test mode only).

>>> Rehearsal.from_header(Rehearsal(at=1.0, script=(None, waits.QueueLeft("full"))).to_header()).script
(None, QueueLeft(reason='full'))
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ivr import waits
from ivr.session import Value
from ivr.waits import Happening

HEADER = "X-Zongji-Test"
SIZE_BOUND = 4000  # characters of the header
SCRIPTED = ("QueueLeft", "Answered", "Performed", "WordsHeard", "Failed")


class RehearsalError(ValueError):
    """The header is none of ours."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``at``: UTC seconds; ``script``: for each wait in turn what happens at once, None for what really happens;
    ``silence_s``: how long questions wait for the first key at most (0: as the flow says)."""

    at: float
    known: Mapping[str, Value] = field(default_factory=dict)
    facts: Mapping[str, Value] = field(default_factory=dict)
    script: tuple[Happening | None, ...] = ()
    silence_s: float = 0.0

    def to_header(self) -> str:
        """Printable ASCII without blanks."""
        script = [one and {"type": one.type, **asdict(one)} for one in self.script]
        plain = {"at": self.at, "known": dict(self.known), "facts": dict(self.facts), "script": script}
        plain["silence_s"] = self.silence_s
        return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode()

    @classmethod
    def from_header(cls, text: str) -> Rehearsal:
        """Raises ``RehearsalError``."""
        if len(text) > SIZE_BOUND:
            raise RehearsalError("too long")
        try:
            plain = json.loads(base64.urlsafe_b64decode(text))
            script = tuple(None if one is None else _happening(one) for one in plain["script"])
            return cls(
                float(plain["at"]), dict(plain["known"]), dict(plain["facts"]), script, float(plain["silence_s"])
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise RehearsalError(str(error)) from error


def _happening(plain: dict[str, Any]) -> Happening:
    kind = plain.pop("type")
    if kind not in SCRIPTED:
        raise RehearsalError(f"{kind!r} cannot be scripted")
    made: Happening = getattr(waits, kind)(**plain)
    return made
