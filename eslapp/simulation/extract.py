"""A day as it was, out of the log: who came, how long they stayed, what agents did. Not here: living it (``day``).

What nobody saw is marked so: who was served would have waited at least as long as they did, but how much longer is
drawn from those who left; and so are talks and wrap-ups of those who were never served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf

from eslapp.core import events as e
from eslapp.core.callbacks import CHANNEL
from eslapp.core.events import Event
from eslapp.core.model import Interaction, Medium, Presence
from eslapp.core.world import World

from .replay import after
from .seen import Seen
from .workload import (
    Absence,
    Arrival,
    Callback,
    HandedOn,
    Join,
    Opening,
    Reaction,
    Revision,
    Shift,
    Workload,
)

MOST_REACTIONS = 50_000
LONGEST_OUTAGE_S = 60.0


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
            seen.last_at = event.at
        world = after(world, event)
        if seen.start is None and event.at >= since:
            seen.start = world
    return seen.start, _workload(seen)


def _note(seen: Seen, world: World | None, event: Event) -> None:
    kind = type(event)
    if kind in NOTES:
        NOTES[kind](seen, world, event)


def _adopted(seen: Seen, world: World | None, event: e.SettingsAdopted) -> None:
    """New settings; or the same ones again: the daemon had died, at most a minute ago for all we know."""
    if world is None:
        return
    if world.settings == event.settings:
        seen.outages.append((max(seen.last_at, event.at - LONGEST_OUTAGE_S), event.at))
    else:
        seen.revisions.append(Revision(event.at, event.settings))


def _queued(seen: Seen, world: World | None, event: e.InteractionQueued) -> None:
    record, known = world.interaction(event.interaction) if world is not None else None, event.interaction
    before, seen.queues[known] = seen.queues.get(known), event.queue
    if event.requeue or record is None or record.channel == CHANNEL:
        return
    arrival = seen.arrivals.get(known)
    if arrival is None:
        seen.arrivals[known] = replace(_arrival(record, event), queue=seen.wished.pop(known, event.queue))
    elif arrival.waited_s is None:
        is_moved = before != event.queue and known not in seen.sent_on
        moves = (*arrival.moves, (event.at - arrival.at, event.queue)) if is_moved else arrival.moves
        seen.change(known, moves=moves, patience_s=None)
    seen.sent_on.discard(known)


def _dequeued(seen: Seen, world: World | None, event: e.InteractionDequeued) -> None:
    """By a key, or by the flow: as if they had hung up, unless they come back."""
    arrival = seen.arrivals.get(event.interaction)
    if arrival is not None and arrival.waited_s is None and event.interaction not in seen.sent_on:
        seen.change(event.interaction, patience_s=event.at - arrival.at)


def _overflowed(seen: Seen, world: World | None, event: e.InteractionOverflowed) -> None:
    arrival = seen.arrivals.get(event.interaction)
    seen.sent_on.add(event.interaction)
    if arrival is None and event.to:
        seen.wished.setdefault(event.interaction, event.queue)
    elif arrival is not None:
        seen.change(event.interaction, patient_beyond_s=event.at - arrival.at)


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
    seen.answered.pop(event.interaction, None)
    arrival, handed_at = seen.arrivals.get(event.interaction), seen.handed_at.pop(event.interaction, None)
    if arrival is not None and handed_at is not None:
        last = replace(arrival.handed_on[-1], left_s=event.at - handed_at)
        seen.change(event.interaction, handed_on=(*arrival.handed_on[:-1], last))
    if arrival is None or arrival.waited_s is not None or arrival.patience_s is not None:
        return
    if event.interaction not in seen.sent_on:
        seen.change(event.interaction, patience_s=event.at - arrival.at)


def _scheduled(seen: Seen, world: World | None, event: e.CallbackScheduled) -> None:
    """The first time only; what comes of it comes again."""
    record = world.interaction(event.interaction) if world is not None else None
    if record is None or event.interaction in seen.callbacks or event.reason != "requested":
        return
    talking = seen.talking.get(record.parent)
    seen.callbacks[record.id] = Callback(
        at=event.at,
        interaction=record.id,
        parent=record.parent,
        contact=record.contact,
        queue=event.queue,
        address=record.address,
        due_s=event.due_at - event.at,
        in_talk_s=event.at - talking if talking is not None else None,
        level=record.level,
        language=record.language,
        skills=record.skills,
    )


def _connected(seen: Seen, world: World | None, event: e.InteractionConnected) -> None:
    seen.talking[event.interaction] = event.at
    seen.handed_at.pop(event.interaction, None)
    _joined(seen, event.interaction, event.at, is_joined=True)
    arrival = seen.arrivals.get(event.interaction)
    if arrival is not None and arrival.waited_s is None:
        waited_s = event.at - arrival.at
        seen.change(event.interaction, served_by=event.agent, waited_s=waited_s, patient_beyond_s=waited_s)
        seen.change(event.interaction, patience_s=None)


def _joined(seen: Seen, interaction: str, at: float, *, is_joined: bool) -> None:
    """An answer came to its end."""
    answered_at, agent = seen.answered.pop(interaction, (at, ""))
    if not agent:
        return
    join = Join(at - answered_at, is_joined, answered_at, agent, interaction)
    if interaction in seen.callbacks:
        seen.change(interaction, tries=(*seen.callbacks[interaction].tries, join))
    elif interaction in seen.arrivals:
        seen.joins.append(join)


def _handed_on(seen: Seen, world: World | None, event: e.InteractionTransferred) -> None:
    began_at, arrival = seen.talking.pop(event.interaction, None), seen.arrivals.get(event.interaction)
    if began_at is not None and arrival is not None:
        talk = HandedOn(event.at - began_at, event.kind, event.target)
        seen.change(event.interaction, handed_on=(*arrival.handed_on, talk))
        seen.handed_at[event.interaction] = event.at


def _talk_ended(seen: Seen, world: World | None, event: e.TalkEnded) -> None:
    seen.ended_at[event.interaction] = event.at
    seen.talking.pop(event.interaction, None)
    seen.change(event.interaction, talk_s=event.talk_s)


def _wrap_up_ended(seen: Seen, world: World | None, event: e.WrapUpEnded) -> None:
    ended_at = seen.ended_at.get(event.interaction)
    if ended_at is not None:
        seen.change(event.interaction, wrap_s=inf if event.timed_out else event.at - ended_at)


def _offer_made(seen: Seen, world: World | None, event: e.OfferMade) -> None:
    seen.offered[event.offer.id] = event.offer


def _accepted(seen: Seen, world: World | None, event: e.OfferAccepted) -> None:
    is_unasked = _reacted(seen, event.offer, "accept", event.at)
    if not is_unasked:
        seen.answered[event.interaction] = (event.at, event.agent)


def _declined(seen: Seen, world: World | None, event: e.OfferDeclined) -> None:
    _reacted(seen, event.offer, "decline", event.at)


def _expired(seen: Seen, world: World | None, event: e.OfferExpired) -> None:
    _reacted(seen, event.offer, "ignore", event.at)


def _rescinded(seen: Seen, world: World | None, event: e.OfferRescinded) -> None:
    """Before the agent did anything, or after: the join failed."""
    if event.interaction in seen.answered and seen.answered[event.interaction][1] == event.agent:
        is_gone = event.reason in ("contact-left", "contact-left-queue")
        if is_gone:
            seen.answered.pop(event.interaction)
        else:
            _joined(seen, event.interaction, event.at, is_joined=False)
    _reacted(seen, event.offer, "failed" if event.is_leg_failure else "unknown", event.at)


def _reacted(seen: Seen, offer_id: str, what: str, at: float) -> bool:
    """Note it. Whether the router did it for them (``auto_accept``), which says nothing of them."""
    offer = seen.offered.pop(offer_id, None)
    if offer is None or (what == "accept" and at == offer.offered_at):
        return offer is not None and offer.medium is Medium.TEXT
    if what == "ignore":
        seen.absent.setdefault(offer.agent, offer.offered_at)  # until it is known whether they were put off for it
    if len(seen.reactions) < MOST_REACTIONS:
        seen.reactions.append(
            Reaction(what, at - offer.offered_at, offer.offered_at, offer.agent, offer.medium.value, offer.interaction)
        )
    return offer.medium is Medium.TEXT


def _presence(seen: Seen, world: World | None, event: e.PresenceChanged) -> None:
    record = world.agent(event.agent) if world is not None else None
    is_back = record is not None and record.presence is Presence.RNA
    if event.presence is Presence.RNA:
        seen.absent.setdefault(event.agent, event.at)
        return
    since = seen.absent.pop(event.agent, seen.since)
    if is_back:
        seen.absences.append(Absence(event.agent, since, event.at))
    if not (is_back and event.presence is Presence.AVAILABLE):
        seen.shifts.append(Shift(event.at, event.agent, presence=event.presence, reason=event.reason))


def _phone(seen: Seen, world: World | None, event: e.PhoneChanged) -> None:
    seen.shifts.append(Shift(event.at, event.agent, registered=event.registered))


def _workload(seen: Seen) -> Workload:
    ends_at = _ends_at(seen)
    arrivals = tuple(_until(one, ends_at, seen) for one in seen.arrivals.values())
    callbacks = tuple(seen.callbacks.values())
    talks: dict[str, list[float]] = {}
    wraps: dict[str, list[float]] = {}
    everybody: list[Arrival | Callback] = [*arrivals, *callbacks]
    for one in everybody:
        if one.talk_s is not None:
            talks.setdefault(one.queue, []).append(one.talk_s)
        if one.wrap_s is not None:
            wraps.setdefault(one.queue, []).append(one.wrap_s)
    never = [Absence(agent, since, inf) for agent, since in seen.absent.items()]
    return Workload(
        starts_at=seen.since,
        ends_at=ends_at,
        arrivals=arrivals,
        shifts=tuple(seen.shifts),
        patiences_s=tuple(one.patience_s for one in arrivals if one.patience_s is not None),
        talks_s={queue: tuple(values) for queue, values in talks.items()},
        wraps_s={queue: tuple(values) for queue, values in wraps.items()},
        openings=tuple(seen.openings),
        revisions=tuple(seen.revisions),
        outages=tuple(seen.outages),
        reactions=tuple(seen.reactions),
        joins=tuple(seen.joins),
        absences=(*seen.absences, *never),
        callbacks=callbacks,
    )


def _ends_at(seen: Seen) -> float:
    """Where somebody waits still, the day is lived to the same instant; else until everybody has had their time."""
    is_waiting = any(one.waited_s is None and one.patience_s is None for one in seen.arrivals.values())
    if is_waiting and not seen.sent_on:
        return seen.last_at
    return max((arrival.at for arrival in seen.arrivals.values()), default=seen.since) + 3600.0


def _until(one: Arrival, ends_at: float, seen: Seen) -> Arrival:
    """A talk that goes on as the log ends, goes on."""
    began_at = seen.talking.get(one.interaction)
    return replace(one, talk_s=max(0.0, ends_at - began_at)) if began_at is not None else one


NOTES: dict[type[Event], Callable[..., None]] = {
    e.InteractionQueued: _queued,
    e.InteractionDequeued: _dequeued,
    e.InteractionClosed: _closed,
    e.InteractionConnected: _connected,
    e.InteractionTransferred: _handed_on,
    e.CallbackScheduled: _scheduled,
    e.TalkEnded: _talk_ended,
    e.WrapUpEnded: _wrap_up_ended,
    e.OfferMade: _offer_made,
    e.OfferAccepted: _accepted,
    e.OfferDeclined: _declined,
    e.OfferExpired: _expired,
    e.OfferRescinded: _rescinded,
    e.PresenceChanged: _presence,
    e.PhoneChanged: _phone,
    e.InteractionOverflowed: _overflowed,
    e.QueueOpeningChanged: _opening,
    e.SettingsAdopted: _adopted,
}
