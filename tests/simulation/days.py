"""Made-up days: contacts of all media, agents with skills and breaks, all that goes wrong; and how they shrink."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from eslapp.core.model import Agent, HeadStart, Medium, Presence, Queue, Relax
from eslapp.core.settings import Settings
from eslapp.core.world import World, build
from eslapp.simulation.people import Faults
from eslapp.simulation.workload import Arrival, Opening, Reaction, Shift, Workload

WINDOWS_S = (None, None, -60.0, 0.0, 45.0, 600.0, 172_800.0)  # of replies: over, about to close, far away
STARTS = HeadStart(priority_s=60.0, levels={"vip": 300.0}, urgencies={"high": 120.0}, channels={"callback": 30.0})
QUEUES = (
    Queue("orders", skills={"orders": 1}, ring_s=20.0, wrap_up_s=30.0, head_start=STARTS),
    Queue("repairs", skills={"repairs": 3}, relax=(Relax(60.0, {"repairs": 1}),), strategy="most_skilled"),
    Queue("chat", strategy="least_busy", wrap_up_s=15.0),
    Queue("vip", prefers={"vip": 1}, strategy="sticky", sticky_s=30.0, language="prefer", head_start=STARTS),
    Queue(
        "world",
        language="require",
        relax=(Relax(90.0, any_language=True),),
        strategy="round_robin",
        limit=5,
        longest_wait_s=240.0,
        overflow={"timeout:voice": "callback", "timeout:text": "queue chat", "full:voice": "queue orders"},
    ),
    Queue("all", strategy="ring_all", ring_s=15.0, wrap_up_s=0.0),
)
SHUT = ("chat", "vip", "world")  # for lunch
CHANNELS = (("voice", Medium.VOICE), ("voice", Medium.VOICE), ("webchat", Medium.TEXT), ("email", Medium.TEXT))
REACTIONS = (*(("accept", 2.0 + n) for n in range(7)), ("decline", 3.0), ("ignore", 0.0))
ALL_FAULTS = Faults(
    leg_fails=0.05,
    contact_vanishes=0.1,
    phone_drops=0.03,
    browser_closes=0.03,
    wrap_up_forgotten=0.1,
    wants_callback=0.4,
    not_reached=0.3,
    restart=0.02,
    holds=0.1,
    consults=0.1,
    transfers=0.1,
    supervised=0.05,
)


def agents(count: int, chance: Random) -> list[Agent]:
    """Some know much, some little; a few take texts without asking."""
    made = []
    for number in range(count):
        capacity = {"voice": chance.choice((1, 1, 0)), "text": chance.randint(0, 3), "email": chance.randint(0, 1)}
        skills = {name: chance.randint(1, 5) for name in ("orders", "repairs", "vip") if chance.random() < 0.6}
        made.append(
            Agent(
                f"a{number:03}",
                f"Agent {number}",
                f"{1000 + number}",
                skills=skills,
                languages=tuple(language for language in ("zh", "en") if chance.random() < 0.7),
                capacity=capacity,
                auto_accept=("text",) if chance.random() < 0.1 else (),
            )
        )
    return made


def made_day(seed: int, contacts: int, staff: int, hours: float = 8.0) -> tuple[World, Workload]:
    """A whole day from a seed."""
    chance = Random(seed)
    crew = agents(staff, chance)
    world = build(Settings.of(QUEUES, crew, revision=f"made-{seed}"))
    ends_at = hours * 3600.0
    shifts = [shift for agent in crew for shift in _shifts(agent.id, ends_at, chance)]
    arrivals = [_arrival(number, ends_at, crew, chance) for number in range(contacts)]
    closes_at, opens_at = ends_at * 0.3, ends_at * 0.5
    openings = [Opening(at, name, is_open=at == opens_at) for name in SHUT for at in (closes_at, opens_at)]
    seen = tuple(_reactions(crew, ends_at, Random(seed + 1)))
    return world, Workload(0.0, ends_at, tuple(arrivals), tuple(shifts), reactions=seen, openings=tuple(openings))


def _reactions(crew: list[Agent], ends_at: float, chance: Random) -> Iterator[Reaction]:
    """What each agent does about each minute of the day."""
    for agent in crew:
        for number in range(int(ends_at / 60)):
            for medium in Medium:
                what, after_s = chance.choice(REACTIONS)
                yield Reaction(what, after_s, number * 60.0, agent.id, medium.value)


def _shifts(agent: str, ends_at: float, chance: Random) -> list[Shift]:
    comes, goes = chance.uniform(0, 1800), ends_at - chance.uniform(0, 1800)
    pause = chance.uniform(comes, goes)
    told = [Shift(comes, agent, Presence.AVAILABLE, registered=True)]
    told.append(Shift(pause, agent, Presence.BREAK, reason="lunch", after_work=chance.random() < 0.5))
    told.append(Shift(pause + 900, agent, Presence.AVAILABLE))
    return [*told, Shift(goes, agent, Presence.OFFLINE)]


def _arrival(number: int, ends_at: float, crew: list[Agent], chance: Random) -> Arrival:
    channel, medium = chance.choice(CHANNELS)
    return Arrival(
        at=chance.triangular(0.0, ends_at, ends_at * 0.4),
        interaction=f"i{number:05}",
        queue=chance.choice(QUEUES).name,
        medium=medium,
        channel=channel,
        contact=f"c{chance.randint(0, 400)}",
        language=chance.choice(("zh", "en", "fr", "")),
        level=chance.choice(("", "", "vip")),
        urgency=chance.choice(("", "", "high")),
        priority=chance.choice((0, 0, 3, 9)),
        wanted=chance.choice(("", chance.choice(crew).id)),
        skills={"vip": 1} if chance.random() < 0.05 else {},
        talk_s=chance.expovariate(1 / 200.0),
        wrap_s=chance.expovariate(1 / 20.0),
        reply_s=Random(number).choice(WINDOWS_S) if medium is Medium.TEXT else None,
    )


def shrunk(workload: Workload, fails: Callable[[Workload], bool]) -> Workload:
    """The fewest contacts and shifts that still fail (delta debugging, Zeller 1999), until no pass finds fewer."""
    fewer = shrunk_once(workload, fails)
    return fewer if fewer == workload else shrunk(fewer, fails)


def shrunk_once(workload: Workload, fails: Callable[[Workload], bool]) -> Workload:
    """One pass, from halves to single ones."""
    for name in ("arrivals", "shifts"):
        kept = list(getattr(workload, name))
        size = max(1, len(kept) // 2)
        while size:
            start = 0
            while start < len(kept):
                fewer = replace(workload, **{name: tuple(kept[:start] + kept[start + size :])})
                if fails(fewer):
                    workload, kept = fewer, list(getattr(fewer, name))
                else:
                    start += size
            size //= 2
    return workload
