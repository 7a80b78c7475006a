"""Who of several able agents is asked first. ONE FILE = ONE STRATEGY: its name is what ``site.yaml`` says.

To add one: a file here with one public subclass of ``Strategy`` whose ``type`` is the file's name, and a case in
``tests/core/routing``. Nothing else is edited. Not here: who is able at all (``eslapp.core.matching``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from ..model import Agent
from ..skills import liking
from .base import Ask, Strategy


def _load() -> dict[str, Strategy]:
    found: dict[str, Strategy] = {}
    for module_info in iter_modules(__path__):
        if module_info.name == "base":
            continue
        module = import_module(f"{__name__}.{module_info.name}")
        own = [
            kind
            for kind in vars(module).values()
            if isinstance(kind, type) and issubclass(kind, Strategy) and kind.__module__ == module.__name__
        ]
        if len(own) != 1 or own[0].type != module_info.name:
            raise ImportError(
                f"{module.__file__} must hold one strategy with type = {module_info.name!r} (see {__file__})"
            )
        found[module_info.name] = own[0]()
    return found


STRATEGIES: dict[str, Strategy] = _load()


def strategy(name: str) -> Strategy:
    """The strategy of this name; ``KeyError`` naming the known ones."""
    try:
        return STRATEGIES[name]
    except KeyError:
        raise KeyError(f"no strategy {name!r}; there are: {', '.join(sorted(STRATEGIES))}") from None


class Rank(NamedTuple):
    """One able agent; what decides first stands first, the least is the best."""

    is_other: bool  # not the agent they want (where that counts)
    misses: int  # minus how many of the queue's preferences they meet
    low: float  # minus the strategy's score
    idle_since: float
    agent: str

    @property
    def score(self) -> float:
        """The strategy's."""
        return 0.0 - self.low


def ranked(agents: Iterable[Agent], ask: Ask) -> tuple[Rank, ...]:
    """The agents by the queue's strategy, best first; equals by who has been idle longest, then by id.

    Before the strategy: the wanted agent (where that is waited for), then whoever meets more of what the queue prefers.
    """
    score, interaction = strategy(ask.queue.strategy).score, ask.interaction
    has_likings = bool(ask.queue.prefers) or ask.queue.language == "prefer"
    prefers_wanted = strategy(ask.queue.strategy).holds or interaction.held_until is not None
    scored = []
    for agent in agents:
        met = liking(agent, ask.queue, interaction.language) if has_likings else 0
        is_other = agent.id != interaction.wanted or not prefers_wanted
        scored.append(Rank(is_other, -met, -score(agent, ask), agent.idle_since, agent.id))
    scored.sort()
    return tuple(scored)


def behind(best_first: Sequence[Rank], by: Strategy) -> dict[str, str]:
    """Why each of the others comes after the first: the first thing that decides between the two.

    In order as they are, whoever differs in it stands behind all who do not: four cuts tell of a thousand.
    """
    names = [one.agent for one in best_first]
    if by.at_once > 1 or not names:
        return dict.fromkeys(names, by.lost)
    found: dict[str, str] = {}
    upto, best = len(names), best_first[0]
    for width, reason in enumerate((NOT_WANTED, LESS_LIKED, by.lost, LATER_FREE), start=1):
        cut = bisect_right(best_first, best[:width], hi=upto, key=_first(width))
        found |= dict.fromkeys(names[cut:upto], reason)
        upto = cut
    return found | dict.fromkeys(names[:upto], LATER_ID)


def _first(width: int) -> Callable[[Rank], tuple[Any, ...]]:
    return lambda one: one[:width]


NOT_WANTED, LESS_LIKED, LATER_FREE, LATER_ID = "not-wanted", "less-liked", "equal-later-free", "equal-later-id"
__all__ = [
    "LATER_FREE",
    "LATER_ID",
    "LESS_LIKED",
    "NOT_WANTED",
    "STRATEGIES",
    "Ask",
    "Rank",
    "Strategy",
    "behind",
    "ranked",
    "strategy",
]
