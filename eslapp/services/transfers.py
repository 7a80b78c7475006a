"""Transfers out of a flow: rings a phone or a number outside and joins the contact with it, until one hangs up.

Owns: the dial string's parts (each through its door), the allow-list, and what came of it. The contact stays on our
connection meanwhile, so the flow goes on when the talk is over; when we die during the talk it goes on undisturbed.
Not here: transfers by agents (``core``), which number is meant (``ivr.steps.transfer``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext

from eslapp.clock import Clock
from eslapp.core.events import ContactTransferred
from eslapp.core.trunk import Trunk, as_dialled
from eslapp.esl import commands
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import LegGone
from eslapp.log import get_log
from eslapp.services.caller_leg import CallerLeg
from eslapp.services.outside_calls import OutsideCalls
from eslapp.services.performers import OnCall
from eslapp.services.prompts import Prompts
from eslapp.store import Store, events
from ivr.call_effects import Transfer
from ivr.session import Session
from ivr.waits import Happening, Performed, Resumed

log = get_log("transfers")

TALK_LIMIT_S = 8 * 3600.0
TALKED, BUSY, NO_ANSWER, FAILED, NOT_ALLOWED = "talked", "busy", "no_answer", "failed", "not_allowed"
LEFT = "left"  # the contact hung up, during the ringing or the talk
TRANSFER, RUNNING, OVER = "zj_transfer", "running", "over"  # on the leg: whether one was begun and not told of
RESULTS = {
    "SUCCESS": TALKED,
    "USER_BUSY": BUSY,
    "CALL_REJECTED": BUSY,
    "NO_ANSWER": NO_ANSWER,
    "NO_USER_RESPONSE": NO_ANSWER,
    "ALLOTTED_TIMEOUT": NO_ANSWER,
    "RECOVERY_ON_TIMER_EXPIRE": NO_ANSWER,
}


class Transfers:
    """One per daemon. ``trunk()``: the allow-list of now; ``country()``: where the site is."""

    def __init__(
        self,
        *,
        store: Store,
        prompts: Prompts,
        trunk: Callable[[], Trunk],
        country: Callable[[], str],
        outside: OutsideCalls,
        domain: str,
        clock: Clock,
    ) -> None:
        self._store = store
        self._prompts = prompts
        self._trunk = trunk
        self._country = country
        self._domain = domain
        self._clock = clock
        self._outside = outside

    def perform(self, call: OnCall, effect: Transfer) -> Happening:
        """Ring, join, and say what came of it. Raises ``LegGone`` where the contact hung up meanwhile."""
        begun = self._clock()
        try:
            target = self._target(effect)
        except CommandError as error:
            log.warning("transfer-refused", interaction=call.interaction, reason=str(error))
            return self._told(call, effect, NOT_ALLOWED, begun)
        call.leg.play(self._prompts.paths(effect.speech))
        bridge = commands.bridge_to(target, ring_s=round(effect.ring_s), caller_number=self._shown(effect))
        call.leg.stay_alone_if_we_die(True)
        call.leg.set_variables({TRANSFER: RUNNING})
        counted = self._outside.transferring() if effect.kind == "outside" else nullcontext()
        try:
            with counted:
                variables = call.leg.join_with(bridge, effect.ring_s + TALK_LIMIT_S)
        except LegGone:
            self._told(call, effect, LEFT, begun)
            raise
        finally:
            if not call.leg.gone.is_set():
                call.leg.stay_alone_if_we_die(False)
                call.leg.set_variables({TRANSFER: OVER})
        return self._told(call, effect, result_of(variables), begun)

    def _target(self, effect: Transfer) -> str:
        if effect.kind != "outside":
            return commands.user_target(effect.target, self._domain)
        trunk = self._trunk()
        number = as_dialled(trunk, effect.target, self._country())
        if refusal := trunk.refusal(number, live=self._outside()):
            raise CommandError(f"{effect.target}: {refusal}; see 'trunk' in site.yaml")
        return commands.outside_target(number, trunk.way)

    def _shown(self, effect: Transfer) -> str:
        return self._trunk().caller_number if effect.kind == "outside" else ""

    def _told(self, call: OnCall, effect: Transfer, result: str, begun: float) -> Happening:
        now = self._clock()
        event = ContactTransferred(
            at=now,
            interaction=call.interaction,
            kind=effect.kind,
            target=effect.target,
            result=result,
            seconds=round(now - begun, 1),
        )
        self._store.write(lambda tx: events.append(tx, event))
        log.info("contact-transferred", interaction=call.interaction, kind=effect.kind, result=result)
        return Performed(result)


def result_of(variables: Mapping[str, str]) -> str:
    """What the switch says of the dialling.

    >>> result_of({"originate_disposition": "USER_BUSY"}), result_of({})
    ('busy', 'failed')
    """
    return RESULTS.get(variables.get("originate_disposition", ""), FAILED)


def come_back(leg: CallerLeg, session: Session, variables: Mapping[str, str]) -> Happening:
    """A leg that is back after we were away: the talk took place meanwhile, or nobody was reached (asked anew)."""
    leg.stay_alone_if_we_die(False)
    is_over = "Performed" in session.waits_for and variables.get(TRANSFER) == RUNNING
    return Performed(result_of(variables)) if is_over else Resumed()
