"""Circuit breakers: a system that is down is not asked for a while, so that contacts need not wait for it.

Owns: one breaker per host. Pure: the hour comes in. Not here: asking (``eslapp.outside``), whose failure counts.

>>> breakers = Breakers(limit=2, rest_s=30)
>>> [breakers.may_ask("shop", 0), breakers.failed("shop", 0), breakers.failed("shop", 1), breakers.may_ask("shop", 2)]
[True, None, None, False]
>>> breakers.may_ask("shop", 31), breakers.may_ask("shop", 31.5)  # one tries again; the others wait for what it finds
(True, False)
"""

from __future__ import annotations

from dataclasses import dataclass

PLACES_MAX = 1000


@dataclass(slots=True)
class _State:
    failures: int = 0
    closed_until: float = 0.0


class Breakers:
    """``limit`` failures one after the other, and the place is left alone for ``rest_s``; then one may try."""

    def __init__(self, *, limit: int = 5, rest_s: float = 30.0) -> None:
        self._limit = limit
        self._rest_s = rest_s
        self._states: dict[str, _State] = {}

    def may_ask(self, place: str, now: float) -> bool:
        """Whether to ask now. True after a rest counts as the one try: others are refused for another rest."""
        state = self._states.get(place)
        if state is None or state.failures < self._limit:
            return True
        if now < state.closed_until:
            return False
        state.closed_until = now + self._rest_s
        return True

    def worked(self, place: str) -> None:
        """It answered."""
        self._states.pop(place, None)

    def failed(self, place: str, now: float) -> None:
        """It did not answer, or only with an error of its own."""
        if place not in self._states and len(self._states) >= PLACES_MAX:
            self._states.pop(next(iter(self._states)))
        state = self._states.setdefault(place, _State())
        state.failures += 1
        if state.failures >= self._limit:
            state.closed_until = now + self._rest_s
