"""The site's flows as a graph of steps, per medium: what the checks and the catalogue look at.

Owns: edges between steps, and which steps a call or a chat can reach. Not here: walking for real (``engine``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .fields import AGAIN, BACK, HANGUP, NEXT
from .flow import OVERFLOW
from .proof.explore import Exploration, explore
from .site import Site
from .step import MEDIA, TEXT, VOICE, Exit, Step
from .unreadable import Unreadable

Position = tuple[str, int]  # (block, index)


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a step. ``target`` None: the flow is over; ``is_cut_off``: it just runs out of steps."""

    source: Position
    exit: Exit
    target: Position | None
    is_cut_off: bool = False


class Graph:
    """The steps one medium can do, and where each leads; ``also``: where else contacts may come in; ``is_open``: by the
    site's numbers and channels, too."""

    def __init__(
        self, site: Site, medium: str, also: frozenset[Position] = frozenset(), *, is_open: bool = True
    ) -> None:
        self.site = site
        self.medium = medium
        self.also = also
        self.is_open = is_open  # to the numbers and channels
        self._edges: dict[Position, tuple[Edge, ...]] = {}
        self.reached = self._reach()

    def step(self, position: Position) -> Step:
        return self.site.blocks[position[0]].steps[position[1]]

    def edges(self, position: Position) -> tuple[Edge, ...]:
        """Every edge from a step, computed once."""
        if position not in self._edges:
            self._edges[position] = tuple(self._edge(position, way_out) for way_out in self._exits(position))
        return self._edges[position]

    def entries(self) -> Iterator[Position]:
        """Where contacts of this medium begin."""
        names = self.site.numbers.values() if self.medium == VOICE else [c.flow for c in self.site.channels.values()]
        for name in names:
            if self.is_open and name in self.site.flows:
                yield from self._landing(self.site.flows[name].start, 0)
        for block, index in self.also:
            yield from self._landing(block, index)

    def goes_on(self, block: str, index: int) -> bool:
        """Whether this medium has a step to do from there on."""
        return next(self._landing(block, index), None) is not None

    def _reach(self) -> frozenset[Position]:
        found: set[Position] = set()
        pending = list(self.entries())
        while pending:
            position = pending.pop()
            if position not in found:
                found.add(position)
                pending += [edge.target for edge in self.edges(position) if edge.target is not None]
        return frozenset(found)

    def _exits(self, position: Position) -> Iterator[Exit]:
        step = self.step(position)
        yield from (one for one in step.exits() if one.on in ("", self.medium))
        if step.fails is not None:
            yield Exit("fails", ("fails",), step.fails)

    def _edge(self, source: Position, way_out: Exit) -> Edge:
        block, index = source
        way = way_out.way
        if way is not None and way.block not in (NEXT, AGAIN, HANGUP, BACK):
            target = next(self._landing(way.block, 0), None) if way.block in self.site.blocks else None
            return Edge(source, way_out, target)
        if way is not None and way.block == AGAIN:
            return Edge(source, way_out, source)
        if way is not None and way.block == BACK:
            return Edge(source, way_out, self.site.blocks[block].owner)
        if way_out.ends or (way is not None and way.block == HANGUP):
            return Edge(source, way_out, None)
        is_last = index + 1 >= len(self.site.blocks[block].steps)
        if way_out.kind == "served" and is_last:
            return Edge(source, way_out, None)
        target = next(self._landing(block, index + 1), None)
        return Edge(source, way_out, target, is_cut_off=target is None)

    def _landing(self, block: str, index: int) -> Iterator[Position]:
        """The step really done from there on, past list ends and steps of the other medium (none or one)."""
        seen: set[Position] = set()
        while (block, index) not in seen:
            seen.add((block, index))
            steps = self.site.blocks[block].steps
            if index < len(steps):
                if steps[index].on in (None, self.medium):
                    yield block, index
                    return
                index += 1
            else:
                after = self.site.blocks[block].after
                if after is None:
                    return
                block, index = after


class Survey:
    """A site with its two graphs: what checks are given. ``date``: for what expires (None: not looked at);
    ``broken``: files with errors, which proofs leave out."""

    def __init__(self, site: Site, today: date | None = None) -> None:
        self.site = site
        self.date = today
        self.broken: frozenset[str] = frozenset()
        self.graphs = {medium: Graph(site, medium) for medium in MEDIA}
        self._walks: dict[tuple[str, str], Exploration] = {}

    def entries(self) -> Iterator[tuple[str, str]]:
        """``(flow, medium)`` of every way in, once each."""
        site = self.site
        named = [(flow, VOICE) for flow in site.numbers.values()]
        named += [(channel.flow, TEXT) for channel in site.channels.values()]
        return (entry for entry in dict.fromkeys(named) if entry[0] in site.flows)

    def walk(self, flow: str, medium: str) -> Exploration:
        """Every state of contacts who come in there, found once."""
        if (flow, medium) not in self._walks:
            self._walks[flow, medium] = explore(self.site, flow, medium)
        return self._walks[flow, medium]

    def walks(self) -> Iterator[Exploration]:
        """Those of every way in."""
        return (self.walk(*entry) for entry in self.entries() if self.is_provable(*entry))

    def is_provable(self, flow: str, medium: str) -> bool:
        """Whether contacts who come in there can meet no file with errors."""
        unread = self.site.unread
        if flow not in self.site.flows or unread.settings or unread.flows:
            return False
        if not self.broken:
            return True
        files = {one.name: one.file for one in self.site.flows.values()}
        alone = Graph(self.site, medium, frozenset({(self.site.flows[flow].start, 0)}), is_open=False)
        met = {self.site.blocks[block].flow for block, _ in alone.reached}
        return not any(files.get(one, "site.yaml") in self.broken for one in met)

    def media_of(self, position: Position) -> tuple[str, ...]:
        """The media that can come to this step."""
        return tuple(medium for medium, graph in self.graphs.items() if position in graph.reached)

    def steps(self) -> Iterator[tuple[Position, Step]]:
        """Every step of every flow, reached or not, in the author's order; then those of overflows that are reached."""
        for flow in self.site.flows.values():
            for block, index, step in flow.steps():
                yield (block.id, index), step
        for name, block in self.site.blocks.items():
            if name.startswith(OVERFLOW):
                places = [((name, index), step) for index, step in enumerate(block.steps)]
                yield from (place for place in places if self.media_of(place[0]))

    def written(self) -> Iterator[tuple[Position, Step]]:
        """``steps``, and of each that could not be read what is right in it: for names that stand there."""
        for position, step in self.steps():
            rest = step.rest if isinstance(step, Unreadable) else None
            yield position, rest or step

    def reached_steps(self, medium: str) -> Iterator[tuple[Position, Step]]:
        graph = self.graphs[medium]
        return ((position, step) for position, step in self.steps() if position in graph.reached)
