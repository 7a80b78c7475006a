"""``callback``: offers to call the contact back, at once or at a chosen time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from ivr.call_effects import RequestCallback
from ivr.callback_talk import LATER, Talk, is_number, page_of, slots
from ivr.effects import AwaitText, Play, Write
from ivr.fields import Duration, Name, Text, WayField, Word
from ivr.filled import names_in
from ivr.scene import Scene
from ivr.step import Exit, Fail, Go, Move, Next, Step, Wait
from ivr.strict_yaml import Path
from ivr.waits import Happening, KeysMissing, KeysPressed, Performed, PlayEnded, TextArrived

TRIES = 3
State = dict[str, Any]
NO_TIME: State = {"slots": [], "slot": "", "page": 0}  # none to choose from, none chosen


class Callback(Step):
    """Both media. Offers a call back at ``number`` (the caller's own) or another that is keyed in or typed, asks for a
    time where ``when: choose`` (the next full hours in which ``calendar``, or the queue's, is open, four at a time),
    reads all of it back and promises it. Place and clock in ``queue`` are kept.

    ``offer`` are the first words. Who declines, or does not answer, goes ``declined`` (else the next step; out of a
    queue's ``{offer: callback}`` back to the old place). After the promise the next step is done; without one the flow
    ends. Where it cannot be kept: ``fails``, else ``declined``.
    """

    verb = "callback"
    short = "queue"
    phrases = (
        "callback_number",
        "callback_keys",
        "callback_enter",
        "callback_soon",
        "callback_later",
        "callback_today",
        "callback_tomorrow",
        "callback_asap",
        "callback_at",
        "callback_kept",
        "confirm_keys",
        "malformed",
        "invalid",
        "silence",
    )
    pieces = ("digits", "date", "time", "callback_slot")
    EXAMPLE: ClassVar[str] = """
    start:
      - callback:
          queue: orders
          offer: {zh: 我们可以给您回电。, en: We can call you back.}
          when: choose
          calendar: workshop
          declined: person
      - hangup
    person:
      - queue: orders
    """

    queue: Name
    offer: Text | None = None
    number: Word = "$(contact.number)"
    when: Literal["now", "choose"] = "now"
    calendar: Name = ""
    ahead: Duration = Field(default=172_800.0, ge=3600.0, le=1_209_600.0)
    declined: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        if self.queue not in scene.site.queues:
            return Fail(f"there is no queue {self.queue}")
        state: State = dict(scene.state)
        if not state.get("stage"):
            number = self._talk(scene).own_number(self.number)
            state = {"stage": "offer" if number else "enter", "number": number}
        return self._ask(scene, state)

    def _talk(self, scene: Scene) -> Talk:
        return Talk(scene, self.offer)

    def _ask(self, scene: Scene, state: State, why: str = "") -> Move:
        """The question of this stage."""
        asked = self._talk(scene).question(state, why)
        if scene.is_voice:
            return Wait((asked.by_voice(),), state)
        return Wait((asked.in_writing(), AwaitText()), state)

    def answer(self, scene: Scene, happening: Happening) -> Move:
        state: State = dict(scene.state)
        if isinstance(happening, Performed):
            return self._performed(scene, happening)
        if isinstance(happening, PlayEnded):
            return Next(note=f"callback {self.queue}")
        if not isinstance(happening, KeysPressed | TextArrived):
            return self._wrong(scene, state, "silence") if isinstance(happening, KeysMissing) else self._declined()
        given = happening.digits if isinstance(happening, KeysPressed) else happening.text
        answered = {"offer": self._offered, "enter": self._entered, "when": self._chosen, "confirm": self._confirmed}
        return answered[state["stage"]](scene, state, self._talk(scene).meant(state, given))

    def _offered(self, scene: Scene, state: State, meant: str) -> Move:
        if meant == "1":
            state = self._with_time(scene, {**state, "wrong": 0})
            return self._ask(scene, state) if state["slots"] else self._request(scene, state)
        if meant == "2":
            return self._ask(scene, {**state, **NO_TIME, "stage": "enter", "wrong": 0})
        return self._declined() if meant == "3" else self._wrong(scene, state, "invalid")

    def _entered(self, scene: Scene, state: State, meant: str) -> Move:
        if not is_number(scene.site, meant):
            return self._wrong(scene, state, "malformed")
        return self._ask(scene, self._with_time(scene, {**state, "number": meant, "wrong": 0}))

    def _with_time(self, scene: Scene, state: State) -> State:
        """On to the choice of a time, where there is one to choose."""
        calendar = scene.site.calendars.get(self.calendar or scene.site.queues[self.queue].calendar)
        found = slots(calendar, scene.moment, self.ahead) if self.when == "choose" else []
        return {**state, **NO_TIME, "stage": "when" if found else "confirm", "slots": found}

    def _chosen(self, scene: Scene, state: State, meant: str) -> Move:
        shown, has_later = page_of(state)
        if meant == LATER and has_later:
            return self._ask(scene, {**state, "page": int(state.get("page", 0)) + 1, "wrong": 0})
        choices = ["", *shown]
        if not (meant.isascii() and meant.isdigit() and 1 <= int(meant) <= len(choices)):
            return self._wrong(scene, state, "invalid")
        return self._ask(scene, {**state, **NO_TIME, "stage": "confirm", "slot": choices[int(meant) - 1], "wrong": 0})

    def _confirmed(self, scene: Scene, state: State, meant: str) -> Move:
        if meant == "2":
            return self._ask(scene, {**state, **NO_TIME, "stage": "enter", "wrong": 0})
        if meant != "1":
            return self._wrong(scene, state, "invalid")
        return self._request(scene, state)

    def _request(self, scene: Scene, state: State) -> Move:
        key = f"{scene.session.block}[{scene.session.index}]#{len(scene.session.trail)}"
        due_at = Talk.instant(scene, state["slot"])
        return Wait((RequestCallback(key=key, queue=self.queue, number=state["number"], due_at=due_at),), state)

    def _performed(self, scene: Scene, happening: Performed) -> Move:
        if happening.result != "kept":
            return Go(self.fails, note="refused") if self.fails is not None else self._declined("refused")
        if scene.is_voice:
            return Wait((Play((scene.phrase_speech("callback_kept"),)),), {"stage": "kept"})
        return Next((Write(scene.phrase("callback_kept")),), note=f"callback {self.queue}")

    def _wrong(self, scene: Scene, state: State, why: str) -> Move:
        state["wrong"] = int(state.get("wrong", 0)) + 1
        return self._declined("no answer") if state["wrong"] >= TRIES else self._ask(scene, state, why)

    def _declined(self, note: str = "declined") -> Move:
        return Go(self.declined, note=note) if self.declined is not None else Next(note=note)

    def essence(self, state: Mapping[str, Any]) -> Mapping[str, Any]:
        """Which number and which time was chosen changes nothing, but whether it is a time or as soon as possible is
        said."""
        left = {name: value for name, value in state.items() if name != "number"}
        return {**left, "slot": bool(state.get("slot"))}

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=True)
        yield Exit("declined", ("declined",), self.declined, is_heard=True)

    def names_read(self) -> Iterator[tuple[Path, str]]:
        yield from ((("number",), name) for name in names_in(self.number))

    def samples(self, state: Mapping[str, Any]) -> tuple[str, ...]:
        """Answers worth trying at each stage, for those who walk every path."""
        times = ("1", "2", LATER) if not state.get("page") else ("2",)  # every later page is like the second
        by_stage = {"enter": ("13800138000",), "offer": ("1", "2", "3"), "when": times}
        return by_stage.get(str(state.get("stage")), ("1", "2"))
