"""One day on the floor: contacts come, agents react, things go wrong, and the router decides all of it.

day = Day(world, workload, People(workload, seed=1))
day.live()
day.log, day.world
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.callbacks import CHANNEL
from eslapp.core.declined import Resting
from eslapp.core.events import Event
from eslapp.core.model import InteractionState, Medium, Outcome, Presence
from eslapp.core.resting import rested_by
from eslapp.core.sorted_map import EMPTY
from eslapp.core.world import World, rebuilt

from . import deeds, wishes
from .floor import Floor, Watcher
from .people import People
from .workload import Arrival, Callback, Opening, Revision, Shift, Workload

IN_LINE = (InteractionState.QUEUED, InteractionState.OFFERED)
STAYING = (*IN_LINE, InteractionState.CONNECTING)  # whoever hangs up now was not served
AWAY_S = 60.0


@dataclass(slots=True)
class Counter:
    """Ids in order."""

    prefix: str
    number: int = 0

    def __call__(self) -> str:
        self.number += 1
        return f"{self.prefix}{self.number:07}"


class Day:
    """``watch`` sees each event with the world after it, ``rest`` each world at rest (the tests' invariants)."""

    def __init__(
        self,
        world: World,
        workload: Workload,
        people: People,
        watch: Watcher | None = None,
        rest: Callable[[World], None] | None = None,
    ) -> None:
        self.log: list[Event] = []
        self._watch = watch
        self._people = people
        self._workload = workload
        self._arrivals: dict[str, Arrival | Callback] = {one.interaction: one for one in workload.arrivals}
        self._arrivals |= {one.interaction: one for one in workload.callbacks}
        self._promised: dict[str, list[Callback]] = {}  # in a talk, by the contact's call
        self._talks: Tally[str] = Tally()
        self._dialled: Tally[str] = Tally()
        self.floor = Floor(world, Counter("x"), workload.starts_at, self._seen, rest)
        self._names = Counter("callback-")

    @property
    def world(self) -> World:
        return self.floor.world

    def live(self) -> None:
        """From the first to the last, and on until everything is over (at most a day)."""
        self._plan_the_daemon()
        for shift in self._workload.shifts:
            self.floor.at(shift.at, lambda shift=shift: self._shift(shift))  # type: ignore[misc]
        for opening in self._workload.openings:
            self.floor.at(opening.at, lambda opening=opening: self._open(opening))  # type: ignore[misc]
        for arrival in self._workload.arrivals:
            self.floor.at(arrival.at, lambda arrival=arrival: self._arrive(arrival))  # type: ignore[misc]
        for wish in self._workload.callbacks:
            if wish.in_talk_s is not None:
                self._promised.setdefault(wish.parent, []).append(wish)
            else:
                self.floor.at(wish.at, lambda wish=wish: wishes.ask(self, wish, wish.parent in self._arrivals))  # type: ignore[misc]
        for agent in self.world.agents.values():
            if agent.presence is Presence.RNA:
                self._be_back(agent.id)
        self.floor.run(self._workload.ends_at)
        for name in list(self.world.interactions):
            self.ask(c.CloseInteraction(at=self.floor.now, interaction=name))
        self.floor.run(self._workload.ends_at + 86_400.0)

    def _plan_the_daemon(self) -> None:
        for revision in self._workload.revisions:
            self.floor.at(revision.at, lambda revision=revision: self._revise(revision))  # type: ignore[misc]
        for since, until in self._workload.outages:
            self.floor.at(since, lambda: self._be_down(True))
            self.floor.at(until, lambda: self._be_down(False))

    def ask(self, command: c.Command) -> list[Event] | c.Refused:
        return self.floor.ask(command)

    # --- from outside --------------------------------------------------------------------------------------------

    def _shift(self, shift: Shift) -> None:
        now = self.floor.now
        if shift.registered is not None:
            self.ask(c.SetPhone(at=now, agent=shift.agent, registered=shift.registered))
        if shift.presence is not None:
            said = {"presence": shift.presence, "reason": shift.reason, "after_work": shift.after_work}
            self.ask(c.SetPresence(at=now, agent=shift.agent, **said))

    def _revise(self, revision: Revision) -> None:
        self.floor.world = rebuilt(self.world, revision.settings)
        self.ask(c.RouteWaiting(at=self.floor.now))

    def _be_down(self, is_down: bool) -> None:
        self.floor.is_down = is_down
        self.ask(c.RouteWaiting(at=self.floor.now))

    def _open(self, opening: Opening) -> None:
        """As the calendar did; who waits where it closes is sent on."""
        now = self.floor.now
        self.ask(c.SetOpening(at=now, queue=opening.queue, is_open=opening.is_open))
        while self.ask(c.ReviewQueue(at=now, queue=opening.queue)):
            pass

    def _arrive(self, arrival: Arrival) -> None:
        now, name, faults = self.floor.now, arrival.interaction, self._people.faults
        if self._people.happens(faults.restart, name, "restart"):
            self.restart()
        opening = c.OpenInteraction(
            at=now,
            interaction=name,
            contact=arrival.contact,
            channel=arrival.channel,
            medium=arrival.medium,
            leg=f"leg-{name}",
            flow="day",
            language=arrival.language,
            level=arrival.level,
            wanted=arrival.wanted,
        )
        self.ask(opening)
        into = c.EnqueueInteraction(
            at=now,
            interaction=name,
            queue=arrival.queue,
            priority=arrival.priority,
            urgency=arrival.urgency,
            skills=arrival.skills,
            reply_by=now + arrival.reply_s if arrival.reply_s is not None else None,
        )
        self.ask(into)
        patience_s = self._people.patience_s(arrival)
        self._later(patience_s, lambda: self._lose_patience(name))
        for after_s, queue in arrival.moves:
            self._later(after_s, lambda queue=queue: self._move(into, queue))  # type: ignore[misc]
        if self._people.happens(faults.contact_vanishes, name, "vanish"):
            after_s = self._people.chance(name, "vanish-at").uniform(0.0, 2 * patience_s)
            self._later(after_s, lambda: self.ask(c.CloseInteraction(at=self.floor.now, interaction=name)))

    def _move(self, into: c.EnqueueInteraction, queue: str) -> None:
        """By the flow; who is being served meanwhile stays."""
        one = self.world.interaction(into.interaction)
        if one is not None and one.state in (InteractionState.QUEUED, InteractionState.IN_FLOW):
            self.ask(replace(into, at=self.floor.now, queue=queue))

    def restart(self) -> None:
        """The daemon is killed: a new one has nothing but the records, and the log of who rests from what."""
        world = self.world
        fresh = rebuilt(replace(world, cool_downs=EMPTY), world.settings)
        resting = [event for event in self.log if isinstance(event, Resting)]
        self.floor.world = rested_by(fresh, resting, world.settings.rules.cool_down_s)

    def _lose_patience(self, name: str) -> None:
        record = self.world.interaction(name)
        if record is None or record.state not in STAYING or self._talks[name]:
            return
        if record.medium is Medium.VOICE and self._people.happens(self._people.faults.wants_callback, name, "callback"):
            self._call_back(name)
        self.ask(c.CloseInteraction(at=self.floor.now, interaction=name))

    def _call_back(self, name: str) -> None:
        wish = c.RequestCallback(at=self.floor.now, interaction=self._names(), parent=name, address="13800138000")
        self._arrivals[wish.interaction] = self._arrivals[name]
        self.ask(wish)

    def _overflowed(self, event: e.InteractionOverflowed) -> None:
        """The flow's way: a promise to call back, or the end here (a voicemail, a message, a bot)."""
        record = self.world.interaction(event.interaction)
        if record is None or record.state is not InteractionState.IN_FLOW:
            return
        kind = self.world.settings.queue(event.queue).overflow.get(f"{event.reason}:{record.medium.value}")
        if kind == "callback":
            self._call_back(event.interaction)
        self.ask(c.CloseInteraction(at=self.floor.now, interaction=event.interaction, outcome=Outcome.OVERFLOWED))

    # --- what follows from events --------------------------------------------------------------------------------

    def _seen(self, event: Event, world: World) -> None:
        self.log.append(event)
        if self._watch is not None:
            self._watch(event, world)
        if isinstance(event, e.OfferMade):
            self._offered(event)
        elif isinstance(event, e.InteractionOverflowed) and not event.to:
            self._later(0.0, lambda: self._overflowed(event))
        elif isinstance(event, e.OfferAccepted):
            self._accepted(event)
        elif isinstance(event, e.InteractionConnected):
            self._connected(event)
        elif isinstance(event, e.WrapUpStarted):
            self._wrapping(event)
        elif isinstance(event, e.PresenceChanged) and event.presence is Presence.RNA:
            self._be_back(event.agent)

    def _be_back(self, agent: str) -> None:
        """When they say so, unless they have said something else."""
        at = self._people.back_at(agent, self.floor.now)
        if at < inf:
            self.floor.at(at, lambda: self._come_back(agent))

    def _come_back(self, agent: str) -> None:
        if self.world.agents[agent].presence is Presence.RNA:
            self.ask(c.SetPresence(at=self.floor.now, agent=agent, presence=Presence.AVAILABLE))

    def _offered(self, event: e.OfferMade) -> None:
        offer = event.offer
        reaction = self._people.reaction(offer.interaction, offer.agent, offer.medium.value, event.at)
        if self._people.happens(self._people.faults.phone_drops, offer.id, "phone"):
            self._later(0.5, lambda: self.ask(c.SetPhone(at=self.floor.now, agent=offer.agent, registered=False)))
            self._later(0.6, lambda: self._rescind(offer.id, "phone-gone"))
            self._later(AWAY_S, lambda: self.ask(c.SetPhone(at=self.floor.now, agent=offer.agent, registered=True)))
        elif reaction.what == "accept":
            self._later(reaction.after_s, lambda: self._answer(offer.id, offer.agent))
        elif reaction.what == "decline":
            self._later(reaction.after_s, lambda: self._decline(offer.id, offer.agent))
        elif reaction.what == "failed":
            self._later(reaction.after_s, lambda: self._rescind(offer.id, "leg-failed"))

    def _accepted(self, event: e.OfferAccepted) -> None:
        one = self.world.interactions[event.interaction]
        if one.medium is Medium.TEXT:
            return
        if one.channel == CHANNEL:
            self._later(0.0, lambda: self._dial(event))
            return
        join = self._people.join(one.id, event.agent, event.at)
        if self._people.happens(self._people.faults.leg_fails, event.offer, "leg") or not join.is_joined:
            self._later(join.after_s, lambda: self._rescind(event.offer, "leg-failed"))
        else:
            self._later(join.after_s, lambda: self.ask(c.ConnectInteraction(at=self.floor.now, interaction=one.id)))

    def _dial(self, event: e.OfferAccepted) -> None:
        name, seen = event.interaction, self._arrivals.get(event.interaction)
        self.ask(c.DialContact(at=self.floor.now, interaction=name, leg=f"leg-{event.offer}"))
        is_reached, after_s = not self._people.happens(self._people.faults.not_reached, event.offer, "reach"), 5.0
        if isinstance(seen, Callback) and self._dialled[name] < len(seen.tries):
            tried = seen.tries[self._dialled[name]]
            is_reached, after_s = tried.is_joined, tried.after_s
        self._dialled[name] += 1
        if is_reached:
            self._later(after_s, lambda: self.ask(c.ConnectInteraction(at=self.floor.now, interaction=name)))
        else:
            missed: dict[str, Any] = {"interaction": name, "reason": "busy"}
            self._later(after_s, lambda: self.ask(c.MissContact(at=self.floor.now, **missed)))

    def _connected(self, event: e.InteractionConnected) -> None:
        name, arrival = event.interaction, self._arrivals.get(event.interaction)
        talk_s = self._people.talk_s(arrival) if arrival is not None else AWAY_S
        for wish in self._promised.pop(name, ()):
            self._later(wish.in_talk_s or 0.0, lambda wish=wish: wishes.ask(self, wish, wish.parent in self._arrivals))  # type: ignore[misc]
        number, self._talks[name] = self._talks[name], self._talks[name] + 1
        if isinstance(arrival, Arrival) and number < len(arrival.handed_on):
            talk = arrival.handed_on[number]
            to: dict[str, Any] = {"interaction": name, "agent": event.agent, "kind": talk.kind, "target": talk.target}
            self._later(talk.talk_s, lambda: self._hand_on(to, talk.left_s))
            return
        self._later(talk_s, lambda: self.ask(c.EndTalk(at=self.floor.now, interaction=name, by="contact")))
        deeds.within(self, self._people, event, talk_s)
        if self._people.happens(self._people.faults.browser_closes, name, "browser"):
            self._later(talk_s / 2, lambda: self._browser(event.agent, Presence.OFFLINE))
            self._later(talk_s + AWAY_S, lambda: self._browser(event.agent, Presence.AVAILABLE))

    def _hand_on(self, to: dict[str, Any], left_s: float | None) -> None:
        """As in truth; where it cannot be, the talk is over."""
        name = to["interaction"]
        answer = self.ask(c.TransferInteraction(at=self.floor.now, **to))
        if isinstance(answer, c.Refused) or to["kind"] == "outside":
            self.ask(c.CloseInteraction(at=self.floor.now, interaction=name))
        elif left_s is not None:
            self._later(left_s, lambda: self._leave_again(name))

    def _leave_again(self, name: str) -> None:
        record = self.world.interaction(name)
        if record is not None and record.state in STAYING:
            self.ask(c.CloseInteraction(at=self.floor.now, interaction=name))

    def _wrapping(self, event: e.WrapUpStarted) -> None:
        arrival = self._arrivals.get(event.interaction)
        if arrival is None or self._people.happens(self._people.faults.wrap_up_forgotten, event.interaction, "wrap"):
            return
        whose: dict[str, Any] = {"interaction": event.interaction, "agent": event.agent}
        done, wrap_s = {**whose, "disposition": "done"}, self._people.wrap_s(arrival)
        if event.until - event.at < wrap_s < inf:
            more = c.ExtendWrapUp(at=event.at, **whose, seconds=wrap_s - (event.until - event.at))
            self._later(0.0, lambda: self.ask(more))
        self._later(wrap_s, lambda: self.ask(c.FinishWrapUp(at=self.floor.now, **done)))

    # --- in short ------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """The day's clock."""
        return self.floor.now

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something after so long."""
        self._later(seconds, act)

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        self.floor.at(self.floor.now + max(0.0, seconds), lambda: (act(), None)[1])

    def _answer(self, offer: str, agent: str) -> None:
        self.ask(c.AcceptOffer(at=self.floor.now, offer=offer, agent=agent))

    def _decline(self, offer: str, agent: str) -> None:
        self.ask(c.DeclineOffer(at=self.floor.now, offer=offer, agent=agent))

    def _rescind(self, offer: str, reason: str) -> None:
        self.ask(c.RescindOffer(at=self.floor.now, offer=offer, reason=reason))

    def _browser(self, agent: str, presence: Presence) -> None:
        self.ask(c.SetPresence(at=self.floor.now, agent=agent, presence=presence, reason="browser"))
