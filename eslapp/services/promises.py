"""Promises to call back, made by flows: the router's command, once per asking.

Not here: the talk about number and time (``ivr.steps.callback``), keeping the promise (``callbacks``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.trunk import Trunk, as_dialled
from eslapp.log import get_log
from ivr.call_effects import RequestCallback
from ivr.waits import Happening, Performed

log = get_log("promises")

KEPT, REFUSED = "kept", "refused"
MADE_BEFORE = "interaction-exists"


class Promises:
    """One per daemon. ``trunk()``: what may be called now; ``country()``: where the site is."""

    def __init__(self, *, bus: Bus, trunk: Callable[[], Trunk], clock: Clock, country: Callable[[], str]) -> None:
        self._bus = bus
        self._trunk = trunk
        self._country = country
        self._clock = clock

    def make(self, interaction: str, effect: RequestCallback) -> Happening:
        """A callback in the chain of ``interaction``; asked again after a crash it is the same one."""
        trunk = self._trunk()
        number = as_dialled(trunk, effect.number, self._country())
        if refusal := trunk.refusal(number):
            log.warning("callback-not-promised", interaction=interaction, number=effect.number, reason=refusal)
            return Performed(REFUSED)
        command = ask.RequestCallback(
            at=self._clock(),
            interaction=promise_id(interaction, effect.key),
            parent=interaction,
            address=number,
            queue=effect.queue,
            due_at=effect.due_at,
        )
        answer = self._bus.submit(command)
        if isinstance(answer, ask.Refused) and answer.code != MADE_BEFORE:
            log.warning("callback-not-promised", interaction=interaction, reason=answer.code)
            return Performed(REFUSED)
        return Performed(KEPT)


def promise_id(interaction: str, key: str) -> str:
    """The id of the callback this asking makes: known before, and again after a crash.

    >>> promise_id("i", "k") == promise_id("i", "k") != promise_id("i", "l")
    True
    """
    return hashlib.sha256(f"{interaction}|{key}".encode()).hexdigest()[:32]
