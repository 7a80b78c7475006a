"""Holds, consultations, three-way talks and supervisors as the switch has them, against what the router believes.

Owns: what a daemon that died in the middle left half done. Guests who answered or left meanwhile are told to the
router; legs that are not where the talk says are brought there. Not here: contacts' and agents' legs (``reconciler``),
the ordinary course (``talks``, ``guests``).

    the router says      the switch shows                               repaired
    direct, three_way    contact and agent are not joined               joined again
    held, consulting     contact and agent are still joined             the contact is held
    consulting, answered agent and guest are not joined                 joined
    three_way            the guest is not beside them                   put beside them
    a supervisor listens their leg does not                             listens again
    the talk is over     the contact is left with the music of a hold   back to the flow
    no talk              a contact's leg was reset and hears nothing    back to the flow
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.model import Guest, GuestState, Interaction, InteractionState, Medium, TalkState
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log
from eslapp.services import legs

log = get_log("talk_repairs")

Row = Mapping[str, str]
Seen = Callable[[str, bool], bool]  # (mark, at_start) -> has it been so long enough?
SPIES = {GuestState.LISTENING: "listen", GuestState.WHISPERING: "whisper", GuestState.BARGING: "barge"}
SPY_APPS = frozenset({"eavesdrop", "three_way"})
TRIES = 2
RESET = "CS_RESET"  # a moment between two bridges, or for ever where a leg's old connection closed while it was sent on
JOINED = frozenset({TalkState.DIRECT, TalkState.THREE_WAY})


class TalkRepairs:
    """One per daemon. ``find(leg)``: the newest interaction of a contact's leg, open or closed."""

    def __init__(
        self, *, bus: Bus, talks: Any, guests: Any, find: Callable[[str], Interaction | None], clock: Clock
    ) -> None:
        self._bus = bus
        self._talks = talks
        self._guests = guests
        self._find = find
        self._clock = clock
        self._tries: Counter[str] = Counter()  # what a switch shows otherwise than we read it is not disturbed for ever

    def look(self, world: Any, channels: Mapping[str, Row], at_start: bool, seen: Seen) -> Iterator[str]:
        """Compare all open talks; the kind of each repair. What the switch refuses is tried once more."""
        for one in list(world.interactions.values()):
            if one.medium == Medium.VOICE and one.state == InteractionState.CONNECTED:
                yield from self._talk(one, channels, at_start, seen)
        yield from self._left_alone(world, channels, at_start, seen)

    def _talk(self, one: Interaction, channels: Mapping[str, Row], at_start: bool, seen: Seen) -> Iterator[str]:
        for guest in one.guests:
            if guest.kind != "participant":
                yield from self._guest(one, guest, channels.get(legs.offer_leg(guest.id)), at_start, seen)
        contact, agent = channels.get(one.leg), channels.get(legs.offer_leg(one.offer))
        if contact is None or agent is None:
            return  # somebody is gone: that is the reconciler's
        if are_joined(contact, agent) != (one.talk in JOINED):
            put = self._talks.rejoin if one.talk in JOINED else self._talks.hold
            yield from self._put(f"talk:{one.id}:{one.talk}", lambda: put(one), at_start, seen)
            agent = {**agent, "call_uuid": ""}
        guest = one.consulted
        leg = channels.get(legs.offer_leg(guest.id)) if guest is not None else None
        if guest is None or leg is None:
            return
        if guest.state is GuestState.CONSULTED and not are_joined(agent, leg):
            mark = f"consulted:{guest.id}"
            yield from self._put(mark, lambda: self._talks.consult(one, guest.id), at_start, seen)
        elif guest.state is GuestState.JOINED and leg.get("application") not in SPY_APPS:
            yield from self._put(f"beside:{guest.id}", lambda: self._talks.beside(one, guest.id), at_start, seen)

    def _guest(self, one: Interaction, guest: Guest, leg: Row | None, at_start: bool, seen: Seen) -> Iterator[str]:
        about = {"at": self._clock(), "interaction": one.id, "guest": guest.id}
        if leg is None:
            # a phone that was called just now is not in the table yet: never judged by one look
            if seen(f"guest:{guest.id}", at_start and guest.state is not GuestState.RINGING):
                self._bus.submit(ask.DismissGuest(**about, reason="lost"))
                yield "guest-gone"
        elif guest.state is GuestState.RINGING and leg.get("callstate") == "ACTIVE":
            if seen(f"answer:{guest.id}", at_start):
                self._bus.submit(ask.AnswerGuest(**about))
                yield "guest-answer-unseen"
        elif guest.state in SPIES and leg.get("application") not in SPY_APPS:
            mode = SPIES[guest.state]
            yield from self._put(f"spy:{guest.id}", lambda: self._guests.listen(one, guest.id, mode), at_start, seen)

    def _left_alone(self, world: Any, channels: Mapping[str, Row], at_start: bool, seen: Seen) -> Iterator[str]:
        talking = {one.leg for one in world.interactions.values() if one.state == InteractionState.CONNECTED}
        for leg, row in channels.items():
            if leg in talking:
                continue
            if row.get("state") == RESET and row.get("context") == legs.RETURN_CONTEXT:
                yield from self._put(f"reset:{leg}", lambda leg=leg: self._talks.fetch(leg), False, seen)  # type: ignore[misc]
            one = self._find(leg) if row.get("dest") == legs.HOLD_EXTENSION else None
            if one is not None:
                yield from self._put(f"music:{leg}", lambda one=one: self._talks.release(one), at_start, seen)  # type: ignore[misc]

    def _put(self, mark: str, act: Callable[[], None], at_start: bool, seen: Seen) -> Iterator[str]:
        if not seen(mark, at_start) or self._tries[mark] >= TRIES:
            return
        self._tries[mark] += 1
        try:
            act()
        except (SwitchError, ValueError) as error:
            log.warning("talk-not-repaired", about=mark, reason=str(error))
            return
        yield mark.partition(":")[0]


def are_joined(one: Row, other: Row) -> bool:
    """Whether the switch bridges the two: it gives both one call."""
    return bool(one.get("call_uuid")) and one.get("call_uuid") == other.get("call_uuid")
