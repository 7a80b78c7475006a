"""What a caller may have of a call that is not answered yet (early media): the same to those who carry it out and to
those who plan calls.

Owns: which effects leave a call unanswered. Not here: answering (``eslapp.services``), the step (``steps.answer``).
"""

from __future__ import annotations

from .call_effects import AnswerCall
from .effects import Effect, EndFlow, Play, SendMessage, SetLanguage, SetVariables, TurnedAway
from .service_calls import ServiceCall
from .waits import Failed, Happening

UNANSWERED = (Play, SetVariables, SetLanguage, SendMessage, TurnedAway, EndFlow, ServiceCall)


def is_answered_by(effect: Effect, happening: Happening | None = None) -> bool:
    """Whether a call is answered for this effect, at the latest; ``happening``: what is known to come of it.

    >>> is_answered_by(AnswerCall()), is_answered_by(AnswerCall(), Failed("gone")), is_answered_by(Play(()))
    (True, False, False)
    """
    if isinstance(effect, AnswerCall) and isinstance(happening, Failed):
        return False
    return not isinstance(effect, UNANSWERED)
