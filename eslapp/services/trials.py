"""The revision that is tried out on a share of the contacts: who gets it, and how it does.

Owns: one trial: the sticky share, the counting. Not here: the rule (``core.canary``), what follows from its verdict
(``publisher``), running sessions (``flow_runs``).

Counted are: every answer a flow heard (and whether it asked again, or gave up, because it did not understand), and
every flow that ended (and whether something failed in it). Test calls are neither taken nor counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from eslapp.core.canary import ENOUGH, Tallies, Tally, verdict
from ivr.engine import Turn
from ivr.question import INVALID
from ivr.waits import Happening, KeysPressed, TextArrived, WordsHeard

HEARD = (KeysPressed, TextArrived, WordsHeard)


@dataclass(slots=True)
class Trial:
    """``revision`` runs for ``percent`` of the contacts, ``against`` for the others."""

    revision: str
    against: str
    percent: int
    enough: int = ENOUGH
    new: Tallies = field(default_factory=Tallies)
    old: Tallies = field(default_factory=Tallies)

    def takes(self, contact: str) -> bool:
        """Whether this contact gets the new revision: always the same answer; who withholds the number does not."""
        digest = sha256(f"{self.revision}:{contact}".encode()).digest()
        return bool(contact) and int.from_bytes(digest[:4], "big") % 100 < self.percent

    def note(self, revision: str, happening: Happening | None, turn: Turn) -> None:
        """Count one turn of a flow of either revision."""
        side = {self.revision: self.new, self.against: self.old}.get(revision)
        if side is None:
            return
        if isinstance(happening, HEARD):
            side.answers.count(is_invalid(turn))
        if turn.fault:
            side.flows.bad += 1
        if turn.session.is_over:
            side.flows.tries += 1
        side.flows.tries = max(side.flows.tries, side.flows.bad)

    def verdict(self) -> str:
        """``stop``, ``promote`` or ``""``."""
        return verdict(self.new, self.old, enough=self.enough)

    def told(self) -> dict[str, Any]:
        """For the history, the state and the workbench."""
        told = {"revision": self.revision, "against": self.against, "percent": self.percent, "figures": self.figures()}
        return {**told, "counts": {"new": asdict(self.new), "old": asdict(self.old)}}

    def count_on(self, counts: Mapping[str, Any]) -> None:
        """Go on from the counts of ``told`` that were kept; from nothing where they cannot be read."""
        try:
            new, old = (
                Tallies(*(Tally(int(one[name]["tries"]), int(one[name]["bad"])) for name in ("answers", "flows")))
                for one in (counts["new"], counts["old"])
            )
        except (KeyError, TypeError, ValueError):
            return
        self.new, self.old = new, old

    def figures(self) -> str:
        """In words."""
        new, old = self.new, self.old
        return (
            f"not understood {new.answers.bad} of {new.answers.tries} answers (before: {old.answers.bad} of "
            f"{old.answers.tries}), failed {new.flows.bad} of {new.flows.tries} flows (before: {old.flows.bad} of "
            f"{old.flows.tries})"
        )


def is_invalid(turn: Turn) -> bool:
    """Whether the answer that led to this turn was not understood."""
    if turn.session.state.get("why") == INVALID:
        return True
    return not turn.session.is_over and bool(turn.session.trail) and turn.session.trail[-1].endswith(f" {INVALID}")


def contact_of(variables: Mapping[str, Any]) -> str:
    """What a contact is known by when a flow begins."""
    return str(variables.get("contact.number") or variables.get("contact.address") or "")
