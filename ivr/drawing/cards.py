"""What is drawn of a flow: a card per list of steps, a row per step, a port per way out.

Owns: choosing the words of each. Not here: where cards stand (``layout``), how they look (``svg``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.fields import AGAIN, BACK, HANGUP, NEXT, Text
from ivr.flow import Block
from ivr.flow_reader import resolve
from ivr.problems import Mark, Problem
from ivr.site import Site
from ivr.step import Step
from ivr.unreadable import Unreadable
from ivr.values import clean

from .ways import TEXT_BOUND, WayOut, ways_out
from .wording import lasting, word

Q_STYLE = ("queue", "transfer", "callback", "voicemail")


@dataclass(slots=True)
class Port:
    """One way out: ``key`` in a badge, ``text`` beside it; ``target`` a card's id, or "" with ``told`` saying where."""

    key: str
    text: str
    target: str = ""
    told: str = ""
    where: str = ""  # the target's title


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
    cards = _Reader(site, flow, language).cards()
    _mark(site, flow, cards, list(problems))
    return cards


class _Reader:
    def __init__(self, site: Site, flow: str, language: str) -> None:
        self._site, self._flow, self._language = site, site.flows[flow], language

    def cards(self) -> list[Card]:
        cards = [self._card(block) for block in self._flow.blocks.values()]
        owners = {port.target: (row, port) for card in cards for row in card.rows for port in row.ports if port.target}
        for card in cards:
            if not card.is_section and card.id in owners:
                row, port = owners[card.id]
                card.title = " ".join(filter(None, (row.title, port.key, port.text)))
        titles = {card.id: card.title for card in cards}
        for port in (port for card in cards for row in card.rows for port in row.ports if port.target):
            port.where = titles[port.target]
        return cards

    def _card(self, block: Block) -> Card:
        card = Card(block.id, block.section, is_section=block.is_section, is_start=block.id == self._flow.start)
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

    def _onward(self, card: Card, block: Block) -> None:
        if block.after is None:
            return
        if block.is_section:
            card.onward = block.after[0]
        else:
            card.onward_told = f"↩ {word('goes_on', self._language)}"

    def _row(self, step: Step) -> Row:
        step = (isinstance(step, Unreadable) and step.rest) or step  # what is right in it
        row = Row(step.verb, word(step.verb, self._language), self._text(step))
        row.medium = {"voice": "call_only", "text": "chat_only"}.get(step.on or "", "")
        row.ports = [self._port(one) for one in ways_out(step, self._site, self._language)]
        return row

    def _port(self, one: WayOut) -> Port:
        port, way = Port(one.key, one.text, told=one.told), one.way
        if way is None:
            return port
        block = way.block or ("" if way.steps else resolve(self._site.flows, self._flow.name, way))
        signs = {AGAIN: "↻", NEXT: "↓", HANGUP: "■", BACK: "↩"}
        if block in signs:
            port.told = f"{signs[block]} {word(block, self._language)}"
        elif block in self._flow.blocks:
            port.target = block
        else:
            port.told = f"→ {way.text}" if block else f"✗ {way.text or word('own_steps', self._language)}"
        return port

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
        return clean(_plain(step, self._language), TEXT_BOUND)


def _plain(step: Step, language: str) -> str:
    """The values of a step that says nothing, in short. Its only fractions are durations."""
    parts = []
    for name, info in type(step).model_fields.items():
        value = getattr(step, name)
        if name in ("on", "fails", "to", "cases") or value in (None, "", {}, [], info.default):
            continue
        if isinstance(value, float):
            parts.append(lasting(value, language))
        elif isinstance(value, str | int):
            parts.append(str(value))
        elif isinstance(value, dict) and all(isinstance(one, str | int | float | bool) for one in value.values()):
            parts.append(", ".join(f"{key} = {one}" for key, one in value.items()))
    return "; ".join(parts)


def _mark(site: Site, flow: str, cards: list[Card], problems: list[Problem]) -> None:
    """Put each problem at the step that it stands in; what is about a section or the flow, at the first one there."""
    steps = [pair for card in cards for pair in zip(site.blocks[card.id].steps, card.rows, strict=True)]
    for number, problem in enumerate(problems, start=1):
        if problem.file != site.flows[flow].file or not steps:
            continue
        path = steps[0][0].path_at(Mark(problem.line, problem.column))
        around = max(steps, key=lambda pair: pair[0].holds(path))
        inside = [pair for pair in steps if pair[0].is_inside(path)]
        row = (around if around[0].holds(path) else inside[0] if inside else steps[0])[1]
        row.problems.append(number)
        row.is_error = row.is_error or problem.severity == "error"
