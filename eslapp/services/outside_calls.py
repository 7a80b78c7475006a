"""How many calls to the outside there are now: one count for callbacks, click-to-call, consultations and transfers.

Owns: the count, out of the router's world and of transfers that run. Not here: the limit (``core.trunk``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from eslapp.core.live_calls import outside_now
from eslapp.esl import facts


class OutsideCalls:
    """One per daemon; ``()`` counts."""

    def __init__(self, world: Callable[[], Any]) -> None:
        self._world = world
        self._transfers = 0  # of contacts by their flow or their agent
        self._handed_out: set[str] = set()  # legs of numbers outside that talk on without an agent

    def __call__(self) -> int:
        """All of this moment, those that ring included."""
        return outside_now(self._world().interactions.values()) + self._transfers + len(self._handed_out)

    @contextmanager
    def transferring(self) -> Iterator[None]:
        """While a contact is being transferred to a number, or talks with it."""
        self._transfers += 1
        try:
            yield
        finally:
            self._transfers -= 1

    def handed_out(self, leg: str) -> None:
        """An agent has left the contact with the number they consulted."""
        self._handed_out.add(leg)

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch."""
        if isinstance(fact, facts.LegHungUp):
            self._handed_out.discard(fact.leg)
