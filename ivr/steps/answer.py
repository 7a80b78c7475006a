"""``answer``: takes the call off the hook, where that should not happen at once."""

from __future__ import annotations

from typing import ClassVar

from ivr.call_effects import AnswerCall
from ivr.scene import Scene
from ivr.step import VOICE, Move, Step, Wait


class Answer(Step):
    """Voice only. A flow that begins with steps before ``answer`` is heard as early media: its words cost the caller
    nothing. A flow without ``answer`` is answered at once. What needs an answered call (keys, a queue, a recording)
    answers it by itself.
    """

    verb = "answer"
    media = (VOICE,)
    EXAMPLE: ClassVar[str] = """
    start:
      - say: {zh: 本次通话免费到此为止。, en: Until here this call is free., on: voice}
      - answer:
        on: voice
      - say: {zh: 您好。, en: Hello.}
      - hangup
    """

    def enter(self, scene: Scene) -> Move:
        return Wait((AnswerCall(),))
