"""Seconds until a human: the quickest path of a caller who listens until the option is said, and then presses.

Owns: what each wait costs, and the quickest path. Not here: how long speech lasts (``durations``).
"""

from __future__ import annotations

import heapq
import re
from itertools import count

from ivr.call_effects import Listen
from ivr.durations import seconds
from ivr.effects import Ask, EnterQueue, Play, Speech, Spoken
from ivr.site import Site
from ivr.waits import KeysPressed, WordsHeard

from .explore import Edge, Exploration, Node
from .paths import Path

REACTION_S = 1.0
KEYSTROKE_S = 0.5
SAYING_S = 3.0  # a short answer, the pause that ends it, and its recognition
HUMAN = ("EnterQueue", "Transfer")  # effects that give the contact to people
_NAMES = {"*": ("*", "star", "星号"), "#": ("#", "pound", "hash", "井号")}


def quickest(walk: Exploration) -> tuple[float, Path] | None:
    """``(seconds, path)`` of the shortest way to people; None where no path leads there."""
    best: dict[int, float] = {}
    came: dict[int, Edge] = {}
    order = count()  # so that equal ways are taken in the order they were found
    pending = [(0.0, next(order), edge) for edge in walk.edges if edge.source is None]
    while pending:
        spent, _, edge = heapq.heappop(pending)
        number = edge.target.number
        if number in best:
            continue
        best[number], came[number] = spent, edge
        node = edge.target
        if reaches_people(node):
            return spent + greeting_s(walk.site, node), _back(came, edge)
        for onward in node.edges:
            if not onward.is_failure and onward.target.number not in best:
                heapq.heappush(pending, (spent + cost(walk.site, onward), next(order), onward))
    return None


def _back(came: dict[int, Edge], edge: Edge) -> Path:
    path = [edge]
    while path[-1].source is not None:
        path.append(came[path[-1].source.number])
    return tuple(reversed(path))


def reaches_people(node: Node) -> bool:
    """Whether the contact is given to people there."""
    return bool(node.turn.effects) and node.turn.effects[-1].type in HUMAN


def greeting_s(site: Site, node: Node) -> float:
    effect = node.turn.effects[-1]
    return seconds(site, effect.greeting) if isinstance(effect, EnterQueue) else 0.0


def cost(site: Site, edge: Edge) -> float:
    """Seconds from the beginning of the wait to this answer."""
    effect = edge.source.turn.effects[-1] if edge.source is not None else None
    if isinstance(effect, Play):
        return seconds(site, effect.speech)
    if isinstance(edge.happening, WordsHeard):
        return seconds(site, getattr(effect, "speech", ())) + REACTION_S + SAYING_S
    if isinstance(effect, Ask | Listen):
        if not isinstance(edge.happening, KeysPressed):
            return seconds(site, effect.speech) + effect.first_s
        keys = edge.happening.digits
        return heard_until(site, effect.speech, keys) + REACTION_S + KEYSTROKE_S * (len(keys) - 1)
    return 0.0


def heard_until(site: Site, speech: tuple[Speech, ...], key: str) -> float:
    """Seconds until ``key`` has been offered; all of them where it is not named."""
    before = 0.0
    for part in speech:
        lasts = seconds(site, (part,))
        where = _mention(part.text, key) if isinstance(part, Spoken) else None
        if where is not None:
            return before + lasts * where
        before += lasts
    return before


def _mention(text: str, key: str) -> float | None:
    """How far into the text the key is named, 0..1."""
    for name in _NAMES.get(key, (key,)):
        found = re.search(rf"(?<![0-9]){re.escape(name)}(?![0-9])", text)
        if found is not None:
            return found.end() / len(text)
    return None
