"""How fast a provider lets us write to one address: known before we send, not learnt from its refusals.

Owns: ``Paces``, pure. Not here: refusals for being too fast all the same (each channel: ``RETRY``), the waiting
(``sender`` between messages, ``sending`` between the pieces of one).

>>> paces = Paces()
>>> pace = Pace(every_s=1.0, burst=2)
>>> ada, bob = ("telegram", "line", "1"), ("telegram", "line", "2")
>>> [paces.wait_s(ada, pace, at) for at in (10.0, 10.5)]
[0.0, 0.0]
>>> paces.wait_s(ada, pace, 10.75), paces.wait_s(bob, pace, 10.75), paces.resting(10.75)
(0.25, 0.0, {('telegram', 'line', '1'): 0.25})
>>> paces.wait_s(ada, pace, 11.0)
0.0
"""

from __future__ import annotations

from dataclasses import dataclass

Key = tuple[str, str, str]  # channel, account, address


@dataclass(frozen=True, slots=True)
class Pace:
    """One message every ``every_s`` seconds to an address on the average, ``burst`` of them at once."""

    every_s: float
    burst: int = 1


class Paces:
    """One per sender. Keys are addresses, instants any steady clock's."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[float, Pace]] = {}  # when the address would be at rest again

    def wait_s(self, key: Key, pace: Pace, now: float) -> float:
        """0 and one message is counted; or how long it must wait, and nothing is."""
        at_rest = max(self._known.get(key, (now, pace))[0], now)
        wait = at_rest - (pace.burst - 1) * pace.every_s - now
        if wait > 0:
            return wait
        self._known[key] = at_rest + pace.every_s, pace
        return 0.0

    def resting(self, now: float) -> dict[Key, float]:
        """The addresses that may not be written to yet, and for how long."""
        self._known = {key: one for key, one in self._known.items() if one[0] > now}
        waits = {key: at - (pace.burst - 1) * pace.every_s - now for key, (at, pace) in self._known.items()}
        return {key: wait for key, wait in waits.items() if wait > 0}
