"""Layers from left to right: who stands in which layer, in which order, and how high (after Sugiyama).

Owns: the geometry of boxes and lines. Not here: what is in the boxes (``cards``, ``svg``).

Long lines pass through waypoints in the layers between, one for all lines with the same aim, so that they join.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

GAP_X, GAP_Y, WAYPOINT = 90.0, 26.0, 10.0
SWEEPS, PASSES = 12, 16

Point = tuple[float, float]
Aim = tuple[str, float]  # a box or waypoint, and how far down it a line begins or ends


@dataclass(slots=True)
class Box:
    """``ports``: (box it leads to, how far down the line begins). The rest is filled in."""

    id: str
    width: float
    height: float
    ports: list[tuple[str, float]] = field(default_factory=list)
    entry: float = 16.0  # how far down lines end
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    is_waypoint: bool = False


@dataclass(slots=True)
class Line:
    """From a port of ``source`` through ``points`` to ``target``."""

    source: str
    target: str
    points: list[Point]


@dataclass(slots=True)
class Picture:
    """``back``: (source, port's number) of ways that lead back, for which there are no lines."""

    boxes: dict[str, Box]
    lines: list[Line]
    back: set[tuple[str, int]]
    width: float = 0.0
    height: float = 0.0


def laid_out(boxes: Iterable[Box], starts: Iterable[str]) -> Picture:
    """Place the boxes."""
    known = {box.id: box for box in boxes}
    back = _back(known, [*starts, *known])
    forward = {
        name: [(target, down) for number, (target, down) in enumerate(box.ports) if (name, number) not in back]
        for name, box in known.items()
    }
    _layers(known, forward)
    links = _waypoints(known, forward)
    columns = _columns(known)
    _order(columns, links)
    _heights(columns, links)
    picture = Picture(known, _lines(known, forward), back)
    _finish(picture, columns)
    return picture


def _back(boxes: dict[str, Box], order: list[str]) -> set[tuple[str, int]]:
    """Ports that lead to a box which is still being walked (or to itself): depth first, without recursion."""
    back: set[tuple[str, int]] = set()
    done: set[str] = set()
    for start in order:
        if start in done:
            continue
        walking = {start}
        stack = [(start, 0)]
        while stack:
            name, number = stack.pop()
            if number >= len(boxes[name].ports):
                walking.discard(name)
                done.add(name)
                continue
            stack.append((name, number + 1))
            target = boxes[name].ports[number][0]
            if target in walking:
                back.add((name, number))
            elif target in boxes and target not in done:
                walking.add(target)
                stack.append((target, 0))
    return back


def _layers(boxes: dict[str, Box], forward: dict[str, list[Aim]]) -> None:
    """The longest way from the left decides the layer."""
    waiting = dict.fromkeys(boxes, 0)
    for aims in forward.values():
        for target, _ in aims:
            if target in waiting:
                waiting[target] += 1
    ready = [name for name, count in waiting.items() if not count]
    while ready:
        name = ready.pop()
        for target, _ in forward[name]:
            if target in boxes:
                boxes[target].layer = max(boxes[target].layer, boxes[name].layer + 1)
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)


def _waypoints(boxes: dict[str, Box], forward: dict[str, list[Aim]]) -> list[tuple[Aim, Aim]]:
    """Links between neighbouring layers; adds the waypoints."""
    links: dict[tuple[Aim, Aim], None] = {}
    for name, aims in list(forward.items()):
        for target, down in aims:
            if target not in boxes:
                continue
            before: Aim = (name, down)
            for layer in range(boxes[name].layer + 1, boxes[target].layer):
                point = f"{target}@{layer}"
                if point not in boxes:
                    boxes[point] = Box(point, 0, WAYPOINT, layer=layer, entry=WAYPOINT / 2, is_waypoint=True)
                links[before, (point, WAYPOINT / 2)] = None
                before = (point, WAYPOINT / 2)
            links[before, (target, boxes[target].entry)] = None
    return list(links)


def _columns(boxes: dict[str, Box]) -> list[list[Box]]:
    columns: list[list[Box]] = [[] for _ in range(max((box.layer for box in boxes.values()), default=0) + 1)]
    for box in boxes.values():
        columns[box.layer].append(box)
    return columns


def _neighbours(links: list[tuple[Aim, Aim]], *, before: bool) -> dict[str, list[tuple[Aim, float]]]:
    """For every box its neighbours on one side, and how far down itself the line is."""
    found: dict[str, list[tuple[Aim, float]]] = {}
    for left, right in links:
        own, other = (right, left) if before else (left, right)
        found.setdefault(own[0], []).append((other, own[1]))
    return found


def _order(columns: list[list[Box]], links: list[tuple[Aim, Aim]]) -> None:
    """Sort each layer by where its neighbours stand, back and forth."""
    sides = [_neighbours(links, before=True), _neighbours(links, before=False)]
    for sweep in range(SWEEPS):
        neighbours = sides[sweep % 2]
        order = columns[1:] if sweep % 2 == 0 else columns[-2::-1]
        place = {box.id: number for column in columns for number, box in enumerate(column)}
        height = {box.id: box.height or 1.0 for column in columns for box in column}
        for column in order:
            wanted = {
                box.id: _mean(
                    [place[o] + down / height[o] for (o, down), _ in neighbours.get(box.id, ())], place[box.id]
                )
                for box in column
            }
            column.sort(key=lambda box: wanted[box.id])  # noqa: B023 (used at once)
            place.update({box.id: number for number, box in enumerate(column)})


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else float(otherwise)


def _heights(columns: list[list[Box]], links: list[tuple[Aim, Aim]]) -> None:
    """Straighten the lines without letting boxes overlap."""
    sides = [_neighbours(links, before=True), _neighbours(links, before=False)]
    boxes = {box.id: box for column in columns for box in column}
    for column in columns:
        _stack(column, [box.y for box in column])
    for number in range(PASSES):
        neighbours = sides[number % 2]
        for column in columns if number % 2 == 0 else reversed(columns):
            wanted = []
            for box in column:
                near = [boxes[o].y + down - own for (o, down), own in neighbours.get(box.id, ())]
                wanted.append(median(near) if near else box.y)
            _stack(column, wanted)
    top = min((box.y for box in boxes.values()), default=0.0)
    for box in boxes.values():
        box.y -= top


def _stack(column: list[Box], wanted: list[float]) -> None:
    """The nearest heights to ``wanted`` that keep the order and the gaps (pool adjacent violators)."""
    offsets, offset = [], 0.0
    for box in column:
        offsets.append(offset)
        offset += box.height + (GAP_Y / 2 if box.is_waypoint else GAP_Y)
    pools: list[tuple[float, int]] = []
    for want, above in zip(wanted, offsets, strict=True):
        pools.append((want - above, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, many), (other, more) = pools[-2], pools[-1]
            pools[-2:] = [((one * many + other * more) / (many + more), many + more)]
    heights = [value for value, many in pools for _ in range(many)]
    for box, height, above in zip(column, heights, offsets, strict=True):
        box.y = height + above


def _lines(boxes: dict[str, Box], forward: dict[str, list[Aim]]) -> list[Line]:
    """The lines by names; ``_finish`` fills the points in."""
    return [
        Line(name, target, [(0.0, down)]) for name, aims in forward.items() for target, down in aims if target in boxes
    ]


def _finish(picture: Picture, columns: list[list[Box]]) -> None:
    """Across, and the points of every line."""
    x = 0.0
    for column in columns:
        width = max((box.width for box in column), default=0.0)
        for box in column:
            box.x = x
            box.width = width if box.is_waypoint else box.width
        x += width + GAP_X
    boxes = picture.boxes
    for line in picture.lines:
        source, target = boxes[line.source], boxes[line.target]
        points = [(source.x + source.width, source.y + line.points[0][1])]
        for layer in range(source.layer + 1, target.layer):
            way = boxes[f"{target.id}@{layer}"]
            points += [(way.x, way.y + way.entry), (way.x + way.width, way.y + way.entry)]
        line.points = [*points, (target.x, target.y + target.entry)]
    real = [box for box in boxes.values() if not box.is_waypoint]
    picture.width = max((box.x + box.width for box in real), default=0.0)
    picture.height = max((box.y + box.height for box in boxes.values()), default=0.0)
