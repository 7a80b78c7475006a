"""Which values may still be read from a step on: states that differ only in others are alike.

Owns: the readers of each value, and from where they can be reached. Not here: the search (``explore``).
Read too much is harmless (more states); a value without a known reader counts as read everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.site import Site
from ivr.step import Step
from ivr.steps.identify import Identify
from ivr.steps.language import Language
from ivr.steps.queue import Queue
from ivr.steps.record import Record

from .divisors import divisors

Position = tuple[str, int]  # (block, index)


class Liveness:
    """``is_read(name, block, index)``: whether a step from there on may read it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._readers: dict[str, set[Position]] = {}
        self._before: dict[Position, list[Position]] = {}
        for block in site.blocks.values():
            for index, step in enumerate(block.steps):
                for name in names_of(site, step):
                    self._readers.setdefault(name, set()).add((block.id, index))
                for after in self._successors(block.id, index, step):
                    self._before.setdefault(after, []).append((block.id, index))
        self._live: dict[str, frozenset[Position]] = {}

    def is_read(self, name: str, block: str, index: int) -> bool:
        if name not in self._readers:
            return True
        if name not in self._live:
            self._live[name] = self._reaching(self._readers[name])
        return (block, index) in self._live[name]

    def _reaching(self, readers: set[Position]) -> frozenset[Position]:
        found, pending = set(readers), list(readers)
        while pending:
            for position in self._before.get(pending.pop(), ()):
                if position not in found:
                    found.add(position)
                    pending.append(position)
        return frozenset(found)

    def _successors(self, block: str, index: int, step: Step) -> Iterator[Position]:
        yield from ((way.block, 0) for _, way in step.ways() if way.block in self._site.blocks)
        if index + 1 < len(self._site.blocks[block].steps):
            yield block, index + 1
        else:
            yield from self._onward(block)

    def _onward(self, block: str) -> Iterator[Position]:
        """Where a list goes on at its end, over empty ends of lists inside lists."""
        after = self._site.blocks[block].after
        while after is not None:
            if after[1] < len(self._site.blocks[after[0]].steps):
                yield after
                return
            after = self._site.blocks[after[0]].after


def names_of(site: Site, step: Step) -> Iterator[str]:
    """What decides in this step."""
    yield from (name for _, name in step.names_read())
    yield from divisors(step)
    calendar = str(getattr(step, "calendar", "") or "")
    if calendar:
        yield f"calendar.{calendar}"
    queue = str(getattr(step, "queue", "") or (step.name if isinstance(step, Queue) else ""))
    if queue in site.queues and site.queues[queue].calendar:
        yield f"calendar.{site.queues[queue].calendar}"
    if isinstance(step, Language):
        yield "contact.language"
    if isinstance(step, Identify):
        yield "contact.known"
    if isinstance(step, Record):
        yield from step.names_set()
