"""``language``: lets the contact choose a language, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ivr.effects import SetLanguage, Speech
from ivr.fields import KeyName, LanguageCode, Whole, YesNo
from ivr.question import Question
from ivr.scene import Scene
from ivr.step import Exit, Move, Next
from ivr.values import simplified


class Language(Question):
    """Voice: "中文服务请按1。For English, press 2." Text: the languages as numbered lines, each in its own words.

    A contact whose language is known (``contact.language``) is not asked, unless ``always: yes``. Without an answer
    the language stays as it is and the flow goes on; so ``otherwise`` is not needed.
    """

    verb = "language"
    open_field = "keys"
    EXAMPLE: ClassVar[str] = """
    start:
      - language: {1: zh, 2: en}
      - say: {zh: 您选择了中文。, en: You chose English.}
      - hangup
    """

    keys: dict[KeyName, LanguageCode] = Field(min_length=1)
    tries: Annotated[Whole, Field(ge=1, le=9)] = 1
    always: YesNo = False

    def enter(self, scene: Scene) -> Move:
        known = str(scene.lookup("contact.language") or "")
        if known in self.keys.values() and not self.always:
            return Next((SetLanguage(known),), note=f"language {known} known")
        return super().enter(scene)

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        if scene.is_voice:
            return tuple(scene.spoken(choice_text(scene, key, code), code) for key, code in self.keys.items()), "", ()
        codes = tuple(self.keys.values())
        questions = dict.fromkeys(scene.phrase("language_text", code) for code in codes)
        options = tuple((key, scene.phrase("language_name", code)) for key, code in self.keys.items())
        return (), " ".join(questions), options

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        return {"min": 1, "max": max(len(key) for key in self.keys)}

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        text = simplified(answer)
        for key, code in self.keys.items():
            if text in (key, code, simplified(scene.phrase("language_name", code))):
                return Next((SetLanguage(code),), note=f"language {code}")
        return None

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=True)
        yield from super().exits()


def choice_text(scene: Scene, key: str, code: str) -> str:
    """The sentence that offers one language."""
    return scene.phrase("language_keys", code).replace("{key}", key)
