"""``hangup``: the end of the flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from ivr.effects import Effect
from ivr.fields import Text
from ivr.scene import Scene
from ivr.step import Exit, Move, Step, Stop, Wait
from ivr.waits import Happening

CAUSES = {
    "normal": "NORMAL_CLEARING",
    "busy": "USER_BUSY",
    "rejected": "CALL_REJECTED",
    "unavailable": "NORMAL_TEMPORARY_FAILURE",
}


class Hangup(Step):
    """Voice: says goodbye (``say``) and hangs up. Text: writes it and ends the conversation.

    ``outcome`` says what it was for the reports: ``self_service`` unless the contact has talked to an agent.
    """

    verb = "hangup"
    short = "cause"
    EXAMPLE: ClassVar[str] = """
    start:
      - hangup: {say: {zh: 再见。, en: Goodbye.}, cause: normal}
    """

    say: Text | None = None
    cause: Literal["normal", "busy", "rejected", "unavailable"] = "normal"
    outcome: Literal["self_service", "overflowed", "abandoned", "handled", ""] = ""

    def enter(self, scene: Scene) -> Move:
        if self.say is None:
            return self._over(())
        if not scene.is_voice:
            return self._over(scene.tell((), scene.written(self.say)))
        effects = scene.tell(scene.speech(self.say), "")
        return Wait(effects) if effects else self._over(())

    def answer(self, scene: Scene, happening: Happening) -> Move:
        return self._over(())

    def _over(self, effects: tuple[Effect, ...]) -> Stop:
        return Stop(CAUSES[self.cause], self.outcome, effects)

    def exits(self) -> Iterator[Exit]:
        yield Exit("hangup", ends=True)
