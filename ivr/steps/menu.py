"""``menu``: a choice by keys on a call, by number, label or word on a chat."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

from ivr.call_effects import Listen
from ivr.choices import chosen
from ivr.effects import Effect, Speech
from ivr.fields import AGAIN, KeyName, Text, Way, WayField, Word, YesNo, to_way
from ivr.hearing import NUMBERS, Hearing
from ivr.problems import Place, did_you_mean, quote
from ivr.scene import Scene
from ivr.step import Exit, Go, Move
from ivr.strict_yaml import Path


class Menu(Hearing):
    """Voice: plays ``prompt`` and takes keys (they stop the sound). Text: writes ``ask`` (or ``prompt``) with the
    labelled options as numbered lines and takes the number, the label or one of ``words`` as answer.

    Wrong and missing answers are asked again, ``tries`` times in all; then ``silence``, ``invalid`` or
    ``otherwise`` is the way out. ``labels`` and ``words`` are named by the key or by the section the key leads to.
    ``listen: yes``: on a call they may be spoken, too. A name among ``words`` to which no key leads is a way out of
    its own, by word: then calls listen anyhow, and ``keys`` may be left out altogether.
    """

    verb = "menu"
    text_only = ("ask", "labels")
    EXAMPLE: ClassVar[str] = """
    start:
      - menu:
          prompt: {zh: 订单请按1，人工请按0，重听请按星号键。, en: "For orders press 1, for a person 0, again star."}
          ask: {zh: 请问需要什么帮助？, en: How can we help?}
          keys: {1: orders, 0: person, "*": again}
          labels: {1: {zh: 订单, en: Orders}, 0: {zh: 人工, en: A person}}
          words: {orders: {zh: [订单, 物流], en: [order, delivery]}}
          otherwise: person
    orders:
      - say: {zh: 订单都在路上。, en: Your order is on its way.}
      - hangup
    person:
      - queue: orders
    """

    prompt: Text
    ask: Text | None = None
    keys: dict[KeyName, WayField] = {}
    labels: dict[Word, Text] = {}
    listen: YesNo = False

    @cached_property
    def by_word(self) -> dict[str, Way]:
        """The ways that only a word leads to."""
        names = {*self.keys, *(way.text for way in self.keys.values())}
        return {name: to_way(name) for name in self.words if name not in names and is_way(name)}

    @cached_property
    def choices(self) -> dict[str, Way]:
        """Every key that counts -> its way: the author's, and the numbers of the choices by word."""
        return {**self.keys, **{key: self.by_word[name] for key, name in self.numbers().items()}}

    def own_keys(self) -> dict[str, Way]:
        return self.keys

    def keyless(self) -> list[str]:
        return list(self.by_word)

    def name_of(self, choice: str) -> Text:
        return self.labels.get(choice) or super().name_of(choice)

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        if scene.is_voice:
            return scene.speech(self.prompt), "", ()
        return (), scene.written(self.ask or self.prompt), self.options(scene)

    def options(self, scene: Scene) -> tuple[tuple[str, str], ...]:
        """The labelled keys, in the author's order."""
        labelled = ((key, self._of_key(self.labels, key)) for key in self.choices)
        return tuple((key, scene.written(label)) for key, label in labelled if label is not None)

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        return {"min": 1, "max": max(len(key) for key in self.keys)}

    def asking(self, scene: Scene, said: tuple[Speech, ...]) -> Effect:
        if not self.listen and not self.by_word:
            return super().asking(scene, said)
        phrases = tuple(dict.fromkeys(word for key in self.choices for word in self._spoken_words(scene, key)))
        return self.heard(scene, Listen(speech=said, language=scene.language, phrases=phrases, first_s=self.wait))

    def _spoken_words(self, scene: Scene, key: str) -> list[str]:
        label = self._of_key(self.labels, key)
        words = (self._of_key(self.words, key) or {}).get(scene.language, [])
        return [*words, *([scene.written(label)] if label is not None else [])]

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        key = self.key_of(scene, answer) if is_typed else answer
        if key not in self.choices:
            return None
        return Go(self.choices[key], note=f"{self.verb} {key}")

    def key_of(self, scene: Scene, answer: str) -> str:
        """The key meant by a written answer; "" where none or more than one is meant."""
        words = {key: self._words_of(key) for key in self.choices}
        meant = chosen(answer, dict(self.options(scene)), words)
        targets = {self.choices[key].text or key for key in meant}
        return min(meant) if len(targets) == 1 else ""

    def _words_of(self, key: str) -> list[str]:
        per_language = self._of_key(self.words, key) or {}
        own = [word for words in per_language.values() for word in words]
        label = self._of_key(self.labels, key)
        return own + (list(label.root.values()) if label is not None else [])

    def _of_key(self, table: dict[str, Any], key: str) -> Any:
        return table.get(key, table.get(self.choices[key].text))

    def ways(self) -> Iterator[tuple[Path, Way]]:
        yield from super().ways()
        yield from ((("words", name), way) for name, way in self.by_word.items())

    def place(self, *loc: str | int, key: bool = False) -> Place:
        return super().place(*loc, key=key or loc[:1] == ("words",))

    def exits(self) -> Iterator[Exit]:
        for key, way in self.keys.items():
            yield Exit(f"key {key}", ("keys", key), way, is_heard=True)
        for name, way in self.by_word.items():
            yield Exit(f"word {name}", ("words", name), way, is_heard=True)
        yield from super().exits()

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        known = [*self.choices, *(way.text for way in self.choices.values() if way.text and way.text != AGAIN)]
        for table in ("labels", "words"):
            for name in getattr(self, table):
                if name not in known and name not in self.by_word:
                    text = f"{quote(name)} is neither a key nor a way of this menu"
                    yield (table, name), text, did_you_mean(name, known)
        if not self.choices:
            yield (
                (),
                "nothing can be chosen from this menu",
                "add 'keys: {1: SECTION}', or 'words: {SECTION: {en: [...]}}'",
            )
        elif len(self.by_word) > len(self.numbers()):
            text = f"more than {len(NUMBERS)} choices: no number is left for {quote(self.keyless()[-1])}"
            yield ("words", self.keyless()[-1]), text, "put the rarer ones into a second menu"
        elif self.listen and not self.words and not self.labels:
            yield ("listen",), "nothing is said that could be heard", "add 'words: {SECTION: {zh: [...], en: [...]}}'"


def is_way(name: str) -> bool:
    """Whether it can be read as a way out."""
    try:
        return bool(to_way(name))
    except ValueError:
        return False
