"""``say``: words (or a sound file per language) for the contact."""

from __future__ import annotations

from typing import ClassVar, Literal

from ivr.fields import Text
from ivr.scene import Scene
from ivr.step import Move, Next, Step, Wait


class Say(Step):
    """Voice: plays the text in the contact's language and goes on when it is over. Text: writes it.

    ``languages: all`` says it in every language of the site, one after the other (before a language is chosen).
    """

    verb = "say"
    goes_on_when_failed = True
    open_field = "text"
    short = "text"
    EXAMPLE: ClassVar[str] = """
    start:
      - say: {zh: 您好，欢迎致电晨光电器。, en: Welcome to Morning Light Appliances., languages: all}
      - say: {zh: 您是第$(visits)次联系我们。, en: This is your contact number $(visits | number).}
      - hangup
    """

    text: Text
    languages: Literal["all", "own"] = "own"

    def enter(self, scene: Scene) -> Move:
        languages = scene.site.languages if self.languages == "all" else (scene.language,)
        speech = tuple(part for language in languages for part in scene.speech(self.text, language))
        written = dict.fromkeys(scene.written(self.text, language) for language in languages)
        effects = scene.tell(speech, "\n".join(text for text in written if text))
        return Wait(effects) if scene.is_voice and effects else Next(effects)
