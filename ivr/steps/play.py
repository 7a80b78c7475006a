"""``play``: a sound file of the author's."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, WithJsonSchema

from ivr.effects import Play as PlayEffect
from ivr.effects import Recorded
from ivr.fields import FileName, TextLanguage
from ivr.scene import Scene
from ivr.step import VOICE, Move, Next, Step, Wait

_SCHEMA = WithJsonSchema({"type": ["string", "object"], "additionalProperties": {"type": "string"}})


def _one_for_all(value: Any) -> Any:
    return {"*": value} if isinstance(value, str) else value


class Play(Step):
    """Voice only: plays one file, or one per language, of the ``prompts`` folder. File names are never computed."""

    verb = "play"
    goes_on_when_failed = True
    media = (VOICE,)
    short = "file"
    EXAMPLE: ClassVar[str] = """
    start:
      - play: moh/calm.wav
        on: voice
      - say: {zh: 再见。, en: Goodbye.}
      - hangup
    """

    file: Annotated[dict[TextLanguage, FileName], BeforeValidator(_one_for_all), _SCHEMA]

    def enter(self, scene: Scene) -> Move:
        for language in (scene.language, "*", scene.site.default_language):
            if language in self.file:
                return Wait((PlayEffect((Recorded(self.file[language], scene.language),)),))
        return Next()
