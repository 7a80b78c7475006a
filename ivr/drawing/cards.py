"""What is drawn of a flow: a card per list of steps, a row per step, a port per way out.

Owns: choosing the words of each. Not here: where cards stand (``layout``), how they look (``svg``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ivr.fields import AGAIN, HANGUP, NEXT, Text, Way
from ivr.flow import Block
from ivr.problems import Problem
from ivr.site import Site
from ivr.step import Exit, Step
from ivr.values import clean

from .wording import word

TEXT_BOUND = 120
Q_STYLE = ("queue", "transfer", "callback", "voicemail")


@dataclass(slots=True)
class Port:
    """One way out: ``key`` in a badge, ``text`` beside it; ``target`` a card's id, or "" with ``told`` saying where."""

    key: str
    text: str
    target: str = ""
    told: str = ""


@dataclass(slots=True)
class Row:
    """One step."""

    verb: str
    title: str
    text: str
    ports: list[Port] = field(default_factory=list)
    problems: list[int] = field(default_factory=list)  # numbers in the list of problems
    is_error: bool = False
    medium: str = ""


@dataclass(slots=True)
class Card:
    """One section, or a way's own list of steps; ``onward`` is where it goes at its end, without a way."""

    id: str
    title: str
    rows: list[Row] = field(default_factory=list)
    is_section: bool = True
    is_start: bool = False
    onward: str = ""
    onward_told: str = ""


def cards_of(site: Site, flow: str, language: str, problems: Iterable[Problem] = ()) -> list[Card]:
    """The cards of one flow in the author's order, with the numbers of its problems (from 1)."""
    reader = _Reader(site, flow, language)
    cards = [reader.card(block) for block in site.flows[flow].blocks.values()]
    _mark(site, flow, cards, list(problems))
    return cards


class _Reader:
    def __init__(self, site: Site, flow: str, language: str) -> None:
        self._site, self._flow, self._language = site, site.flows[flow], language

    def card(self, block: Block) -> Card:
        title = block.section if block.is_section else self._of_list(block)
        card = Card(block.id, title, is_section=block.is_section, is_start=block.id == self._flow.start)
        card.rows = [self._row(step) for step in block.steps]
        last = block.steps[-1] if block.steps else None
        onward = (
            {way_out.kind for way_out in last.exits() if way_out.way is None and not way_out.ends} if last else set()
        )
        if onward == {"served"} and (block.is_section or block.after is None):
            card.onward_told = f"■ {word('served', self._language)}"
        elif onward:
            self._onward(card, block)
        return card

    def _of_list(self, block: Block) -> str:
        """A list of steps is named by its way: "otherwise", "1"."""
        parts = block.id.rsplit("].", 1)[-1].split(".")
        return " ".join(word(part, self._language) for part in parts if part not in ("keys", "cases", "go"))

    def _onward(self, card: Card, block: Block) -> None:
        if block.after is None:
            return
        if block.is_section:
            card.onward = block.after[0]
        else:
            card.onward_told = f"↩ {word('goes_on', self._language)}"

    def _row(self, step: Step) -> Row:
        row = Row(step.verb, word(step.verb, self._language), self._text(step))
        row.medium = {"voice": "call_only", "text": "chat_only"}.get(step.on or "", "")
        row.ports = [self._port(step, name, way) for name, way in _merged(step)]
        return row

    def _port(self, step: Step, name: str, way: Way) -> Port:
        key = word(name, self._language)
        port = Port(key, self._label(step, name))
        if way.block in (AGAIN, NEXT, HANGUP):
            signs = {AGAIN: "↻", NEXT: "↓", HANGUP: "■"}
            port.told = f"{signs[way.block]} {word(way.block, self._language)}"
        elif way.block in self._flow.blocks:
            port.target = way.block
        else:
            port.told = f"→ {way.text}" if way.block else f"✗ {way.text}"
        return port

    def _label(self, step: Step, name: str) -> str:
        if name.startswith("case "):
            cases: list[Any] = getattr(step, "cases", [])
            return clean(str(getattr(cases[int(name.split()[1]) - 1], "when", "")), TEXT_BOUND)
        if name.startswith("word "):
            listed = getattr(step, "words", {}).get(name.removeprefix("word "), {})
            spoken: list[str] = listed.get(self._language) or next(iter(listed.values()), [])
            return clean(" / ".join(spoken), TEXT_BOUND)
        label = _of_key(step, name.removeprefix("key "))
        return self._words(label) if label is not None else ""

    def _words(self, text: Text) -> str:
        return clean(text.choose(self._language, self._site.default_language)[0], TEXT_BOUND)

    def _text(self, step: Step) -> str:
        """What the row says of its step."""
        if step.verb == "queue":
            name = str(getattr(step, "name", ""))
            settings = self._site.queues.get(name)
            label = settings.label_in(self._language, name) if settings else name
            return clean(f"{label} ({name})" if label != name else name, TEXT_BOUND)
        texts = [text for loc, text in step.texts() if loc and loc[0] not in ("labels", "ask")]
        if texts:
            return self._words(texts[0])
        return clean(_plain(step), TEXT_BOUND)


def _of_key(step: Step, key: str) -> Text | None:
    labels = getattr(step, "labels", None)
    keys = getattr(step, "keys", None)
    if not isinstance(labels, dict) or not isinstance(keys, dict) or key not in keys:
        return None
    found = labels.get(key, labels.get(getattr(keys[key], "text", "")))
    return found if isinstance(found, Text) else None


def _merged(step: Step) -> Iterator[tuple[str, Way]]:
    """Every way out once: silence and invalid that both go ``otherwise`` are one."""
    seen: set[tuple[Any, ...]] = set()
    ways = [(way_out, way_out.way) for way_out in step.exits() if way_out.way is not None]
    ways += [(Exit("fails", ("fails",)), step.fails)] if step.fails is not None else []
    for way_out, way in ways:
        if way_out.loc not in seen and way is not None:
            seen.add(way_out.loc)
            yield ("otherwise" if way_out.loc == ("otherwise",) else way_out.kind), way


def _plain(step: Step) -> str:
    """The values of a step that says nothing, in short."""
    parts = []
    for name, info in type(step).model_fields.items():
        value = getattr(step, name)
        if name in ("on", "fails", "to", "cases") or value in (None, "", {}, [], info.default):
            continue
        if isinstance(value, str | int | float):
            parts.append(str(value))
        elif isinstance(value, dict) and all(isinstance(one, str | int | float | bool) for one in value.values()):
            parts.append(", ".join(f"{key} = {one}" for key, one in value.items()))
    return "; ".join(parts)


def _mark(site: Site, flow: str, cards: list[Card], problems: list[Problem]) -> None:
    """Put each problem at the row in whose lines it lies."""
    rows: list[tuple[int, Row]] = []
    for card in cards:
        rows += [(step.place().line, row) for step, row in zip(site.blocks[card.id].steps, card.rows, strict=True)]
    rows.sort(key=lambda entry: entry[0])
    for number, problem in enumerate(problems, start=1):
        above = [row for line, row in rows if line <= problem.line]
        if problem.file == site.flows[flow].file and rows:
            row = above[-1] if above else rows[0][1]
            row.problems.append(number)
            row.is_error = row.is_error or problem.severity == "error"
