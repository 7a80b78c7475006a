"""One conversation with the engine: sounds end by themselves, services answer from a table, the rest is up to whoever
talks.

Owns: driving the engine, and what was said as lines of text. Not here: who talks (a test, the terminal).

    talk = Talk(site, flow="main", medium="voice", at=0.0)
    talk.does(KeysPressed("1"))
    print(talk.heard, talk.session.trail)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ivr import waits
from ivr.call_effects import RecordCall
from ivr.catalog import rendered
from ivr.effects import Effect, EndFlow, EnterQueue, Play, SendMessage, Speech, Write
from ivr.effects import Spoken as SpokenWords
from ivr.engine import Engine, Turn
from ivr.proof.services import RECORDED
from ivr.service_calls import SendText
from ivr.session import Session, Value
from ivr.site import Site
from ivr.step import Step
from ivr.waits import Failed, Happening, PlayEnded

QUIET = ("Play", "PlayTake")  # end by themselves
ASKING = ("Ask", "AwaitText", "Listen", "EnterQueue")  # answered by the contact, or by what happens in the queue
ORDINARY: dict[str, Any] = {  # by effect: what the outside usually answers
    "OpenTicket": {"number": "10023"},
    "KeepSurvey": {},
    "SendText": {},
    "SendCode": {"to": "8000"},
    "KeepIdentity": {},
    "AnswerCall": "answered",
    "KeepMessage": "kept",
    "RequestCallback": "kept",
}
AUTO_BOUND = 200
CONTACT, SITE, SYSTEM = "contact", "site", "system"


@dataclass(frozen=True, slots=True)
class Line:
    """``who``: "contact", "site" or "system"; ``place``: the step, e.g. ``main.menu[0]``."""

    who: str
    text: str
    place: str = ""


class Talk:
    """``replies``: what services answer, by section, block or verb: ``{"lookup": [{"status": 200, "body": {}}]}``; of
    several the last one stays. ``with_defaults``: services whose answer hardly matters give an ordinary one, kept in
    ``given``. ``facts``: values of the moment, such as ``queue.orders.waiting``."""

    def __init__(
        self,
        site: Site,
        *,
        flow: str,
        medium: str,
        at: float,
        language: str = "",
        known: Mapping[str, Value] | None = None,
        facts: Mapping[str, Value] | None = None,
        replies: Mapping[str, list[Any]] | None = None,
        with_defaults: bool = False,
    ) -> None:
        self.site, self.medium, self.at = site, medium, at
        self.facts = dict(facts or {})
        self._replies = {name: list(rows) for name, rows in (replies or {}).items()}
        self._with_defaults = with_defaults
        self.given: dict[str, list[Any]] = {}
        self._engine = Engine(site)
        self.lines: list[Line] = []
        self.heard: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.faults: list[str] = []
        start = self._engine.start(
            flow=flow, medium=medium, at=at, language=language, variables=known, facts=self.facts
        )
        self.turn = self._taken(start)
        self._go_on()

    @property
    def session(self) -> Session:
        return self.turn.session

    @property
    def is_over(self) -> bool:
        return self.session.is_over

    @property
    def waiting(self) -> Effect | None:
        """What is waited for now."""
        return self.turn.effects[-1] if self.turn.effects and not self.is_over else None

    @property
    def step(self) -> Step | None:
        """The step it stands at."""
        block = self.site.blocks.get(self.session.block)
        return block.steps[self.session.index] if block and self.session.index < len(block.steps) else None

    def does(self, happening: Happening, said: str = "") -> None:
        """Something happens; ``said`` is how it reads."""
        self.heard, self.sent = [], []
        self.lines.append(Line(CONTACT, said or str(happening), self.place))
        self._resume(happening)
        self._go_on()

    @property
    def place(self) -> str:
        return f"{self.session.block}[{self.session.index}]"

    def _resume(self, happening: Happening) -> None:
        before = self.turn
        turn = self._engine.resume(before.session, happening, self.at, facts=self.facts)
        if turn.effects or turn.session != before.session:
            self.turn = self._taken(turn)

    def _go_on(self) -> None:
        """End sounds and answer services until somebody has to do something."""
        for _ in range(AUTO_BOUND):
            effect = self.waiting
            if effect is None or effect.type in ASKING:
                return
            happening = PlayEnded() if effect.type in QUIET else self._reply(effect)
            if happening is None:
                return
            self._resume(happening)

    def _reply(self, effect: Effect) -> Happening | None:
        """What the table answers for a service; None: nothing, somebody has to say it."""
        section = self.site.blocks[self.session.block].section
        for name in (self.session.block, section, self.session.verb, effect.type):
            rows = self._replies.get(name)
            if rows:
                row = rows.pop(0) if len(rows) > 1 else rows[0]
                self.lines.append(Line(SYSTEM, f"{self.session.verb}: {row_text(row)}", self.place))
                return answer_from(effect, row)
        row = _ordinary(effect) if self._with_defaults else None
        if row is None:
            return None
        self.given.setdefault(effect.type, []).append(row)
        self.lines.append(Line(SYSTEM, f"{self.session.verb}: {row_text(row)}", self.place))
        return answer_from(effect, row)

    def _taken(self, turn: Turn) -> Turn:
        if turn.fault:
            self.faults.append(turn.fault)
            self.lines.append(Line(SYSTEM, f"fault: {turn.fault}"))
        place = f"{turn.session.block}[{turn.session.index}]"
        for effect in turn.effects:
            for text in said(self.site, effect):
                self.heard.append(text)
                self.lines.append(Line(SITE, text, place))
            self._note(effect, place)
        return turn

    def _note(self, effect: Effect, place: str) -> None:
        """What is done and not said."""
        if isinstance(effect, SendMessage | SendText):
            self.sent.append((effect.channel, effect.text))
            self.lines.append(Line(SYSTEM, f"sends by {effect.channel}: {effect.text}", place))
        elif isinstance(effect, EnterQueue):
            self.lines.append(Line(SYSTEM, f"queue {effect.queue}", place))
        elif isinstance(effect, EndFlow):
            self.lines.append(Line(SYSTEM, f"the end: {effect.outcome or effect.cause}", place))


def _ordinary(effect: Effect) -> Any:
    """What the outside usually answers; None where nobody could guess."""
    return RECORDED[effect.action] if isinstance(effect, RecordCall) else ORDINARY.get(effect.type)


def answer_from(effect: Effect, row: Any) -> Happening:
    """A row of a table as the answer: ``{fails: why}``, ``{result: busy}`` for what is done with a call, else the
    service's own values."""
    if isinstance(row, str):
        row = {"result": row}
    if isinstance(row, Mapping) and "fails" in row:
        return Failed(str(row["fails"]))
    values = dict(row) if isinstance(row, Mapping) else {}
    if "Performed" in getattr(effect, "waits_for", ()):
        performed: Happening = getattr(waits, "Performed")(str(values.pop("result", "")), values)  # noqa: B009
        return performed
    return waits.Answered(values)


def row_text(row: Any) -> str:
    """An answer as it is written on the command line."""
    return row if isinstance(row, str) else json.dumps(row, ensure_ascii=False, default=str)


def said(site: Site, effect: Effect) -> Iterable[str]:
    """What an effect says, sentence by sentence."""
    if isinstance(effect, Write):
        return [effect.text]
    parts: tuple[Speech, ...] = (
        *getattr(effect, "speech", ()),
        *getattr(effect, "greeting", ()),
        *getattr(effect, "hint", ()),
    )
    return sentences(site, parts) if parts or isinstance(effect, Play) else []


def sentences(site: Site, parts: tuple[Speech, ...]) -> list[str]:
    """Speech as text: the words of values run on within their sentence."""
    texts: list[str] = []
    for part in parts:
        is_value = not isinstance(part, SpokenWords)
        for one in rendered(site, (part,)):
            text = one.text if isinstance(one, SpokenWords) else f"[{one.path}]"
            glue = "" if one.language == "zh" else " "
            if texts and is_value and isinstance(one, SpokenWords):
                texts[-1] += glue + text
            else:
                texts.append(text)
    return texts
