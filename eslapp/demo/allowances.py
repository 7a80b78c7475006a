"""Whom a provider lets the desk answer, until when and how often: every act of a contact gives its own allowance.

Written apart from ``eslapp.store.reply_windows``, so that each proves the other.

>>> book = Allowances()
>>> book.give("ada", "menu", until=60.0, times=1)
>>> book.take("ada", 10.0), book.take("ada", 20.0), book.take("ada", 70.0), book.take("bob", 0.0)
('', 'used', 'late', 'never')
"""

from __future__ import annotations


class Allowances:
    """By address and act; ``times`` None: any number. The same act again renews its own."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, tuple[float, int | None]]] = {}

    def give(self, whose: str, act: str, *, until: float, times: int | None = None) -> None:
        """The contact did something."""
        self._given.setdefault(whose, {})[act] = (until, times)

    def end(self, whose: str) -> None:
        """They have left: nothing may be sent any more."""
        self._given[whose] = {act: (0.0, 0) for act in self._given.get(whose, {})}

    def knows(self, whose: str) -> bool:
        """Whether they have done something, and not left since."""
        return any(until > 0.0 for until, _ in self._given.get(whose, {}).values())

    def take(self, whose: str, now: float) -> str:
        """Use one up, that which ends first. Else why not: "never" given, too "late", all "used"."""
        if whose not in self._given:
            return "never"
        open_ones = sorted((until, act) for act, (until, _) in self._given[whose].items() if now <= until)
        if not open_ones:
            return "late"
        for until, act in open_ones:
            left = self._given[whose][act][1]
            if left is None or left > 0:
                self._given[whose][act] = (until, None if left is None else left - 1)
                return ""
        return "used"
