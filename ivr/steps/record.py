"""``record``: begins, pauses, resumes and ends the recording of a call, with the contact's consent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from ivr.call_effects import RecordCall
from ivr.effects import SetVariables, Speech
from ivr.fields import KeyName, Text, WayField
from ivr.question import Question
from ivr.recording_policy import REFUSED, VARIABLE
from ivr.scene import Scene
from ivr.step import VOICE, Exit, Go, Move, Next, Wait
from ivr.strict_yaml import Path
from ivr.waits import Happening, Performed

REFUSE = "refuse"


class Record(Question):
    """Voice only. ``record: start | pause | resume | stop``. While it is paused the recording holds silence, so that
    card numbers are not kept; where pausing fails the recording ends.

    ``consent`` asks first: ``agree`` (1) starts, ``refuse`` (2), and no answer, means that this call is not recorded
    at all, later talks included, and goes ``refused`` (else the next step). A text that only tells ("this call may be
    recorded") is a ``say`` before. Whether talks are recorded without a word of the flow: ``record`` of the queue.
    """

    verb = "record"
    media = (VOICE,)
    short = "action"
    EXAMPLE: ClassVar[str] = """
    start:
      - record:
          consent: {zh: 同意录音请按1，不同意请按2。, en: "If we may record this call press 1, if not press 2."}
        on: voice
      - record: pause
        on: voice
      - record: resume
        on: voice
      - queue: orders
    """

    action: Literal["start", "pause", "resume", "stop"] = "start"
    consent: Text | None = None
    agree: KeyName = "1"
    refuse: KeyName = "2"
    refused: WayField | None = None
    tries: int = 2

    def enter(self, scene: Scene) -> Move:
        if self.consent is None or scene.state.get("answered"):
            return self._do(str(scene.state.get("answered", "")) or self.action)
        if scene.lookup(VARIABLE) == REFUSED:
            return self._refused()
        return super().enter(scene)

    def _do(self, action: str) -> Move:
        return Wait((RecordCall(action),), {"answered": action})

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        return (scene.speech(self.consent) if self.consent is not None else ()), "", ()

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        return {"min": 1, "max": max(len(self.agree), len(self.refuse))}

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        meant = {self.agree: "start", self.refuse: REFUSE}
        return self._do(meant[answer]) if answer in meant else None

    def given_up(self, why: str) -> Move:
        """No answer is no consent."""
        return self._do(REFUSE)

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if not isinstance(happening, Performed):
            return super().answer(scene, happening)
        if scene.state.get("answered") == REFUSE:
            return self._refused()
        return Next((SetVariables({VARIABLE: happening.result}),), note=f"record {happening.result}")

    def _refused(self) -> Move:
        effects = (SetVariables({VARIABLE: REFUSED}),)
        return Go(self.refused, effects, note=REFUSED) if self.refused is not None else Next(effects, note=REFUSED)

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=self.consent is not None)
        if self.refused is not None:
            yield Exit(REFUSED, ("refused",), self.refused)

    def names_set(self) -> Iterator[str]:
        yield VARIABLE

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if self.consent is not None and self.action != "start":
            yield ("consent",), f"nobody is asked before a {self.action}", "remove 'consent', or write 'action: start'"
        if self.refused is not None and self.consent is None:
            yield ("refused",), "nobody is asked who could refuse", "add 'consent: ...'"

    def samples(self, state: Mapping[str, Any]) -> tuple[str, ...]:
        """The keys of the question, for those who walk every path."""
        return (self.agree, self.refuse)
