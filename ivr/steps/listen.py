"""``listen``: words from the contact, spoken or typed, kept under a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from ivr.call_effects import Listen as ListenEffect
from ivr.choices import chosen
from ivr.effects import Effect, SetVariables, Speech
from ivr.fields import ONE_OR_MORE, Duration, KeyName, LanguageCode, Text, VariableName, Word, as_list
from ivr.problems import did_you_mean, quote
from ivr.question import Question
from ivr.scene import Scene
from ivr.step import Exit, Move, Next
from ivr.strict_yaml import Path
from ivr.values import clean

WORDS_BOUND = 200
_Words = Annotated[list[Word], BeforeValidator(as_list), ONE_OR_MORE]


class Listen(Question):
    """Voice: plays ``prompt`` and takes what is said (until a pause of ``pause``, ``longest`` at most) or a key of
    ``keys``. Text: writes ``ask`` (or ``prompt``) and takes the message.

    ``words`` is the small grammar: each value with the words that mean it. Without ``words`` anything may be said, and
    the text itself is kept. ``keys`` (key: value) are the way for those who are not understood; where no recogniser is
    installed only the keys count, and without keys the step goes ``otherwise``.
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
    words: dict[Word, dict[LanguageCode, _Words]] = {}
    keys: dict[KeyName, Word] = {}
    longest: Annotated[Duration, Field(ge=1.0, le=60.0)] = 10.0
    pause: Annotated[Duration, Field(ge=0.3, le=5.0)] = 1.0

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        if scene.is_voice:
            return scene.speech(self.prompt), "", ()
        return (), scene.written(self.ask or self.prompt), ()

    def asking(self, scene: Scene, said: tuple[Speech, ...]) -> Effect:
        phrases = [word for per_language in self.words.values() for word in per_language.get(scene.language, [])]
        return ListenEffect(
            speech=said,
            language=scene.language,
            phrases=tuple(dict.fromkeys(phrases)),
            keys=tuple(self.keys),
            first_s=self.wait,
            longest_s=self.longest,
            pause_s=self.pause,
        )

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        if not is_typed:
            return self._kept(self.keys[answer]) if answer in self.keys else None
        if not self.words:
            text = clean(answer, WORDS_BOUND)
            return self._kept(self.keys.get(text, text)) if text else None
        listed = {value: [word for per in words.values() for word in per] for value, words in self.words.items()}
        meant = chosen(self.keys.get(answer.strip(), answer), {value: value for value in self.words}, listed)
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
