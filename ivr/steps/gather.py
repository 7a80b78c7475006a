"""``gather``: digits from the contact, checked, read back, kept under a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from ivr.effects import SetVariables, Speech
from ivr.fields import SpanField, Text, VariableName, YesNo
from ivr.question import INVALID, Question
from ivr.scene import Scene
from ivr.step import Exit, Move, Next
from ivr.values import simplified

_YES = ("1", "yes", "y", "ok", "对", "是", "是的", "好", "对的", "正确")
_NO = ("2", "no", "n", "不", "不对", "不是", "错", "错了")


class Gather(Question):
    """Voice: plays ``prompt`` and takes ``digits`` keys, ended by ``ends``. Text: writes it and takes a message
    that holds so many digits (spaces and dashes do not matter). ``confirm: yes`` reads them back and asks.
    """

    verb = "gather"
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
    digits: SpanField
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
        return {"min": self.digits.least, "max": self.digits.most, "ends": self.ends}

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        if scene.state.get("entered"):
            return self._confirmed(scene, answer)
        digits = simplified(answer).replace(" ", "") if is_typed else answer
        is_right = digits.isascii() and digits.isdigit()
        if not is_right or not self.digits.least <= len(digits) <= self.digits.most:
            return None
        if not self.confirm:
            return self._kept(digits)
        return self.asked_anew(scene, {"wrong": scene.state.get("wrong", 0), "entered": digits})

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
