"""Lets an agent hear who comes before the join: the queue's ``whisper``, on their leg alone.

Owns: the sound on the parked leg and its end. The contact's leg is not touched: it hears on what it heard.
Not here: the words (``ivr.whisper``), the join (``voice_offers``, ``callbacks``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gevent.event import Event as Signal

from eslapp.core.model import Interaction
from eslapp.esl import commands, facts
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log
from eslapp.services import legs

log = get_log("whispers")

LIMIT_S = 15.0  # longer words are cut: the contact waits
SAID = "zj_said"  # the dialplan's mark


class Whispers:
    """One per daemon. ``words(interaction)``: the sound files for its agent, none where the queue has no whisper."""

    def __init__(self, *, link: Any, words: Callable[[Interaction], list[str]]) -> None:
        self._link = link
        self._words = words
        self._saying: dict[str, Signal] = {}  # agents' legs -> set when it is over

    def say(self, one: Interaction) -> None:
        """Returns when the agent has heard it, or is gone; whatever fails, the join is next."""
        words, leg = self._words(one), legs.offer_leg(one.offer)
        if not words:
            return
        self._saying[leg] = over = Signal()
        try:
            for line in commands.whisper(leg, words):
                if complaint := commands.refusal(self._link.api(line)):
                    raise SwitchError(complaint)
            if not over.wait(LIMIT_S):
                log.warning("whisper-cut", interaction=one.id, limit_s=LIMIT_S)
        except (SwitchError, CommandError) as error:
            log.warning("not-whispered", interaction=one.id, reason=str(error))
        finally:
            self._saying.pop(leg, None)

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch."""
        if not isinstance(fact, facts.LegFact) or fact.leg not in self._saying:
            return
        is_said = isinstance(fact, facts.LegParked) and SAID in fact.variables
        if is_said or isinstance(fact, facts.LegHungUp):
            self._saying[fact.leg].set()
