"""``voicemail``: takes a message that becomes work of its own in a queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ivr.call_effects import KeepMessage, PlayTake, TakeMessage
from ivr.effects import Ask, Play
from ivr.expressions import ExpressionError
from ivr.fields import Duration, Name, Text, Way, WayField, Word, YesNo
from ivr.filled import names_in
from ivr.outside import number_of
from ivr.scene import Scene
from ivr.step import VOICE, Exit, Fail, Go, Move, Next, Step, Wait
from ivr.strict_yaml import Path
from ivr.templates import fill
from ivr.waits import Happening, KeysPressed, Performed, PlayEnded

KEEP, HEAR, AGAIN_KEY = "1", "2", "3"
REVIEWS = 5  # how often the contact may hear or repeat before the message is kept as it is


class Voicemail(Step):
    """Voice only. Plays ``prompt`` (or the product's own words), beeps and records until ``ends``, ``silence`` or
    ``longest``. Then 1 sends, 2 plays it, 3 records again (``review: no`` sends at once). Who hangs up after speaking
    has left the message.

    It waits in ``queue`` as work of the channel "voicemail", with the recording, its words and ``number`` to call back
    (the caller's own). Where nothing was said: ``otherwise``, else the next step.
    """

    verb = "voicemail"
    media = (VOICE,)
    short = "queue"
    phrases = ("voicemail_prompt", "voicemail_review", "voicemail_kept", "voicemail_empty")
    EXAMPLE: ClassVar[str] = """
    start:
      - voicemail: {queue: orders, longest: 90 s}
        on: voice
      - hangup
    """

    queue: Name
    prompt: Text | None = None
    number: Word = "$(contact.number)"
    longest: Annotated[Duration, Field(ge=5.0, le=600.0)] = 120.0
    silence: Annotated[Duration, Field(ge=1.0, le=30.0)] = 4.0
    ends: Literal["#", "*", "0123456789*#"] = "#"
    review: YesNo = True
    otherwise: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        state = dict(scene.state)
        if state.get("sorry") or state.get("kept"):
            return self._after(state)
        if state.get("keeping"):
            return self._keep(scene, state)
        if state.get("take"):  # back after a crash: the message is there, ask again what becomes of it
            return self._what_now(scene, state)
        return self._take(scene, {}, ())

    def _take(self, scene: Scene, state: dict[str, Any], before: tuple[str, ...]) -> Move:
        if self.queue not in scene.site.queues:
            return Fail(f"there is no queue {self.queue}")
        said = scene.speech(self.prompt) if self.prompt is not None else (scene.phrase_speech("voicemail_prompt"),)
        effect = TakeMessage(
            speech=(*(scene.phrase_speech(name) for name in before), *said),
            queue=self.queue,
            number=self._number(scene),
            longest_s=self.longest,
            silence_s=self.silence,
            ends=self.ends,
            instead_of=str(state.get("take", "")),
        )
        return Wait((effect,), {"rounds": state.get("rounds", 0), "empty": state.get("empty", 0)})

    def _number(self, scene: Scene) -> str:
        try:
            return number_of(fill(self.number, scene.lookup))
        except ExpressionError:
            return ""

    def answer(self, scene: Scene, happening: Happening) -> Move:
        state = dict(scene.state)
        if isinstance(happening, Performed):
            return self._performed(scene, state, happening)
        if isinstance(happening, PlayEnded):
            return self._what_now(scene, state) if state.get("take") else self._after(state)
        key = happening.digits if isinstance(happening, KeysPressed) else KEEP  # silence: it is kept, not lost
        state["rounds"] = int(state.get("rounds", 0)) + 1
        if key == KEEP or state["rounds"] > REVIEWS:
            return self._keep(scene, state)
        if key == HEAR:
            return Wait((PlayTake(str(state["take"])),), state)
        return self._take(scene, state, ()) if key == AGAIN_KEY else self._what_now(scene, state)

    def _performed(self, scene: Scene, state: dict[str, Any], happening: Performed) -> Move:
        if state.get("keeping"):
            return Wait((Play((scene.phrase_speech("voicemail_kept"),)),), {"kept": True})
        if happening.result == "taken":
            state["take"] = str(happening.values.get("take", ""))
            return self._what_now(scene, state) if self.review else self._keep(scene, state)
        state["empty"] = int(state.get("empty", 0)) + 1
        if state["empty"] < 2:
            return self._take(scene, state, ("voicemail_empty",))
        return Wait((Play((scene.phrase_speech("voicemail_empty"),)),), {"sorry": True})

    def _after(self, state: dict[str, Any]) -> Move:
        return Next(note=f"voicemail {self.queue}") if state.get("kept") else self._nothing()

    def _nothing(self) -> Move:
        return Go(self.otherwise, note="empty") if self.otherwise is not None else Next(note="empty")

    def _what_now(self, scene: Scene, state: dict[str, Any]) -> Move:
        return Wait((Ask(speech=(scene.phrase_speech("voicemail_review"),), pattern="^[123]$"),), state)

    def _keep(self, scene: Scene, state: dict[str, Any]) -> Move:
        effect = KeepMessage(take=str(state["take"]), queue=self.queue, number=self._number(scene))
        return Wait((effect,), {**state, "keeping": True})

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=True)
        own: Way | None = self.otherwise
        yield Exit("empty", ("otherwise",), own)

    def names_read(self) -> Iterator[tuple[Path, str]]:
        yield from ((("number",), name) for name in names_in(self.number))

    def samples(self, state: Mapping[str, Any]) -> tuple[str, ...]:
        """The keys of the review, for those who walk every path."""
        return (KEEP, HEAR, AGAIN_KEY)
