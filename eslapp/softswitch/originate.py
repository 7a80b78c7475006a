"""Makes outgoing legs and waits for the one that answers.

Owns: leg creation with FreeSWITCH's variables, simultaneous and sequential dialing, timeouts, the race.
Not here: dial string syntax (``dialstring.py``), endpoints (``endpoints.py``), bridging (``bridging.py``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eslapp.softswitch import causes, confirming, endpoints, ring_wait
from eslapp.softswitch.deadlines import seconds_until_epoch
from eslapp.softswitch.dialstring import BadDialString, DialString, Leg, parse
from eslapp.softswitch.endpoints import Ringable
from eslapp.softswitch.numbers import is_whole, leading_number, whole
from eslapp.softswitch.outgoing import announce_again, forwards_left, new_leg
from eslapp.softswitch.variables import is_true

if TYPE_CHECKING:
    from eslapp.softswitch.profile import CallerProfile
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
DEFAULT_TIMEOUT_S = 60
IGNORING = ("consume", "ring_ready")


@dataclass(frozen=True)
class Delayed:
    """A leg with ``leg_delay_start``: when (the loop's clock), its place among the legs, what it needs to begin."""

    due: float
    place: int
    plan: DialString
    ringable: Ringable
    originator: CallerProfile | None


@dataclass
class Dialing:
    """One attempt to reach somebody; ``answered`` is the winner, else ``cause`` says why not."""

    switch: Switch
    originator: Session | None = None
    caller_name: str = ""
    caller_number: str = ""
    timeout_s: int = 0
    answered: Session | None = None
    cause: str = "DESTINATION_OUT_OF_ORDER"
    legs: list[Session] = field(default_factory=list)
    told: set[str] = field(default_factory=set)  # of them: the originator knows how they ended
    causes: list[tuple[str, str]] = field(default_factory=list)
    on_progress: Callable[[Session], None] | None = None
    on_lost: Callable[[bool], None] = lambda _: None  # a leg refused while others ring; True: a whole group has failed
    on_over: Callable[[], None] = lambda: None  # it is decided, and the caller still waits
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    wins_by_ringing: bool = False  # return_ring_ready
    is_forked: bool = False  # several targets, at once or one after the other
    is_early_enough: bool = True  # early media ends the ringing
    originator_as: CallerProfile | None = None  # how a delayed leg shows it: as it was when the others began
    _delayed: list[Delayed] = field(default_factory=list)
    _rings: str = ""  # ignore_early_media
    _rejects: str = ""
    _is_instant: bool = False  # instant_ringback: the caller hears it before anybody rings
    _wants_end: bool = False  # somebody gave up waiting
    _is_cut: bool = False  # the legs of this group that still rang were not waited for
    _is_timed_out: bool = False  # the limit of all legs, not of one
    _is_settled: bool = False  # one refused, and that ends it for all

    async def dial(self, text: str) -> Session | None:
        """The leg that answered (or, unless ignored, opened media), or None; an answered caller is in RING_WAIT."""
        caller = self.originator
        if caller is None:
            return await self._dial(text)
        ring_wait.begin(caller)
        try:
            return await self._dial(text)
        finally:
            self.on_over()
            ring_wait.end(caller, self.answered)

    async def _dial(self, text: str) -> Session | None:
        try:
            plan = parse(text)
        except BadDialString:
            if self.originator is not None:
                self.cause = "ORIGINATOR_CANCEL"
            return None
        if not plan.groups:
            if self.originator is not None:
                self.cause = "ORIGINATOR_CANCEL"
            if "," in text:  # a target without a name
                self.cause = "CHAN_NOT_IMPLEMENTED"
            return None
        ignored = self._rings = self._setting(plan, "ignore_early_media") or ""
        bridged = self._setting(plan, "bridge_early_media")
        self._is_instant = is_true(self._setting(plan, "instant_ringback"))
        self.wins_by_ringing = self.originator is None and is_true(plan.variables.get("return_ring_ready"))
        self.is_forked = len(plan.groups) > 1 or any(len(group) > 1 for group in plan.groups)
        self.is_early_enough = not (is_true(ignored) or ignored in IGNORING or is_true(bridged))
        self._rejects = (self._setting(plan, "fail_on_single_reject") or "").upper()
        for number, group in enumerate(plan.groups):
            if number:
                self.on_lost(True)
            self._delayed.clear()
            await self._dial_group(plan, group)
            if self.answered is not None or self._is_given_up or self._is_settled:
                break
            if self._is_timed_out and not is_true(self._setting(plan, "continue_on_timeout")):
                break
        return self.answered

    def give_up(self) -> None:
        """Nobody is waited for any longer."""
        self._wants_end = True
        self._changed.set()

    def _fails_all(self, cause: str) -> bool:
        """``fail_on_single_reject``: true, or causes; with ``!`` every cause but these."""
        listed = self._rejects
        return is_true(listed) or (bool(listed) and (cause in listed) != listed.startswith("!"))

    @property
    def _is_given_up(self) -> bool:
        return self.originator is not None and not self.originator.is_ready

    def _setting(self, plan: DialString, name: str) -> str | None:
        if name in plan.variables:
            return plan.variables[name]
        return self.originator.variables.get(name) if self.originator is not None else None

    def _limit_s(self, plan: DialString) -> int:
        for text in (
            plan.variables.get("originate_timeout"),
            str(self.timeout_s or ""),
            plan.variables.get("call_timeout"),
            self.originator.variables.get("originate_timeout") if self.originator else None,
            self.originator.variables.get("call_timeout") if self.originator else None,
        ):
            if text and whole(text) > 0:
                return int(text)
        return DEFAULT_TIMEOUT_S

    # -- one group ----------------------------------------------------------------------------------------------------

    async def _dial_group(self, plan: DialString, group: list[Leg]) -> None:
        started: list[Session] = []
        for leg in group:
            started += self._start_leg(plan, leg)
            if self._is_settled:
                for session in started:
                    session.hangup(self.cause)
                return
        if started or self._delayed:
            await self._race(started, self._limit_s(plan))
        if self._is_cut:
            self.cause, self._is_cut = "NO_ANSWER", False
        elif len(started) > 1 and self.answered is None and not self._is_given_up:
            self.cause = started[0].hangup_cause or self.cause

    def _start_leg(self, plan: DialString, leg: Leg) -> list[Session]:
        """Its channels; none where it cannot be rung, which may settle it for all."""
        found = endpoints.resolve(self.switch, Leg(leg.target, {**leg.variables}))
        if self.originator is not None:
            for name, value in found.learnt.items():
                self.originator.variables.set(name, value)
            if found.learnt:  # its own dialing says again how it stands
                self.originator.variables.tell_again(("originate_disposition", "DIALSTATUS"))
        if found.cause:
            self.cause = found.cause
            self._is_settled = self._fails_all(found.cause)
        now_s, now = asyncio.get_running_loop().time(), self.switch.now()
        sessions = []
        for ringable in found.ringables:
            delay = leading_number({**ringable.variables, **plan.variables}.get("leg_delay_start", ""))
            if delay > 0:
                due, place = now_s + seconds_until_epoch(delay + 1, now), len(self.legs) + len(self._delayed)
                shown = self.originator.profile.as_originator() if self.originator is not None else None
                self._delayed.append(Delayed(due, place, plan, ringable, shown))
            else:
                sessions.append(self._start(plan, ringable))
        return [session for session in sessions if session is not None]

    def _start_delayed(self, started: list[Session], waiting: dict[Session, float], limit_s: int) -> None:
        """Legs whose ``leg_delay_start`` is over; the next one now when nobody rings."""
        now = asyncio.get_running_loop().time()
        self._delayed.sort(key=lambda each: each.due)
        while self._delayed and (self._delayed[0].due <= now or not waiting):
            delayed = self._delayed.pop(0)
            self.originator_as = delayed.originator
            session = self._start(delayed.plan, delayed.ringable)
            self.originator_as = None
            if session is not None:
                self.legs.insert(delayed.place, self.legs.pop())
                started.append(session)
                waiting[session] = now + seconds_until_epoch(limit_s, self.switch.now())

    def _start(self, plan: DialString, ringable: Ringable) -> Session | None:
        if forwards_left(self.originator) <= 0:  # a call that was passed on too often
            self.cause = "EXCHANGE_ROUTING_ERROR"
            return None
        try:
            session = new_leg(self, plan.variables, ringable)
        except (OSError, ValueError) as error:
            log.warning("leg-refused target=%s error=%s", ringable.channel_name, error)
            self.cause = "DESTINATION_OUT_OF_ORDER"
            return None
        if session is None:
            self.cause = "DESTINATION_OUT_OF_ORDER"
            return None
        self.legs.append(session)
        if self.is_forked:  # otherwise once the user endpoint's own dialing is done
            if session.is_by_user and self.originator is not None:
                ring_wait.dialed_by_user(self.originator, session)
            announce_again(session)
        session.dialer = self._changed.set
        session.start()
        return session

    async def _race(self, started: list[Session], limit_s: int) -> None:
        loop = asyncio.get_running_loop()
        now = self.switch.now()
        end = loop.time() + seconds_until_epoch(limit_s, now)
        ends = {session: end for session in started}
        for session in started:
            own = session.variables.text("leg_timeout")
            if is_whole(own):
                ends[session] = min(end, loop.time() + seconds_until_epoch(int(own), now))
        if self.originator is not None:
            self.originator.on_sent.append(self._changed.set)
        try:
            await self._until_decided(started, ends, limit_s)
        finally:
            if self.originator is not None and self._changed.set in self.originator.on_sent:
                self.originator.on_sent.remove(self._changed.set)
            self._settle(started)

    async def _until_decided(self, started: list[Session], ends: dict[Session, float], limit_s: int) -> None:
        loop = asyncio.get_running_loop()
        waiting = dict(ends)
        while not (self._is_given_up or self._wants_end):
            self._start_delayed(started, waiting, limit_s)
            for session in list(waiting):
                if not session.is_up:
                    del waiting[session]
                    self._lost(session, is_last=not waiting)
                    if self._fails_all(session.hangup_cause):
                        self._is_settled = not is_true(self._rejects)
                        self._give_up(list(waiting))
                        return
                elif self._has_won(session, waiting):
                    self.answered = session
                    return
                elif loop.time() >= waiting[session]:
                    is_own = "leg_timeout" in session.variables
                    self._is_timed_out = self._is_cut = self._is_timed_out or not is_own
                    del waiting[session]
                    session.hangup("ALLOTTED_TIMEOUT" if is_own else "NO_ANSWER")
                    self._lost(session)
            self._show_progress(list(waiting))
            if not waiting and not self._delayed:
                return
            if not waiting:
                continue
            await self._next_change(waiting)
        if self._wants_end:
            self._give_up(list(waiting))

    async def _next_change(self, waiting: dict[Session, float]) -> None:
        """Of a leg, or until the next deadline."""
        until = min([*waiting.values(), *(each.due for each in self._delayed)])
        timeout = None if until == float("inf") else max(0.0, until - asyncio.get_running_loop().time())
        try:
            await asyncio.wait_for(self._changed.wait(), timeout)
            self._changed.clear()
        except TimeoutError:
            return

    def _has_won(self, session: Session, ends: dict[Session, float]) -> bool:
        """It answered (early media may be enough) and, where that is wanted, confirmed it."""
        is_there = session.is_answered or (session.is_media_ready and self.is_early_enough)
        is_there = is_there or (self.wins_by_ringing and session.has_rung)
        if is_there and confirming.is_wanted(session) and session.confirmation != "given":
            if not session.confirmation:
                ends[session] = confirming.limit_s(session, ends[session], asyncio.get_running_loop().time())
                confirming.begin(session)
            return False
        return is_there

    def _give_up(self, ringing: list[Session]) -> None:
        for session in ringing:
            session.hangup("NO_ANSWER")
            self._lost(session)
        self._is_cut = True
        self._is_settled = self._is_settled or self._wants_end

    def _show_progress(self, ringing: list[Session]) -> None:
        for session in ringing:
            is_ringing = session.has_rung or self._is_instant
            if session.is_media_ready and self._rings == "ring_ready" and len(ringing) == 1 and self.originator:
                is_ringing = True
                self.originator.variables.set("switch_m_sdp", session.variables.get("switch_r_sdp"))
            if self.on_progress is not None and is_ringing:
                self.on_progress(session)

    def _lost(self, session: Session, *, is_last: bool = True) -> None:
        self.cause = session.hangup_cause
        self.causes.append((session.uuid, session.hangup_cause))
        if not is_last and "proto_specific_hangup_cause" in session.variables:
            self.on_lost(False)

    def _settle(self, started: list[Session]) -> None:
        """Cancel everybody but the winner."""
        if self._is_given_up:
            self.cause = "PICKED_OFF" if any(s.hangup_cause == "PICKED_OFF" for s in started) else "ORIGINATOR_CANCEL"
            self.answered = None
        for session in started:
            session.dialer = None
            if session.hangup_cause == "PICKED_OFF" and self._is_given_up:
                self.causes.append((session.uuid, "PICKED_OFF"))
            if session is self.answered or not session.is_up:
                continue
            if self.answered is not None:
                session.variables.set("group_dial_status", "loser")
            elif self.originator is not None and not self.originator.is_up:
                _blame(session, self.originator)
            session.hangup("LOSE_RACE" if self.answered is not None else "ORIGINATOR_CANCEL")
            self.causes.append((session.uuid, session.hangup_cause))
        if self.answered is not None:
            self.cause = "SUCCESS"
            self.causes.append((self.answered.uuid, "NONE"))


def _blame(session: Session, originator: Session) -> None:
    """A leg that is cancelled because its caller left knows how the caller left."""
    status = originator.variables.text("sip_term_status")
    session.variables.set("sip_hangup_phrase", {"200": "OK", "487": "Request Terminated"}.get(status))
    session.variables.set("last_bridge_hangup_cause", originator.hangup_cause)
    session.variables.set("last_bridge_proto_specific_hangup_cause", f"sip:{status}" if status else None)


def dial_status(cause: str) -> str:
    """The DIALSTATUS of an originate_disposition."""
    return causes.DIAL_STATUS.get(cause, cause)
