"""Asking: what ``menu``, ``gather`` and ``language`` have in common.

Owns: the prompt, the tries, asking again after a wrong or missing answer, and the ways out when tries are used up.
Not here: which answers are right (the steps).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from .effects import Ask, AwaitText, Effect, Speech, Write
from .fields import Duration, Way, WayField, Whole
from .scene import Scene
from .step import Exit, Go, Move, Next, Step, Wait
from .waits import Happening, KeysMissing, KeysPressed, TextArrived, TextMissing, WordsHeard

SILENCE, INVALID = "silence", "invalid"


class Question(Step):
    """Base of the steps that ask. Its state: ``{"wrong": tries used, "why": "silence" | "invalid"}``."""

    text_only: ClassVar[tuple[str, ...]] = ("ask",)
    phrases: ClassVar[tuple[str, ...]] = ("invalid", "silence")
    invalid_phrase: ClassVar[str] = "invalid"

    wait: Annotated[Duration, Field(ge=1.0, le=120.0)] = 6.0
    text_wait: Annotated[Duration, Field(ge=5.0, le=86_400.0)] = 600.0
    tries: Annotated[Whole, Field(ge=1, le=9)] = 3
    silence: WayField | None = None
    invalid: WayField | None = None
    otherwise: WayField | None = None

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        """What is asked: speech, text, and the options of the text."""
        raise TypeError(f"{self.verb} asks nothing")

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        """The key fields of ``Ask``."""
        return {}

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        """The move for an answer; None: not understood. ``is_typed``: written or spoken, not pressed."""
        raise TypeError(f"{self.verb} understands nothing")

    def enter(self, scene: Scene) -> Move:
        return self.asked(scene, dict(scene.state))

    def asked_anew(self, scene: Scene, state: dict[str, Any]) -> Move:
        """Ask the question that belongs to another state."""
        return self.asked(scene.with_state(state), state)

    def asked(self, scene: Scene, state: dict[str, Any]) -> Move:
        """Ask (again), explaining what was wrong."""
        speech, text, options = self.question(scene)
        why = state.get("why", "")
        explanation = self.invalid_phrase if why == INVALID else why
        if scene.is_voice:
            said = (scene.phrase_speech(explanation), *speech) if explanation else speech
            return Wait((self.asking(scene.with_state(state), said),), state)
        lines = [scene.phrase(explanation)] if explanation else []
        lines += [text] if text else []
        lines += [f"{key} {label}" for key, label in options]
        return Wait((Write("\n".join(lines), options), AwaitText(self.text_wait)), state)

    def asking(self, scene: Scene, said: tuple[Speech, ...]) -> Effect:
        """How a call is asked: by keys, unless a step listens too."""
        return Ask(speech=said, first_s=self.wait, **self.keys_wanted(scene))

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if isinstance(happening, KeysPressed | TextArrived | WordsHeard):
            is_typed = not isinstance(happening, KeysPressed)
            given = happening.digits if isinstance(happening, KeysPressed) else happening.text
            move = self.understand(scene, given, is_typed=is_typed)
            return move if move is not None else self.wrong(scene, INVALID)
        if isinstance(happening, KeysMissing):
            return self.wrong(scene, SILENCE)
        if isinstance(happening, TextMissing):  # nobody types: asking again would only pile up messages
            return self.given_up(SILENCE)
        return Next()

    def wrong(self, scene: Scene, why: str) -> Move:
        """One try is used up."""
        used = int(scene.state.get("wrong", 0)) + 1
        if used >= self.tries:
            return self.given_up(why)
        return self.asked(scene, {**scene.state, "wrong": used, "why": why})

    def given_up(self, why: str) -> Move:
        """All tries are used up."""
        way = (self.silence if why == SILENCE else self.invalid) or self.otherwise
        return Go(way, note=why) if way is not None else Next(note=why)

    def exits(self) -> Iterator[Exit]:
        for name in (SILENCE, INVALID):
            own: Way | None = getattr(self, name)
            yield Exit(name, (name,) if own else ("otherwise",), own or self.otherwise, is_heard=name == INVALID)
