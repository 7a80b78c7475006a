"""``survey``: asks how it was, once, and keeps the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ivr.effects import Speech
from ivr.fields import Name, Text, Whole
from ivr.question import Question
from ivr.scene import Scene
from ivr.service_calls import KeepSurvey
from ivr.site import Site, SurveySettings
from ivr.step import Exit, Fail, Move, Next, Wait
from ivr.values import simplified
from ivr.waits import Answered, Happening, PlayEnded

_CHINESE = dict(zip("一二三四五", "12345", strict=True))


class Survey(Question):
    """Voice: the survey's question and its keys. Text: the question and its answers as options. ``survey: short``
    names an entry of ``surveys`` in ``site.yaml``. Who does not answer is not pressed: the flow goes on.
    """

    verb = "survey"
    short = "name"
    phrases = ("invalid", "silence", "survey_five", "survey_two", "survey_thanks")
    goes_on_when_failed = True
    EXAMPLE: ClassVar[str] = """
    start:
      - queue: orders
      - survey: short
      - hangup: {say: {zh: 再见。, en: Goodbye.}}
    """

    name: Name
    tries: Annotated[Whole, Field(ge=1, le=9)] = 2

    def enter(self, scene: Scene) -> Move:
        survey = scene.site.surveys.get(self.name)
        if survey is None:
            return Fail(f"there is no survey {self.name}")
        if "thanked" in scene.state:
            return self._thank(scene, survey)
        if "score" in scene.state:
            return self._keep(scene, survey, int(scene.state["score"]))
        return super().enter(scene)

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        survey = scene.site.surveys[self.name]
        if scene.is_voice:
            keys = scene.phrase_speech("survey_five" if survey.is_five else "survey_two")
            return (*scene.speech(survey.question), keys), "", ()
        return (), scene.written(survey.ask or survey.question), _options(scene, survey)

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        return {"min": 1, "max": 1}

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        survey = scene.site.surveys.get(self.name)
        if survey is None:
            return Fail(f"there is no survey {self.name}")
        text = simplified(answer)
        text = _CHINESE.get(text.removesuffix("分"), text.removesuffix("分"))
        for key, label in _options(scene, survey):
            if text in (key, simplified(label)):
                score = int(key) if survey.is_five else 2 - int(key)
                return self._keep(scene, survey, score)
        return None

    def _keep(self, scene: Scene, survey: SurveySettings, score: int) -> Move:
        effect = KeepSurvey(
            key=scene.key, survey=self.name, score=score, best=survey.best, is_low=score <= survey.low_at
        )
        return Wait((effect,), {"score": score})

    def answer(self, scene: Scene, happening: Happening) -> Move:
        survey = scene.site.surveys.get(self.name)
        if isinstance(happening, Answered) and survey is not None:
            return self._thank(scene, survey)
        if isinstance(happening, PlayEnded):
            return Next(note=f"survey {self.name}")
        return super().answer(scene, happening)

    def _thank(self, scene: Scene, survey: SurveySettings) -> Move:
        if survey.thanks is not None:
            speech = scene.speech(survey.thanks) if scene.is_voice else ()
            effects = scene.tell(speech, "" if scene.is_voice else scene.written(survey.thanks))
        else:
            effects = scene.tell((scene.phrase_speech("survey_thanks"),), scene.phrase("survey_thanks"))
        if scene.is_voice and effects:
            return Wait(effects, {"thanked": True})
        return Next(effects, note=f"survey {self.name}")

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=True)
        yield from super().exits()

    def site_texts(self, site: Site) -> Iterator[Text]:
        survey = site.surveys.get(self.name)
        if survey is not None:
            yield survey.question
            if survey.thanks is not None:
                yield survey.thanks


def _options(scene: Scene, survey: SurveySettings) -> tuple[tuple[str, str], ...]:
    """The answers, best first."""
    if survey.is_five:
        return tuple((str(score), scene.phrase(f"score_{score}")) for score in range(5, 0, -1))
    return ("1", scene.phrase("satisfied")), ("2", scene.phrase("not_satisfied"))
