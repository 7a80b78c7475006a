"""A day as it was, out of the log: who came, how long they stayed, what agents did. Not here: living it (``day``).

What nobody saw is marked so: who was served would have waited at least as long as they did, but how much longer is
drawn from those who left; and so are talks and wrap-ups of those who were never served.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from eslapp.core import events as e
from eslapp.core.callbacks import CHANNEL
from eslapp.core.events import Event
from eslapp.core.model import Interaction, Outcome, Presence
from eslapp.core.world import World

from .replay import after
from .workload import Arrival, Opening, Shift, Workload

MOST_REACTIONS = 5000


@dataclass(slots=True)
class Seen:
    """What is known of the day so far."""

    since: float
    until: float
    start: World | None = None  # the world when the day began
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    shifts: list[Shift] = field(default_factory=list)
    offered_at: dict[str, float] = field(default_factory=dict)
    reactions: list[tuple[str, float]] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    wished: dict[str, str] = field(default_factory=dict)  # the queue they came to, who waited in another one
    ended_at: dict[str, float] = field(default_factory=dict)


def extract(log: Iterable[tuple[int, Event]], since: float, until: float) -> tuple[World | None, Workload]:
    """The world as the day began, and the day."""
    seen, world = Seen(since, until), None
    for _, event in log:
        if event.at >= until:
            break
        if event.at >= since:
            if seen.start is None:
                seen.start = world
            _note(seen, world, event)
        world = after(world, event)
        if seen.start is None and event.at >= since:
            seen.start = world
    return seen.start, _workload(seen)


def _note(seen: Seen, world: World | None, event: Event) -> None:
    kind = type(event)
    if kind in NOTES:
        NOTES[kind](seen, world, event)


def _queued(seen: Seen, world: World | None, event: e.InteractionQueued) -> None:
    record = world.interaction(event.interaction) if world is not None else None
    if event.requeue or record is None or event.interaction in seen.arrivals or record.channel == CHANNEL:
        return
    wished = seen.wished.pop(event.interaction, event.queue)
    seen.arrivals[event.interaction] = replace(_arrival(record, event), queue=wished)


def _overflowed(seen: Seen, world: World | None, event: e.InteractionOverflowed) -> None:
    if event.to and event.interaction not in seen.arrivals:
        seen.wished.setdefault(event.interaction, event.queue)


def _opening(seen: Seen, world: World | None, event: e.QueueOpeningChanged) -> None:
    seen.openings.append(Opening(event.at, event.queue, event.is_open))


def _arrival(record: Interaction, event: e.InteractionQueued) -> Arrival:
    return Arrival(
        at=event.at,
        interaction=record.id,
        queue=event.queue,
        medium=record.medium,
        channel=record.channel,
        contact=record.contact,
        language=event.language or record.language,
        level=event.level or record.level,
        urgency=event.urgency,
        priority=event.priority,
        wanted=event.wanted or record.wanted,
        skills=event.skills,
        reply_s=event.reply_by - event.at if event.reply_by is not None else None,
    )


def _closed(seen: Seen, world: World | None, event: e.InteractionClosed) -> None:
    arrival = seen.arrivals.get(event.interaction)
    if arrival is None:
        return
    if event.outcome in (Outcome.ABANDONED, Outcome.OVERFLOWED, Outcome.CALLBACK) and arrival.waited_s is None:
        seen.arrivals[arrival.interaction] = replace(arrival, patience_s=event.at - arrival.at)


def _connected(seen: Seen, world: World | None, event: e.InteractionConnected) -> None:
    arrival = seen.arrivals.get(event.interaction)
    if arrival is not None:
        waited_s = event.at - arrival.at
        seen.arrivals[arrival.interaction] = replace(
            arrival, served_by=event.agent, waited_s=waited_s, patient_beyond_s=waited_s
        )


def _talk_ended(seen: Seen, world: World | None, event: e.TalkEnded) -> None:
    seen.ended_at[event.interaction] = event.at
    arrival = seen.arrivals.get(event.interaction)
    if arrival is not None:
        seen.arrivals[arrival.interaction] = replace(arrival, talk_s=event.talk_s)


def _wrap_up_ended(seen: Seen, world: World | None, event: e.WrapUpEnded) -> None:
    arrival, ended_at = seen.arrivals.get(event.interaction), seen.ended_at.get(event.interaction)
    if arrival is not None and ended_at is not None:
        seen.arrivals[arrival.interaction] = replace(arrival, wrap_s=event.at - ended_at)


def _offer_made(seen: Seen, world: World | None, event: e.OfferMade) -> None:
    seen.offered_at[event.offer.id] = event.at


def _offer_settled(seen: Seen, world: World | None, event: e.OfferAccepted | e.OfferDeclined | e.OfferExpired) -> None:
    offered_at = seen.offered_at.pop(event.offer, None)
    what = {e.OfferAccepted: "accept", e.OfferDeclined: "decline"}.get(type(event), "ignore")
    if offered_at is not None and len(seen.reactions) < MOST_REACTIONS:
        seen.reactions.append((what, event.at - offered_at))


def _presence(seen: Seen, world: World | None, event: e.PresenceChanged) -> None:
    record = world.agent(event.agent) if world is not None else None
    is_back_from_rna = record is not None and record.presence is Presence.RNA
    if event.presence is not Presence.RNA and not (is_back_from_rna and event.presence is Presence.AVAILABLE):
        seen.shifts.append(Shift(event.at, event.agent, presence=event.presence, reason=event.reason))


def _phone(seen: Seen, world: World | None, event: e.PhoneChanged) -> None:
    seen.shifts.append(Shift(event.at, event.agent, registered=event.registered))


def _workload(seen: Seen) -> Workload:
    arrivals = tuple(seen.arrivals.values())
    talks: dict[str, list[float]] = {}
    wraps: dict[str, list[float]] = {}
    for arrival in arrivals:
        if arrival.talk_s is not None:
            talks.setdefault(arrival.queue, []).append(arrival.talk_s)
        if arrival.wrap_s is not None:
            wraps.setdefault(arrival.queue, []).append(arrival.wrap_s)
    return Workload(
        starts_at=seen.since,
        ends_at=max((arrival.at for arrival in arrivals), default=seen.since) + 3600.0,
        arrivals=arrivals,
        shifts=tuple(seen.shifts),
        patiences_s=tuple(one.patience_s for one in arrivals if one.patience_s is not None),
        talks_s={queue: tuple(values) for queue, values in talks.items()},
        wraps_s={queue: tuple(values) for queue, values in wraps.items()},
        openings=tuple(seen.openings),
        reactions=tuple(seen.reactions) or (("accept", 3.0),),
    )


NOTES = {
    e.InteractionQueued: _queued,
    e.InteractionClosed: _closed,
    e.InteractionConnected: _connected,
    e.TalkEnded: _talk_ended,
    e.WrapUpEnded: _wrap_up_ended,
    e.OfferMade: _offer_made,
    e.OfferAccepted: _offer_settled,
    e.OfferDeclined: _offer_settled,
    e.OfferExpired: _offer_settled,
    e.PresenceChanged: _presence,
    e.PhoneChanged: _phone,
    e.InteractionOverflowed: _overflowed,
    e.QueueOpeningChanged: _opening,
}
