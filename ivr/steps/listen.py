"""``listen``: words from the contact, spoken or typed, kept under a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ivr.call_effects import Listen as ListenEffect
from ivr.choices import chosen
from ivr.effects import Effect, SetVariables, Speech
from ivr.fields import Duration, KeyName, Text, VariableName, Word
from ivr.hearing import NUMBERS, Hearing
from ivr.problems import did_you_mean, quote
from ivr.scene import Scene
from ivr.step import Exit, Move, Next
from ivr.strict_yaml import Path
from ivr.values import clean

WORDS_BOUND = 200


class Listen(Hearing):
    """Voice: plays ``prompt`` and takes what is said (until a pause of ``pause``, ``longest`` at most) or a key of
    ``keys``. Text: writes ``ask`` (or ``prompt``) and takes the message.

    ``words`` is the small grammar: each value with the words that mean it. Without ``words`` anything may be said, and
    the text itself is kept. ``keys`` (key: value) are the way for those who are not understood; values without a key
    get a number. Where no recogniser is installed only keys and numbers count; where there are none the caller is told
    so, and the step goes ``fails`` or ``otherwise``.
    """

    verb = "listen"
    phrases = ("not_understood", "silence")
    invalid_phrase = "not_understood"
    EXAMPLE: ClassVar[str] = """
    start:
      - listen:
          as: topic
          prompt: {zh: 请说订单或维修，也可以按1或2。, en: "Please say orders or repairs, or press 1 or 2."}
          ask: {zh: 是订单还是维修？, en: Is it about orders or repairs?}
          words:
            orders: {zh: [订单, 快递], en: [order, orders, delivery]}
            repairs: {zh: [维修, 坏了], en: [repair, repairs, broken]}
          keys: {1: orders, 2: repairs}
          otherwise: person
      - say: {zh: 好的。, en: All right.}
      - hangup
    person:
      - queue: orders
    """

    name: VariableName = Field(alias="as")
    prompt: Text
    ask: Text | None = None
    keys: dict[KeyName, Word] = {}
    longest: Annotated[Duration, Field(ge=1.0, le=60.0)] = 10.0
    pause: Annotated[Duration, Field(ge=0.3, le=5.0)] = 1.0

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        if scene.is_voice:
            return scene.speech(self.prompt), "", ()
        return (), scene.written(self.ask or self.prompt), ()

    def asking(self, scene: Scene, said: tuple[Speech, ...]) -> Effect:
        phrases = [word for per_language in self.words.values() for word in per_language.get(scene.language, [])]
        effect = ListenEffect(
            speech=said,
            language=scene.language,
            phrases=tuple(dict.fromkeys(phrases)),
            first_s=self.wait,
            longest_s=self.longest,
            pause_s=self.pause,
        )
        return self.heard(scene, effect)

    def own_keys(self) -> dict[str, str]:
        return self.keys

    def keyless(self) -> list[str]:
        return [value for value in self.words if value not in self.keys.values()]

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        keys = {**self.keys, **self.numbers()}
        if not is_typed:
            return self._kept(keys[answer]) if answer in keys else None
        if not self.words:
            text = clean(answer, WORDS_BOUND)
            return self._kept(keys.get(text, text)) if text else None
        listed = {value: [word for per in words.values() for word in per] for value, words in self.words.items()}
        meant = chosen(keys.get(answer.strip(), answer), {value: value for value in self.words}, listed)
        return self._kept(meant.pop()) if len(meant) == 1 else None

    def _kept(self, value: str) -> Move:
        return Next((SetVariables({self.name: value}),), note=f"listen {self.name}")

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=True)
        yield from super().exits()

    def names_set(self) -> Iterator[str]:
        yield self.name

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        for key, value in self.keys.items():
            if self.words and value not in self.words:
                yield ("keys", key), f"{quote(value)} is not one of 'words'", did_you_mean(value, self.words)
        if len(self.keyless()) > len(self.numbers()):
            text = f"more than {len(NUMBERS)} choices: no number is left for {quote(self.keyless()[-1])}"
            yield ("words", self.keyless()[-1]), text, "take fewer values, or give some a key"
