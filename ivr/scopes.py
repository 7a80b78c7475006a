"""Whose values a step sees: a subflow has its own, so the steps of a site fall into scopes.

Owns: which steps one scope has (those of contacts who come in, and one for each section that is called), and which
values are known in it. Not here: reporting (``checks``), the scopes at run time (``stack``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .graph import Graph, Position, Survey
from .steps.call import CallStep
from .steps.return_ import ReturnStep

_CALL = "call"  # the exit of ``call`` into the subflow


@dataclass(slots=True)
class Scope:
    """``called``: the section, "" where contacts come in. ``known``: values set or given there; ``results``: what
    ``return`` gives back besides."""

    called: str
    steps: set[Position] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)


class Scopes:
    """All scopes of a site, of calls and chats together."""

    def __init__(self, survey: Survey) -> None:
        self.outside = Scope("")
        self.subflows: dict[str, Scope] = {}
        for graph in survey.graphs.values():
            self._fill(self.outside, graph, graph.entries())
            for position in sorted(graph.reached):
                step = graph.step(position)
                if isinstance(step, CallStep):
                    self._add_call(step, graph, position)
        for scope in self:
            for position in scope.steps:
                self._learn(scope, survey, position)

    def __iter__(self) -> Iterator[Scope]:
        yield self.outside
        yield from self.subflows.values()

    def of(self, position: Position) -> list[Scope]:
        """The scopes a step is done in; none where nobody comes."""
        return [scope for scope in self if position in scope.steps]

    def is_outside(self, position: Position) -> bool:
        """Whether contacts come to the step without a call."""
        return position in self.outside.steps

    def _add_call(self, step: CallStep, graph: Graph, position: Position) -> None:
        scope = self.subflows.setdefault(step.flow.block, Scope(step.flow.text))
        scope.known.update(step.given)
        targets = (edge.target for edge in graph.edges(position) if edge.exit.kind == _CALL)
        self._fill(scope, graph, (target for target in targets if target is not None))

    @staticmethod
    def _fill(scope: Scope, graph: Graph, begin: Iterable[Position]) -> None:
        seen: set[Position] = set()  # of this medium: the other one may have other ways on
        pending = list(begin)
        while pending:
            position = pending.pop()
            if position not in seen:
                seen.add(position)
                ways = (edge for edge in graph.edges(position) if edge.exit.kind != _CALL)
                pending += [edge.target for edge in ways if edge.target is not None]
        scope.steps |= seen

    @staticmethod
    def _learn(scope: Scope, survey: Survey, position: Position) -> None:
        step = survey.site.blocks[position[0]].steps[position[1]]
        if isinstance(step, CallStep):
            scope.known.update(step.save)
        elif isinstance(step, ReturnStep):
            scope.results.update(step.values)
        else:
            scope.known.update(step.names_set())
