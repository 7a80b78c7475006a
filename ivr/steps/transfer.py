"""``transfer``: joins the contact with an agent's phone, an extension, or a number outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ivr.call_effects import Transfer as TransferEffect
from ivr.expressions import ExpressionError
from ivr.fields import Duration, Text, Way, WayField, Word
from ivr.filled import names_in
from ivr.outside import number_of
from ivr.scene import Scene
from ivr.step import VOICE, Exit, Fail, Go, Move, Next, Step, Wait
from ivr.strict_yaml import Path
from ivr.templates import fill
from ivr.waits import Happening, Performed

TALKED, BUSY, NO_ANSWER, FAILED, NOT_ALLOWED = "talked", "busy", "no_answer", "failed", "not_allowed"
EXTENSION_DIGITS = 6


class Transfer(Step):
    """Voice only. ``to`` is an agent's extension or one of the site's ``extensions``, ``number`` a telephone number
    outside that the site's ``trunk: allow`` permits. ``say`` is played first, the phone rings for ``time``.

    When the talk is over the next step is done; without one the flow ends. Ways out where nobody was reached: ``busy``,
    ``no_answer``, ``failed`` (no such phone, not registered, not allowed), ``otherwise`` for all of these.
    """

    verb = "transfer"
    one_of = ("to", "number")
    media = (VOICE,)
    short = "to"
    EXAMPLE: ClassVar[str] = """
    start:
      - transfer: {to: 1001, say: {zh: 正在转接。, en: One moment please.}, time: 20 s, otherwise: person}
        on: voice
    person:
      - queue: orders
    """

    to: Word = ""
    number: Word = ""
    say: Text | None = None
    time: Annotated[Duration, Field(ge=1.0, le=120.0)] = 25.0
    busy: WayField | None = None
    no_answer: WayField | None = None
    failed: WayField | None = None
    otherwise: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        speech = scene.speech(self.say) if self.say is not None else ()
        try:
            target = fill(self.number or self.to, scene.lookup)
        except ExpressionError as error:
            return Fail(str(error))
        if self.number:
            kind, target = "outside", number_of(target)
        else:
            kind = "agent" if target in scene.site.agents else "extension"
            target = target if target.isascii() and target.isdigit() and len(target) <= EXTENSION_DIGITS else ""
        if not target:
            return Fail("there is no number to transfer to")
        return Wait((TransferEffect(kind=kind, target=target, speech=speech, ring_s=self.time),))

    def answer(self, scene: Scene, happening: Happening) -> Move:
        result = happening.result if isinstance(happening, Performed) else FAILED
        if result == TALKED:
            return Next(note="transfer served", is_served=True)
        way = {BUSY: self.busy, NO_ANSWER: self.no_answer}.get(result, self.failed) or self.otherwise
        return Go(way, note=result) if way is not None else Next(note=result)

    def rescue(self) -> Way | None:
        return self.fails or self.failed or self.otherwise

    def exits(self) -> Iterator[Exit]:
        yield Exit("served", is_heard=True)
        for name in (BUSY, NO_ANSWER, FAILED):
            own: Way | None = getattr(self, name)
            yield Exit(name, (name,) if own else ("otherwise",), own or self.otherwise)

    def names_read(self) -> Iterator[tuple[Path, str]]:
        yield from ((("to",), name) for name in names_in(self.to))
        yield from ((("number",), name) for name in names_in(self.number))

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if bool(self.to) == bool(self.number):
            yield (), "a transfer needs one target", "write 'to: EXTENSION', or 'number: NUMBER' for one outside"
