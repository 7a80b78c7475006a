"""Paths through the states in words, and a set of paths that goes over every way.

Owns: describing paths ("1, silence, 9"), the way on to an end, covering every edge. Not here: finding states
(``explore``), how long a path takes (``durations``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from ivr import waits
from ivr.effects import EnterQueue
from ivr.waits import (
    Failed,
    Happening,
    KeysMissing,
    KeysPressed,
    Performed,
    QueueLeft,
    TextArrived,
    TextMissing,
    WordsHeard,
)

from .explore import Edge, Exploration, Node

Path = tuple[Edge, ...]

_LEFT = {
    waits.CONNECTED_ENDED: "talks to an agent of {queue}",
    waits.LEFT: "is taken out of {queue}",
    waits.NO_AGENTS: "finds nobody in {queue}",
    waits.FULL: "finds {queue} full",
    waits.CLOSED: "finds {queue} closed",
    waits.TIMEOUT: "has waited in {queue} long enough",
}


def words(path: Path) -> str:
    """What the contact does and meets, e.g. ``1, 2, silence, finds orders full (calendar.service is open)``."""
    did = [word for edge in path if (word := word_of(edge))]
    world = dict.fromkeys(str(one) for edge in path for one in edge.chosen if one.value != one.options[0])
    told = ", ".join(did) or "nothing pressed"
    return f"{told} ({'; '.join(world)})" if world else told


def word_of(edge: Edge) -> str:
    """One step of a path in words; "" where something was only heard."""
    happening = edge.happening
    if isinstance(happening, KeysPressed):
        return happening.digits
    if isinstance(happening, TextArrived | WordsHeard):
        return f'"{happening.text}"'
    if isinstance(happening, KeysMissing | TextMissing):
        return "silence"
    if isinstance(happening, QueueLeft):
        return _LEFT.get(happening.reason, happening.reason).format(queue=_queue_before(edge))
    if isinstance(happening, Failed):
        return f"{edge.source.session.verb if edge.source else ''} fails"
    if isinstance(happening, Performed):
        return f"{edge.source.session.verb if edge.source else ''}: {happening.result.replace('_', ' ')}"
    return _other(happening)


def _other(happening: Happening | None) -> str:
    if happening is None or isinstance(happening, waits.PlayEnded):
        return ""
    if isinstance(happening, waits.Answered):
        return "the system answers"
    return happening.type


def _queue_before(edge: Edge) -> str:
    effects = edge.source.turn.effects if edge.source is not None else ()
    return next((f"queue {effect.queue}" for effect in reversed(effects) if isinstance(effect, EnterQueue)), "a queue")


def keys_of(path: Path) -> tuple[str, ...]:
    """Only what was pressed."""
    return tuple(edge.happening.digits for edge in path if isinstance(edge.happening, KeysPressed))


def ways_on(walk: Exploration, may: Callable[[Edge], bool]) -> dict[int, Edge]:
    """For every state the first edge of a shortest way to an end, over edges that ``may`` be taken."""
    behind: dict[int, list[Edge]] = {}
    for edge in walk.edges:
        if edge.source is not None and may(edge):
            behind.setdefault(edge.target.number, []).append(edge)
    first: dict[int, Edge] = {}
    pending = deque(node.number for node in walk.nodes if node.is_over)
    seen = set(pending)
    while pending:
        for edge in behind.get(pending.popleft(), ()):
            source = edge.source
            if source is not None and source.number not in seen:
                seen.add(source.number)
                first[source.number] = edge
                pending.append(source.number)
    return first


def finished(path: Path, on: dict[int, Edge], is_end: Callable[[Node], bool]) -> Path | None:
    """The path, gone on with to an end; None where there is none."""
    whole = list(path)
    node = path[-1].target
    while not is_end(node):
        edge = on.get(node.number)
        if edge is None:
            return None
        whole.append(edge)
        node = edge.target
    return tuple(whole)


def covering(
    walk: Exploration, *, may: Callable[[Edge], bool], is_end: Callable[[Node], bool], alike: Callable[[Edge], object]
) -> Iterator[Path]:
    """Paths that together go over every kind of edge (``alike`` names the kind), each from beginning to end."""
    on = ways_on(walk, may)
    covered: set[object] = set()
    for edge in reversed([edge for edge in walk.edges if may(edge)]):  # long ones first: they cover the short ones
        if alike(edge) in covered or (edge.source is not None and is_end(edge.source)):
            continue
        path = walk.path_of(edge)
        if not all(may(one) for one in path) or any(is_end(one.target) for one in path[:-1]):
            continue
        whole = finished(path, on, is_end)
        if whole is not None:
            covered.update(alike(one) for one in whole)
            yield whole
