"""Callers who wait in line without a connection to us: their legs, the way there and back.

A switch looks at each leg's event socket every 20 ms, which costs it a third of what the music does. So a leg that
waits on is sent to music in the dialplan (``zj-rest``) and watched over the daemon's one link. When anything but music,
words or a join is due, it is fetched back: it then comes in like any leg of a contact we know, and the rows say where
it stands. Joins find it here: a leg must not be joined while it is on its way (``is_at_rest``).

    queued for REST_AFTER_S -> take -> zj-rest -> joined (the bridge takes it)
                                               -> a key, the wait is over -> fetched -> zj-1 -> ``voice_calls``
                                               -> hung up -> ``hung_up``
                            the daemon dies    -> the new one takes it over, or else the end of its music brings it back

Not here: the wait itself (``queue_wait``), what is possible on such a leg (``resting``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent

from eslapp.clock import monotonic
from eslapp.core.model import InteractionState
from eslapp.esl import commands, facts
from eslapp.esl.errors import LegGone, LegTaken, SwitchError
from eslapp.log import get_log, spawn
from eslapp.services import legs
from eslapp.services.caller_leg import CallerLeg
from eslapp.services.queue_wait import IN_LINE, QueueWait, WaitsOn
from eslapp.services.resting import Lease, NoMusic, RestingCall, RestingLeg, lease_of
from ivr import effects, waits

log = get_log("waiting_room")

# The old connection is closed by us when the leg is taken out of it; the switch's thread for it sees that within 20 ms
# and then ends whatever connection the leg has (it clears the channel's CF_CONTROLLED).
OLD_CONNECTION_S = 0.5
LOOK_AGAIN_S, ONE_S = 1.0, 0.02
UNDER_WAY = (InteractionState.CONNECTING,)  # to a join; of a daemon that died, it comes to nothing
TAKEN = (*UNDER_WAY, InteractionState.CONNECTED, InteractionState.WRAP_UP)
LOST = "LOST"  # why a leg ended that we did not see end


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A caller's wait. ``since`` when they were queued."""

    interaction: str
    wait: QueueWait
    effect: effects.EnterQueue
    language: str
    since: float


@dataclass(slots=True)
class Stay:
    """One leg's stay."""

    waiting: Waiting
    resting: RestingLeg
    begun_at: float = field(default_factory=monotonic)
    key: str = ""  # that ended it
    is_fetched: bool = False

    @property
    def is_at_music(self) -> bool:
        """Whether it is where it should be, as far as we know."""
        return not self.is_fetched and self.resting.is_settled


class WaitingRoom:
    """One per daemon. ``hung_up(leg, interaction, cause)``: who hung up here; the flow goes on from there.

    ``again(leg)``: the wait of a leg that rested when the daemon before died, ``None`` where it does not wait.
    """

    def __init__(
        self,
        *,
        link: Any,
        state_of: Callable[[str], InteractionState | None],
        hung_up: Callable[[CallerLeg, str, str], None],
        again: Callable[[str], Waiting | None] = lambda leg: None,
    ) -> None:
        self._link = link
        self._state_of = state_of  # a contact's leg -> the state of its open interaction
        self._hung_up = hung_up
        self._again = again
        self._stays: dict[str, Stay] = {}

    def __contains__(self, leg: str) -> bool:
        return leg in self._stays

    def is_at_rest(self, leg: str) -> bool:
        """Whether it can be joined."""
        stay = self._stays.get(leg)
        return stay is not None and stay.is_at_music

    # --- there ---------------------------------------------------------------------------------------------------

    def take(self, leg: CallerLeg, on: WaitsOn, waiting: Waiting) -> None:
        """Raises ``LegTaken`` when it rests here; returns where it cannot, ``may_rest`` is off then."""
        lease = lease_of(on.music)
        if lease is None:
            leg.may_rest = False
            return
        stay = self._stays[leg.leg] = Stay(waiting, RestingLeg(RestingCall(leg.leg, self._link), lease))
        try:
            leg.go_to_rest(lease.sounds)
        except BaseException:
            self._stays.pop(leg.leg, None)
            raise
        while not leg.digits.empty():  # told of too late for the wait there, perhaps too early for the one here
            stay.resting.call.press(leg.digits.get_nowait())
        spawn(self._stay, leg.leg, stay)
        raise LegTaken("it waits in line without us")

    def _take_over(self, leg: str) -> bool:
        """It rests already, since before we were there; how much of its music is left is not known."""
        try:
            waiting = self._again(leg)
        except Exception:  # a full disk: the others are looked at, too
            log.exception("not-taken-over", leg=leg)
            return False
        if waiting is None:
            return False
        lease = Lease((), LOOK_AGAIN_S + ONE_S * len(self._stays))  # then its music begins anew, one after the other
        stay = self._stays[leg] = Stay(waiting, RestingLeg(RestingCall(leg, self._link), lease))
        stay.resting.settle()
        log.info("rests-on", interaction=waiting.interaction, leg=leg)
        spawn(self._stay, leg, stay)
        return True

    def _stay(self, leg: str, stay: Stay) -> None:
        """Until something ends it; whatever we do wrong, the leg is fetched: nobody is left with the music."""
        try:
            asked = stay.waiting
            left = asked.wait.wait(stay.resting, asked.effect, asked.language, asked.since)
            stay.key = left.digits or "" if isinstance(left, waits.KeysPressed) else ""
        except LegGone as gone:
            self._over(leg, stay, gone.cause)
            return
        except LegTaken:
            self._drop(leg, stay)
            return
        except NoMusic as none:
            log.info("no-music-to-rest-with", leg=leg, music=str(none))
        except Exception:
            log.exception("stay-failed", leg=leg, interaction=stay.waiting.interaction)
        self._fetch(leg, stay)

    # --- and back ------------------------------------------------------------------------------------------------

    def _fetch(self, leg: str, stay: Stay) -> None:
        if stay.resting.cause:  # it hung up before the wait began here
            self._over(leg, stay, stay.resting.cause)
            return
        stay.is_fetched = True
        gevent.sleep(max(0.0, stay.begun_at + OLD_CONNECTION_S - monotonic()))
        if not stay.resting.gone.is_set():
            self._send_back(leg)
        elif not stay.resting.cause:  # joined
            self._drop(leg, stay)

    def _send_back(self, leg: str) -> None:
        try:
            line = commands.uuid_transfer(leg, legs.RETURN_EXTENSION, legs.RETURN_CONTEXT)
            complaint = commands.refusal(self._link.api(line))
        except SwitchError as error:
            complaint = str(error)
        if complaint:  # hung up, or the end of its music brings it back
            log.info("not-fetched", leg=leg, reason=complaint)

    def back(self, leg: CallerLeg) -> None:
        """It has a connection again, fetched or not; the key that ended its stay is pressed there."""
        stay = self._stays.pop(leg.leg, None)
        if stay is None:
            return
        stay.resting.call.lose(LegTaken("it is back"))
        if stay.key:
            leg.digits.put_nowait(stay.key)

    def _over(self, leg: str, stay: Stay, cause: str) -> None:
        self._drop(leg, stay)
        try:
            self._hung_up(stay.resting, stay.waiting.interaction, cause)
        except Exception:
            log.exception("hang-up-not-told", leg=leg, interaction=stay.waiting.interaction)

    def _drop(self, leg: str, stay: Stay) -> None:
        if self._stays.get(leg) is stay:
            del self._stays[leg]

    # --- what the switch tells -----------------------------------------------------------------------------------

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch."""
        if not isinstance(fact, facts.LegFact):
            return
        if isinstance(fact, facts.LegBridged) and fact.other in self._stays:
            self._stays[fact.other].resting.call.lose(LegTaken("joined"))
        stay = self._stays.get(fact.leg)
        if stay is None:
            return
        if isinstance(fact, facts.LegRests):
            stay.resting.settle()
        elif isinstance(fact, facts.DigitPressed):
            stay.resting.call.press(fact.digit)
        elif isinstance(fact, facts.LegBridged):
            stay.resting.call.lose(LegTaken("joined"))
        elif isinstance(fact, facts.LegHungUp):
            self._end(fact.leg, stay, fact.cause)

    def _end(self, leg: str, stay: Stay, cause: str) -> None:
        """It is gone: its wait tells, or nobody waits for it any more."""
        if stay.resting.call.lose(LegGone(cause)) and stay.is_fetched:
            spawn(self._over, leg, stay, cause)

    def look(
        self, world: Any, channels: Mapping[str, Mapping[str, str]], at_start: bool, seen: Callable[[str, bool], bool]
    ) -> Iterator[str]:
        """Legs that rest and are nobody's stay (of a daemon that died, or of a stay that failed), that were fetched and
        did not come, or that are gone. What is seen once only may be on its way."""
        for leg in [leg for leg in self._stays if leg not in channels]:
            if seen(f"rest:{leg}", at_start):
                self._end(leg, self._stays[leg], LOST)
        for leg, row in _alone(channels):
            stay, state = self._stays.get(leg), self._state_of(leg)
            if stay.is_at_music if stay is not None else state in TAKEN and not (at_start and state in UNDER_WAY):
                continue
            if not seen(f"rest:{leg}", at_start):
                continue
            if stay is not None and not stay.is_fetched:
                if row.get("application") == "playback":
                    stay.resting.settle()  # we were not told: the link was down
                continue
            if stay is not None or state not in IN_LINE or not self._take_over(leg):
                self._send_back(leg)
            if not at_start:
                yield "rest"


def _alone(channels: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The legs that rest, with their rows: not those that talk, whose rows still say where they were before."""
    calls = Counter(row.get("call_uuid") for row in channels.values())
    for leg, row in channels.items():
        if row.get("dest") == legs.REST_EXTENSION and (not row.get("call_uuid") or calls[row["call_uuid"]] == 1):
            yield leg, row
