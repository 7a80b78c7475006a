"""Compares what we believe with what the switch says, repairs the difference, and counts every repair.

Owns: re-adoption at each (re)connect and the look every few seconds: legs that are gone, legs nobody owns, joins
that happened unseen, phones that (un)registered. Not here: the ordinary course of a call (``voice_*``).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import gevent
from gevent.event import Event as Signal
from gevent.pool import Group

from eslapp.bus import Bus
from eslapp.clock import Clock, monotonic
from eslapp.core import commands as ask
from eslapp.core.callbacks import must_be_dialled
from eslapp.core.matching import matches
from eslapp.core.model import InteractionState, Medium, OfferState, Outcome
from eslapp.esl import commands
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log
from eslapp.repairs import repaired
from eslapp.services import legs, returning
from eslapp.services.registrations import address_of, phones_of

log = get_log("reconciler")

EVERY_S = 5.0
RECOVERED = re.compile(r"Recovered (\d+) call")
TABLE_LAGS_S = 1.0  # the switch's table of legs follows its events
SETTLE_S = 3.0  # younger than this it may simply be in motion
LIVE = (
    InteractionState.IN_FLOW,
    InteractionState.QUEUED,
    InteractionState.OFFERED,
    InteractionState.CONNECTING,
    InteractionState.CONNECTED,
)


class Look(Protocol):
    """A part that knows how its own legs should stand; the kinds of what it repaired."""

    def look(
        self, world: Any, channels: Mapping[str, Mapping[str, str]], at_start: bool, seen: Callable[[str, bool], bool]
    ) -> Iterable[str]: ...


class Reconciler:
    """One per daemon."""

    def __init__(
        self,
        *,
        bus: Bus,
        link: Any,
        world: Callable[[], Any],
        clock: Clock,
        looks: Sequence[Look] = (),
        is_being_joined: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._looks = looks
        self._is_being_joined = is_being_joined  # by this daemon: a whisper is said, or the contact is being called
        self._bus = bus
        self._link = link
        self._world = world
        self._clock = clock
        self._missing: Counter[str] = Counter()  # legs not seen in successive looks
        self._met: set[str] = set()  # those of this look
        self._wake = Signal()  # a phone has registered
        self.repairs: Counter[str] = Counter()

    def run(self) -> None:
        """Look every few seconds until killed."""
        look_at = monotonic() + EVERY_S
        while True:
            is_news = self._wake.wait(max(0.0, look_at - monotonic()))
            self._wake.clear()
            if monotonic() >= look_at:
                is_news, look_at = False, monotonic() + EVERY_S
            if self._link.is_up:
                self._guarded_look(is_news)

    def _guarded_look(self, is_news: bool) -> None:
        """Whatever one look meets (a full disk, an odd answer), the next one comes."""
        try:
            if is_news:
                self._phones(self._registered(), is_news=True)
            else:
                self.look(at_start=False)
        except Exception:
            log.exception("reconcile-failed")

    def recover(self) -> int:
        """Have a switch that died and is back bring its calls back, before we look at what is there: how many."""
        try:
            found = RECOVERED.search(self._link.api(commands.recover_calls(), timeout=20))
        except SwitchError as error:
            log.warning("calls-not-recovered", reason=str(error))
            return 0
        calls = int(found[1]) if found else 0
        if calls:
            self.repairs["recovered-call"] += calls
            repaired("recovered-call", calls)
            log.warning("calls-recovered", calls=calls)
            gevent.sleep(TABLE_LAGS_S)
        return calls

    def talking_leg(self, interaction: str) -> str:
        """The contact's leg of a talk, "" where there is none."""
        one = self._world().interaction(interaction)
        return one.leg if one is not None and one.state == InteractionState.CONNECTED else ""

    def look(self, *, at_start: bool) -> None:
        """One comparison. ``at_start``: what is not there now is gone, no second look needed."""
        try:
            channels = rows(self._link.api(commands.show_channels(), timeout=10))
            phones = self._registered()
        except (SwitchError, ValueError) as error:
            log.warning("reconcile-skipped", reason=str(error))
            return
        self._legs({row.get("uuid", ""): row for row in channels}, at_start)  # first what is: then who may get more
        self._phones(phones, is_news=at_start)

    def phone(self, user: str, contact: str) -> None:
        """The switch says that a phone has registered at this contact, or (``""``) signed off or fallen silent."""
        address = address_of(contact)
        for agent in self._world().agents.values():
            if agent.extension != user:
                continue
            if not contact and agent.phone_registered:
                self._bus.submit(ask.SetPhone(at=self._clock(), agent=agent.id, registered=False))
            elif contact and not (agent.phone_registered and address in agent.phone_contact.split()):
                self._wake.set()  # the switch's table knows all the addresses

    def _registered(self) -> dict[str, str]:
        return phones_of(rows(self._link.api(commands.show_registrations(), timeout=10)))

    # --- phones --------------------------------------------------------------------------------------------------

    def _phones(self, registered: dict[str, str], *, is_news: bool = False) -> None:
        """``is_news``: the switch has just told of a change, so that nothing is repaired by this."""
        now, wanted = self._clock(), []
        for agent in self._world().agents.values():
            is_there, where = agent.extension in registered, registered.get(agent.extension, "")
            if agent.phone_registered != is_there or where not in ("", agent.phone_contact):
                wanted.append(ask.SetPhone(at=now, agent=agent.id, registered=is_there, contact=where))
                if not is_news and agent.phone_registered != is_there:
                    self._count("phone")
        Group().map(self._bus.submit, wanted)  # at once: one commit for many

    # --- legs ----------------------------------------------------------------------------------------------------

    def _legs(self, channels: dict[str, dict[str, str]], at_start: bool) -> None:
        for interaction in list(self._world().interactions.values()):
            if must_be_dialled(interaction):
                self._callback(interaction, channels, at_start)
            elif interaction.medium == Medium.VOICE and interaction.state in LIVE:
                self._contact_leg(interaction, channels, at_start)
        for offer in list(self._world().offers.values()):
            if offer.medium == Medium.VOICE and offer.state == OfferState.PENDING:
                self._ringing_leg(offer, channels, at_start)
        for part in self._looks:
            for kind in part.look(self._world(), channels, at_start, self._is_gone):
                self._count(kind)
        self._orphans(channels, at_start)
        self._standstill(at_start)
        for leg in self._missing.keys() - self._met:
            del self._missing[leg]
        self._met.clear()

    def _contact_leg(self, interaction: Any, channels: dict[str, dict[str, str]], at_start: bool) -> None:
        now = self._clock()
        if interaction.leg not in channels:
            if self._is_gone(interaction.leg, at_start) and now - interaction.opened_at > SETTLE_S:
                self._count("contact-leg")
                log.warning("contact-leg-gone", interaction=interaction.id)
                if interaction.state == InteractionState.CONNECTED:
                    end = ask.EndTalk(at=now, interaction=interaction.id, by="switch", cause="lost")
                    self._bus.submit(end)
                else:
                    outcome = Outcome.LOST if interaction.state == InteractionState.IN_FLOW else None
                    self._bus.submit(
                        ask.CloseInteraction(
                            at=now, interaction=interaction.id, outcome=outcome, cause="lost-while-away"
                        )
                    )
            return
        self._missing.pop(interaction.leg, None)
        if interaction.state in (InteractionState.CONNECTING, InteractionState.CONNECTED):
            self._talk(interaction, channels, at_start)

    def _callback(self, callback: Any, channels: dict[str, dict[str, str]], at_start: bool) -> None:
        """While it waits there is no leg. Who was being dialled when the daemon died is tried again."""
        if callback.state == InteractionState.CONNECTED:
            self._contact_leg(callback, channels, at_start)
        elif callback.state == InteractionState.CONNECTING and callback.leg:
            if callback.leg in channels:
                self._talk(callback, channels, at_start)
            elif self._is_gone(callback.leg, at_start):
                self._count("contact-leg")
                self._bus.submit(ask.MissContact(at=self._clock(), interaction=callback.id, reason="lost"))

    def _talk(self, interaction: Any, channels: dict[str, dict[str, str]], at_start: bool) -> None:
        """Is the agent's leg still there?"""
        leg = legs.offer_leg(interaction.offer)
        if leg in channels:
            self._missing.pop(leg, None)
            if interaction.state == InteractionState.CONNECTING:
                self._joining(interaction, channels[interaction.leg], channels[leg])
            return
        if not self._is_gone(leg, at_start):
            return
        self._count("agent-leg")
        now = self._clock()
        if interaction.state == InteractionState.CONNECTED:
            self._bus.submit(ask.EndTalk(at=now, interaction=interaction.id, by="switch", cause="lost"))
        elif self._was_joined(interaction):
            returning.talked_unseen(self._bus, now, interaction.id)
        else:
            self._bus.submit(ask.RescindOffer(at=now, offer=interaction.offer, reason="agent-leg-lost"))

    def _was_joined(self, interaction: Any) -> bool:
        try:
            partner = self._link.api(commands.uuid_getvar(interaction.leg, returning.LAST_PARTNER), timeout=5)
        except (SwitchError, commands.CommandError):
            return False
        return returning.was_joined(interaction, partner)

    def _joining(self, interaction: Any, contact: dict[str, str], agent: dict[str, str]) -> None:
        """Joined unseen, or the daemon that was to join them died: then the contact has the old place again."""
        now, joined = self._clock(), agent.get("call_uuid")
        if joined and joined == contact.get("call_uuid") and contact.get("callstate") == "ACTIVE":
            self._bus.submit(ask.ConnectInteraction(at=now, interaction=interaction.id))
        elif not self._is_being_joined(interaction.id) and self._is_gone(f"join:{interaction.offer}", False):
            self._count("never-joined")
            self._bus.submit(ask.RescindOffer(at=now, offer=interaction.offer, reason="never-joined"))

    def _ringing_leg(self, offer: Any, channels: dict[str, dict[str, str]], at_start: bool) -> None:
        leg = legs.offer_leg(offer.id)
        row = channels.get(leg)
        now = self._clock()
        if row is None:
            if now - offer.offered_at > SETTLE_S and self._is_gone(leg, at_start):
                self._count("ringing-leg")
                self._bus.submit(ask.RescindOffer(at=now, offer=offer.id, reason="agent-leg-lost"))
            return
        self._missing.pop(leg, None)
        if row.get("callstate") == "ACTIVE":  # answered while nobody listened
            self._count("answer-unseen")
            self._bus.submit(ask.AcceptOffer(at=now, offer=offer.id, agent=offer.agent))

    def _orphans(self, channels: dict[str, dict[str, str]], at_start: bool) -> None:
        """Agents' legs of offers and talks that are over hang up: their phones would ring or be silent for nobody."""
        world = self._world()
        guests = {guest.id for one in world.interactions.values() for guest in one.guests}
        for leg, row in channels.items():
            if row.get("direction") != "outbound" or leg in {one.leg for one in world.interactions.values()}:
                continue
            is_wanted = legs.offer_of(leg) in guests or _is_in_use(world, legs.offer_of(leg))
            if is_wanted or not self._is_ours(leg) or not self._is_gone(f"orphan:{leg}", at_start):
                continue
            self._count("orphan")
            try:
                self._link.api(commands.uuid_kill(leg), timeout=5)
            except SwitchError as error:
                log.warning("orphan-not-dropped", leg=leg, reason=str(error))

    def _standstill(self, at_start: bool) -> None:
        """Work that waits beside somebody free: the router never leaves that behind, unless it has been stopped."""
        world, now = self._world(), self._clock()
        if next(matches(world, now, lambda: "look"), None) is not None and self._is_gone("unmatched", at_start):
            self._count("waiting-beside-free")
            self._bus.submit(ask.RouteWaiting(at=now))

    def _is_ours(self, leg: str) -> bool:
        marks = {legs.OFFER: legs.offer_of(leg), legs.GUEST: legs.offer_of(leg), legs.CONTACT: leg}
        try:
            return any(
                self._link.api(commands.uuid_getvar(leg, name), timeout=5).strip() == mark
                for name, mark in marks.items()
            )
        except (SwitchError, commands.CommandError):
            return False

    def _is_gone(self, leg: str, at_start: bool) -> bool:
        """Missing twice in a row: the switch's table lags by up to 100 ms."""
        self._met.add(leg)
        self._missing[leg] += 1
        return at_start or self._missing[leg] >= 2

    def _count(self, kind: str) -> None:
        self.repairs[kind] += 1
        repaired(kind)


def _is_in_use(world: Any, name: str) -> bool:
    """Whether an offer's leg rings or talks; in wrap-up the offer lives on, but the leg does not."""
    offer = world.offer(name)
    if offer is None or offer.state == OfferState.PENDING:
        return offer is not None
    one = world.interaction(offer.interaction)
    is_talk = one is not None and one.state in (InteractionState.CONNECTING, InteractionState.CONNECTED)
    return bool(is_talk and one.offer == name)


def rows(answer: str) -> list[dict[str, str]]:
    """The rows of ``show ... as json``; an empty table has no ``rows`` key. Raises ``ValueError``."""
    return json.loads(answer).get("rows", [])
