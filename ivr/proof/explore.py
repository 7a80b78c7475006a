"""Every state a contact can be in, found by the real engine: states that are alike are visited once.

Owns: the search, its bound, and what makes two states alike. Not here: the answers (``answers``, ``world``), judging
(``checks``). Alike: the same step waiting with the same memory, language and values that conditions read.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.calendars import local_time
from ivr.engine import Engine, Turn
from ivr.problems import Place
from ivr.session import Session, Value
from ivr.site import Site
from ivr.step import Step
from ivr.steps.language import Language
from ivr.waits import Failed, Happening, HungUp, Resumed

from .almanac import CALENDAR, almanac_of
from .answers import answers, failures
from .instants import instants
from .liveness import Liveness
from .world import TURN_BOUND, Chosen, Samples, World, alternatives, with_any_calendars

NODE_BOUND = 20_000
LANGUAGE = "contact.language"
NOW = "now"  # what is known of the hour: UTC seconds


@dataclass(slots=True)
class Node:
    """One state: the turn that led here first and, by ``came``, from where. ``edges`` are the ways on."""

    number: int
    turn: Turn
    known: Mapping[str, Value]
    came: Edge | None = None
    edges: list[Edge] = field(default_factory=list)
    depth: int = 0

    @property
    def session(self) -> Session:
        return self.turn.session

    @property
    def is_over(self) -> bool:
        return self.session.is_over

    @property
    def at(self) -> float:
        """The hour of this path, UTC seconds."""
        return float(self.known[NOW])


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of a path: from ``source`` (None: the beginning) by ``happening``, the world answering ``chosen``."""

    source: Node | None
    happening: Happening | None
    chosen: tuple[Chosen, ...]
    turn: Turn
    target: Node

    @property
    def is_failure(self) -> bool:
        return isinstance(self.happening, Failed)


class Exploration:
    """What ``explore`` found; ``is_whole``: nothing was left out at the bound."""

    def __init__(self, site: Site, flow: str, medium: str) -> None:
        self.site, self.flow, self.medium = site, flow, medium
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.stuck: list[tuple[Node, str]] = []  # a wait that a hang-up or a restart does not end or renew
        self.is_whole = True

    def step(self, session: Session) -> Step:
        """The step a session stands at."""
        return self.site.blocks[session.block].steps[session.index]

    def place(self, session: Session) -> Place:
        """Where that step stands; of a session that never came to one, the flow."""
        return self.step(session).place() if session.block else self.site.flows[self.flow].place

    def path_to(self, node: Node) -> tuple[Edge, ...]:
        """The shortest path from the beginning."""
        path: list[Edge] = []
        edge = node.came
        while edge is not None:
            path.append(edge)
            edge = edge.source.came if edge.source is not None else None
        return tuple(reversed(path))

    def path_of(self, edge: Edge) -> tuple[Edge, ...]:
        """The shortest path whose last step is ``edge``."""
        return (*(self.path_to(edge.source) if edge.source is not None else ()), edge)


def explore(site: Site, flow: str, medium: str, *, bound: int = NODE_BOUND) -> Exploration:
    """All states of contacts who begin ``flow``; breadth first, so that paths are short."""
    return _Search(site, flow, medium, bound).run()


class _Search:
    def __init__(self, site: Site, flow: str, medium: str, bound: int) -> None:
        self._samples = Samples(site)
        self._liveness = Liveness(site)
        self._world = World({}, {}, ())
        self._at = local_time(0.0, site.timezone)
        self._site = with_any_calendars(site, self._calendar, lambda: self._at)
        self._engine = Engine(self._site)
        self._found = Exploration(site, flow, medium)
        self._bound = bound
        self._known: dict[Any, Node] = {}
        # Whose language is known is spoken to in it from the first word on, before the step that would ask.
        steps = (step for block in site.blocks.values() for step in block.steps)
        self._greets_by_language = any(isinstance(step, Language) and not step.always for step in steps)
        self._pending: deque[Node] = deque()

    def _calendar(self, name: str) -> Value:
        """The state of a calendar now, such that an hour exists at which all are so."""
        states = almanac_of(self._found.site).states(name, self._world.so_far())
        return self._world.choose(CALENDAR + name, states)

    def run(self) -> Exploration:
        flow, medium = self._found.flow, self._found.medium
        for at in instants(self._found.site):
            known = {NOW: at}
            self._at = local_time(at, self._found.site.timezone)

            def start(world: World, at: float = at) -> Turn:
                language = str(world[LANGUAGE]) if self._greets_by_language else ""
                return self._engine.start(flow=flow, medium=medium, language=language, at=at, facts=world)

            for turn, world in self._outcomes(start, known):
                self._arrive(None, None, turn, world, known)
        while self._pending:
            self._visit(self._pending.popleft())
        return self._found

    def _visit(self, node: Node) -> None:
        self._at = local_time(node.at, self._found.site.timezone)
        self._probe(node)
        step = self._found.step(node.session)
        for happening in (*answers(self._site, step, node.turn, self._samples.values), *failures(node.turn)):
            if isinstance(happening, Failed) and node.session.in_fallback:
                continue  # one fault at a time
            self._try(node, happening)

    def _try(self, node: Node, happening: Happening) -> None:
        def resume(world: World) -> Turn:
            return self._engine.resume(node.session, happening, node.at, facts=world)

        for turn, world in self._outcomes(resume, node.known):
            self._arrive(node, happening, turn, world, node.known)

    def _outcomes(self, run: Callable[[World], Turn], known: Mapping[str, Value]) -> Iterator[tuple[Turn, World]]:
        """The turns for every row of answers of the world."""
        pending: deque[tuple[Value, ...]] = deque([()])
        tried = 0
        while pending:
            forced = pending.popleft()
            self._world = world = World(self._samples.options, known, forced)
            yield run(world), world
            tried += 1
            if tried >= TURN_BOUND:
                self._found.is_whole = False
                return
            pending += alternatives(tuple(world.made.values()), len(forced))

    def _arrive(
        self, source: Node | None, happening: Happening | None, turn: Turn, world: World, known: Mapping[str, Value]
    ) -> None:
        lasting = world.lasting()
        now_known = {**known, **lasting} if lasting else known
        key = self._key(turn.session, now_known)
        target = self._known.get(key)
        is_new = target is None
        if target is None:
            if len(self._known) >= self._bound:
                self._found.is_whole = False
                return
            depth = source.depth + 1 if source is not None else 0
            target = Node(len(self._known), turn, now_known, depth=depth)
            self._known[key] = target
            self._found.nodes.append(target)
        edge = Edge(source, happening, tuple(world.made.values()), turn, target)
        self._found.edges.append(edge)
        if source is not None:
            source.edges.append(edge)
        if is_new:
            target.came = edge
            if not target.is_over and turn.effects:
                self._pending.append(target)

    def _key(self, session: Session, known: Mapping[str, Value]) -> Any:
        if session.is_over:
            return session.cause, session.outcome, session.block, session.index
        state = ""
        if session.state:
            essence = self._found.step(session).essence(session.state)
            state = json.dumps(dict(essence), sort_keys=True, default=str)
        stack = tuple((one["block"], one["index"], self._values(one["variables"], session)) for one in session.stack)
        at = (session.block, session.index, session.in_fallback, session.language, session.outcome)
        return *at, state, session.waits_for, self._values(session.variables, session), self._of(known, session), stack

    def _of(self, known: Mapping[str, Value], session: Session) -> tuple[tuple[str, str], ...]:
        """What of the world may still be read."""
        return tuple(sorted((name, str(value)) for name, value in known.items() if self._is_read(name, session)))

    def _values(self, variables: Mapping[str, Value], session: Session) -> tuple[tuple[str, str], ...]:
        """The values that conditions may still read."""
        samples = self._samples
        live = (name for name in variables if samples.matters(name) and self._is_read(name, session))
        return tuple(sorted((name, str(samples.clipped(name, variables[name]))) for name in live))

    def _is_read(self, name: str, session: Session) -> bool:
        places = [(session.block, session.index), *((one["block"], one["index"]) for one in session.stack)]
        return session.in_fallback or any(self._liveness.is_read(name, *place) for place in places)

    def _probe(self, node: Node) -> None:
        """A hang-up ends every wait with its cause; after a crash every wait begins again."""
        over = self._engine.resume(node.session, HungUp("NORMAL_CLEARING"), node.at)
        if not over.session.is_over:
            self._found.stuck.append((node, "the contact hangs up"))
        self._world = World(self._samples.options, node.known, ())
        again = self._engine.resume(node.session, Resumed(), node.at, facts=self._world)
        if not again.effects:
            self._found.stuck.append((node, "the daemon starts again"))
