"""``gather``: digits from the contact, checked, read back, kept under a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from ivr.effects import SetVariables, Speech
from ivr.expressions import parse
from ivr.fields import ONE_OR_MORE, LengthField, Span, SpanField, Text, VariableName, YesNo, as_list
from ivr.question import INVALID, Question
from ivr.scene import Scene
from ivr.step import Exit, Fail, Move, Next
from ivr.strict_yaml import Path
from ivr.validity import ANSWER, CHECKS, STARRED, ValidField, is_valid
from ivr.values import clean, simplified

_YES = ("1", "yes", "y", "ok", "对", "是", "是的", "好", "对的", "正确")
_CHINESE = str.maketrans("零〇一二三四五六七八九", "00123456789")
_NO = ("2", "no", "n", "不", "不对", "不是", "错", "错了")


class Gather(Question):
    """Voice: plays ``prompt`` and takes ``digits`` keys, ended by ``ends``. Text: writes it and takes a message
    that holds so many digits (spaces and dashes do not matter). ``confirm: yes`` reads them back and asks.
    ``valid`` says what else must hold: ``luhn``, ``date`` (20261001), ``time`` (0930), ``mobile``, ``identity``, or a
    condition such as ``answer <= 31``. ``letters: 2-200`` takes words instead, on chats.
    """

    verb = "gather"
    one_of = ("digits", "letters")
    phrases = ("malformed", "silence", "entered", "confirm_keys", "invalid")
    pieces = ("digits",)
    invalid_phrase = "malformed"
    EXAMPLE: ClassVar[str] = """
    start:
      - gather:
          as: order
          prompt: {zh: 请输入订单号，以井号键结束。, en: Please enter your order number and press pound.}
          ask: {zh: 请输入订单号。, en: Please type your order number.}
          digits: 6-12
          ends: "#"
          confirm: yes
          otherwise: person
      - say: {zh: 订单$(order)正在配送。, en: Order $(order) is on its way.}
      - hangup
    person:
      - queue: orders
    """

    name: VariableName = Field(alias="as")
    prompt: Text
    ask: Text | None = None
    digits: SpanField | None = None
    letters: LengthField | None = None
    valid: Annotated[list[ValidField], BeforeValidator(as_list), ONE_OR_MORE] = []
    ends: Literal["#", "*", ""] = "#"
    confirm: YesNo = False

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        entered = scene.state.get("entered", "")
        if not entered:
            text = "" if scene.is_voice else scene.written(self.ask or self.prompt)
            return (scene.speech(self.prompt) if scene.is_voice else ()), text, ()
        if scene.is_voice:
            said = (
                scene.phrase_speech("entered"),
                scene.piece("digits", entered),
                scene.phrase_speech("confirm_keys"),
            )
            return said, "", ()
        text = scene.phrase("confirm_text").replace("{value}", entered)
        return (), text, (("1", scene.phrase("yes")), ("2", scene.phrase("no")))

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        if scene.state.get("entered"):
            return {"min": 1, "max": 1}
        digits = self.digits or Span(1, 1)
        return {"min": digits.least, "max": digits.most, "ends": self.ends}

    def enter(self, scene: Scene) -> Move:
        return Fail("letters cannot be pressed") if scene.is_voice and self.digits is None else super().enter(scene)

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        if scene.state.get("entered"):
            return self._confirmed(scene, answer)
        given = self._given(answer, is_typed=is_typed)
        if given is None or not all(is_valid(check, given, scene.lookup) for check in self.valid):
            return None
        if not self.confirm:
            return self._kept(given)
        return self.asked_anew(scene, {"wrong": scene.state.get("wrong", 0), "entered": given})

    def _given(self, answer: str, *, is_typed: bool) -> str | None:
        """The answer as it is kept; None where it has not the right form."""
        if self.digits is None:
            text = clean(answer)
            return text if self.letters is not None and self.letters.least <= len(text) <= self.letters.most else None
        digits = simplified(answer).replace(" ", "").translate(_CHINESE) if is_typed else answer
        if any(check in STARRED for check in self.valid):
            digits = digits.upper().replace("X", "*")
        is_right = digits.isascii() and (digits.removesuffix("*") if self.valid else digits).isdigit()
        return digits if is_right and self.digits.least <= len(digits) <= self.digits.most else None

    def _confirmed(self, scene: Scene, answer: str) -> Move | None:
        text = simplified(answer)
        if text in _YES:
            return self._kept(str(scene.state["entered"]))
        if text in _NO:
            used = int(scene.state.get("wrong", 0)) + 1
            return self.given_up(INVALID) if used >= self.tries else self.asked_anew(scene, {"wrong": used})
        return None

    def _kept(self, digits: str) -> Move:
        return Next((SetVariables({self.name: digits}),), note=f"gather {self.name}")

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=True)
        yield from super().exits()

    def names_set(self) -> Iterator[str]:
        yield self.name

    def names_read(self) -> Iterator[tuple[Path, str]]:
        for index, check in enumerate(self.valid):
            names = set() if check in CHECKS else parse(check).names() - {ANSWER}
            yield from ((("valid", index), name) for name in sorted(names))

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if (self.digits is None) == (self.letters is None):
            yield (), "gather takes either digits or letters", "write 'digits: 6-12', or 'letters: 2-200' for chats"
