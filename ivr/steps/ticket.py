"""``ticket``: opens a ticket and tells its number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ivr.effects import Effect, SetVariables
from ivr.fields import Duration, Name, Text, VariableName, YesNo
from ivr.scene import Scene
from ivr.service_calls import OpenTicket
from ivr.step import Fail, Move, Next, Step, Wait
from ivr.strict_yaml import Path
from ivr.waits import Answered, Happening


class Ticket(Step):
    """Both media. Opens a ticket for this matter with the values collected (``with`` names some, else all), keeps its
    number under ``save`` and tells it ("ticket 10023", digit by digit on a call); ``tell: no`` is silent about it.

    ``subject`` and ``text`` are for the colleagues, in the site's first language.
    """

    verb = "ticket"
    short = "subject"
    text_only = ("subject", "text")
    phrases = ("ticket_number",)
    pieces = ("digits",)
    EXAMPLE: ClassVar[str] = """
    start:
      - ticket:
          type: repair
          level: high
          subject: {zh: 客户报修, en: A repair is wanted}
          text: {zh: 订单$(order), en: Order $(order)}
          due: 24 h
          save: ticket
          fails: person
      - say: {zh: 我们会在一天内联系您。, en: We will contact you within a day.}
      - hangup
    person:
      - queue: orders
    """

    subject: Text
    kind: Name = Field(default="request", alias="type")
    level: Literal["low", "normal", "high", "urgent"] = "normal"
    text: Text | None = None
    values: Annotated[list[VariableName] | None, Field(alias="with")] = None
    due: Duration | None = None
    save: VariableName = "ticket"
    tell: YesNo = True

    def enter(self, scene: Scene) -> Move:
        number = str(scene.state.get("number", ""))
        return self._told(scene, number) if number else Wait((self._ticket(scene),))

    def _ticket(self, scene: Scene) -> OpenTicket:
        language = scene.site.default_language
        own = {name: value for name, value in scene.session.variables.items() if "." not in name}
        return OpenTicket(
            key=scene.key,
            kind=self.kind,
            level=self.level,
            subject=scene.written(self.subject, language),
            text=scene.written(self.text, language) if self.text is not None else "",
            values=own if self.values is None else {name: own[name] for name in self.values if name in own},
            due_s=self.due,
        )

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if not isinstance(happening, Answered):
            return Next()  # the number has been said
        number = str(happening.values.get("number", ""))
        if not (number.isascii() and number.isdigit() and len(number) <= 12):
            return Fail("the ticket has no number")
        return self._told(scene, number)

    def _told(self, scene: Scene, number: str) -> Move:
        kept: tuple[Effect, ...] = (SetVariables({self.save: number}),)
        if not self.tell:
            return Next(kept, note=f"ticket {number}")
        if not scene.is_voice:
            text = scene.phrase("ticket_text").replace("{number}", number)
            return Next((*kept, *scene.tell((), text)), note=f"ticket {number}")
        speech = (scene.phrase_speech("ticket_number"), scene.piece("digits", number))
        return Wait((*kept, *scene.tell(speech, "")), {"number": number})

    def names_set(self) -> Iterator[str]:
        yield self.save

    def names_read(self) -> Iterator[tuple[Path, str]]:
        yield from ((("with", index), name) for index, name in enumerate(self.values or ()))

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        for name in ("subject", "text"):
            text: Text | None = getattr(self, name)
            if text is not None and any(prompt.endswith(".wav") for prompt in text.root.values()):
                yield (name,), "a ticket cannot hold a sound file", "write the words"
