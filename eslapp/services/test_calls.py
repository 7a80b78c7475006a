"""Test calls: a daemon started with ``--test-calls`` lets a call bring its hour and the outside's answers along, and
tells the phone by SIP INFO which prompt begins.

Owns: reading the call's header, its script, the marks. Not here: what the marks are (``ivr.proof.marks``), writing such
calls (``zongji flow sipp``). Never on for real callers: whoever can dial could choose what the flow believes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eslapp.log import get_log, spawn
from eslapp.services.caller_leg import CallerLeg
from ivr.call_effects import Listen
from ivr.early_media import is_answered_by
from ivr.effects import Ask, Effect, EnterQueue
from ivr.engine import Turn
from ivr.proof.marks import mark
from ivr.proof.rehearsal import HEADER, Rehearsal, RehearsalError
from ivr.step import VOICE
from ivr.waits import Happening

log = get_log("test_calls")

VARIABLE = f"sip_h_{HEADER}"
TELLABLE = "fs_send_unsupported_info"  # FreeSWITCH sends INFO only to its like, or where this is set


class TestCall:
    """One test call; ``waits`` counts what it has waited for."""

    __test__ = False  # not a test of pytest's

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._waits = 0

    @property
    def at(self) -> float:
        """The hour the flow believes, UTC seconds."""
        return self._rehearsal.at

    @property
    def facts(self) -> Mapping[str, Any]:
        """Those of calls too, which flows ask for first (``queue.orders.waiting.voice``)."""
        told = self._rehearsal.facts
        return {**{f"{name}.{VOICE}": value for name, value in told.items()}, **told}

    def variables(self, usual: Mapping[str, Any]) -> dict[str, Any]:
        """What is known: of the contact only what the call says."""
        return {**dict.fromkeys(usual, ""), **self.known}

    @property
    def known(self) -> Mapping[str, Any]:
        return self._rehearsal.known

    def hurried(self, effect: Effect) -> Effect:
        """A question that does not wait long for its first key, and a line that does wait for one of its keys: how it
        ends otherwise is scripted."""
        limit = self._rehearsal.silence_s
        if isinstance(effect, EnterQueue) and effect.keys:
            return replace(effect, is_kept=True, own=())
        return (
            replace(effect, first_s=min(effect.first_s, limit))
            if limit and isinstance(effect, Ask | Listen)
            else effect
        )

    def next_wait(self, leg: CallerLeg, turn: Turn) -> Happening | None:
        """Tell the phone what begins now; what happens at once, or None for whatever really happens."""
        word = mark(turn)
        if not word:
            return None
        number, self._waits = self._waits, self._waits + 1
        if number == 0:
            leg.set_variables({TELLABLE: "true"})
        script = self._rehearsal.script
        happening = script[number] if number < len(script) else None
        if any(is_answered_by(effect, happening) for effect in turn.effects):
            leg.must_be_answered()
        if not leg.is_answered:
            return happening  # a phone takes no INFO before; the plan does not wait for one either
        if happening is None:
            spawn(leg.tell, word)  # right behind the order to play: keys are taken when the phone hears of it
        else:
            leg.tell(word)
        return happening


def test_call(variables: Mapping[str, str]) -> TestCall | None:
    """The call's own test, None for any other call."""
    header = variables.get(VARIABLE, "")
    if not header:
        return None
    try:
        return TestCall(Rehearsal.from_header(header))
    except RehearsalError as error:
        log.warning("test-call-not-understood", reason=str(error))
        return None
