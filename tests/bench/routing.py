"""How fast the router decides, how the cost grows, and how soon a free agent is offered the next contact.

    python -m tests.bench.routing            # pure: decisions per second at growing sizes
    python -m tests.bench.routing --store    # and with the dispatcher and its rows: agent free -> offer on the bus

Speeds are of this machine in this run; what counts is the growth from line to line and the share of 20 ms.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402
from time import perf_counter  # noqa: E402

from eslapp.bus import Bus  # noqa: E402
from eslapp.clock import wall  # noqa: E402
from eslapp.core import commands as c  # noqa: E402
from eslapp.core import events as e  # noqa: E402
from eslapp.core.events import Event  # noqa: E402
from eslapp.core.model import Agent, Interaction, Medium, Presence, Queue  # noqa: E402
from eslapp.core.router import Router  # noqa: E402
from eslapp.core.settings import Settings  # noqa: E402
from eslapp.core.world import World, build, evolve_all  # noqa: E402
from eslapp.daemon import share_the_switchs_priority  # noqa: E402
from eslapp.ids import random_id  # noqa: E402
from eslapp.services import hub_watch  # noqa: E402
from eslapp.services.dispatcher import Dispatcher  # noqa: E402
from eslapp.store import Store, projection  # noqa: E402

QUEUES = 10
ROUNDS = 300
AT_ONCE = 1000  # events of the beginning in one transaction: a loaded disk answers in time


def settings_of(agents: int) -> Settings:
    queues = [Queue(f"q{number}", skills={f"s{number}": 1}, wrap_up_s=3600, ring_s=600) for number in range(QUEUES)]
    crew = [
        Agent(f"a{number:04}", f"a{number:04}", str(number), skills={f"s{(number + n) % QUEUES}": 2 for n in range(3)})
        for number in range(agents)
    ]
    return Settings.of(queues, crew, revision="bench")


def arrivals(count: int, now: float) -> list[Event]:
    """So many calls, in line."""
    made: list[Event] = []
    for number in range(count):
        name = f"i{number:06}"
        record = Interaction(name, "c", "voice", Medium.VOICE, f"leg{number}", now, flow="f", chain=name)
        made.append(e.InteractionOpened(at=now, interaction=record))
        made.append(
            e.InteractionQueued(
                at=now, interaction=name, queue=f"q{number % QUEUES}", priority=0, queued_at=now + number / 1000
            )
        )
    return made


def at_work(settings: Settings, now: float) -> list[Event]:
    events: list[Event] = []
    for agent in settings.agents:
        events.append(e.PhoneChanged(at=now, agent=agent, registered=True))
        events.append(e.PresenceChanged(at=now, agent=agent, presence=Presence.AVAILABLE))
    return events


def busy_world(agents: int, waiting: int) -> World:
    """Everybody talks, and so many wait."""
    settings = settings_of(agents)
    world = evolve_all(build(settings), [*at_work(settings, 0.0), *arrivals(waiting + agents, 1.0)])
    router, events = Router(random_id), [None]
    while events:
        events = router.decide(world, c.RouteWaiting(at=20.0))
        world = evolve_all(world, events)
    for offer in list(world.offers.values()):
        for command in (
            c.AcceptOffer(at=21.0, offer=offer.id, agent=offer.agent),
            c.ConnectInteraction(at=22.0, interaction=offer.interaction),
        ):
            world = evolve_all(world, router.decide(world, command))
    return world


def pure(agents: int, waiting: int) -> tuple[float, float]:
    """Seconds per round (end, wrap-up, decision with its receipt, offer) and per decision alone."""
    world, router = busy_world(agents, waiting), Router(random_id)
    deciding = 0.0
    started = perf_counter()
    offers = list(world.offers.values())[: min(ROUNDS, waiting // 4)]
    for offer in offers:
        done = c.FinishWrapUp(at=30.0, interaction=offer.interaction, agent=offer.agent, disposition="x")
        for command in (c.EndTalk(at=29.0, interaction=offer.interaction, by="agent"), done):
            world = evolve_all(world, router.decide(world, command))
        began = perf_counter()
        made = router.decide(world, c.RouteWaiting(at=30.0))
        assert any(isinstance(event, e.OfferMade) for event in made)
        world = evolve_all(world, made)
        deciding += perf_counter() - began
    return (perf_counter() - started) / len(offers), deciding / len(offers)


def stored(agents: int, waiting: int) -> list[float]:
    """Milliseconds from an agent's last click to the offer on the bus, dispatcher and rows included."""
    settings, now = settings_of(agents), wall() - 3600.0
    with tempfile.TemporaryDirectory() as folder:
        bus = Bus()
        store = Store(Path(folder) / "rows.db", publish=bus.publish).open(at=now)
        begun = [*at_work(settings, now), *arrivals(waiting + agents, now)]
        for first in range(0, len(begun), AT_ONCE):
            part = begun[first : first + AT_ONCE]
            store.write(lambda tx, part=part: projection.record(tx, part))
        dispatcher = Dispatcher(store, bus, wall, random_id, settings.queues, settings.agents, revision="bench")
        dispatcher.start()
        for agent in settings.agents:
            bus.submit(c.SetPhone(at=wall(), agent=agent, registered=True))
        with bus.subscribe() as inbox:
            while len(dispatcher.world.offers) < agents:
                inbox.get(timeout=60)
            hub_watch.favour_the_hub()  # as the daemon does when it is ready
            hub_watch.spare_the_collector()
            took = [
                _next_offer(bus, dispatcher, inbox, offer) for offer in list(dispatcher.world.offers.values())[:ROUNDS]
            ]
        dispatcher.stop()
        store.close()
    return sorted(took)


def _next_offer(bus: Bus, dispatcher: Dispatcher, inbox, offer) -> float:  # type: ignore[no-untyped-def]
    at = wall()
    bus.submit(c.AcceptOffer(at=at, offer=offer.id, agent=offer.agent))
    bus.submit(c.ConnectInteraction(at=at, interaction=offer.interaction))
    bus.submit(c.EndTalk(at=at, interaction=offer.interaction, by="agent"))
    began = perf_counter()
    bus.submit(c.FinishWrapUp(at=at, interaction=offer.interaction, agent=offer.agent, disposition="x"))
    while True:
        _, event = inbox.get(timeout=10)
        if isinstance(event, e.OfferMade) and event.offer.agent == offer.agent and event.offer.id != offer.id:
            return (perf_counter() - began) * 1000


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--store", action="store_true")
    given = words.parse_args()
    share_the_switchs_priority()  # as the daemon does at its start
    base = 0.0
    print("agents  waiting  decisions/s  ms/decision  ms/round  round, times the first")
    for agents, waiting in ((1000, 100), (1000, 1000), (1000, 10_000), (100, 10_000), (300, 10_000)):
        a_round, deciding = pure(agents, waiting)
        base = base or a_round
        told = f"{agents:6} {waiting:8} {1 / deciding:12.0f} {deciding * 1000:12.2f} {a_round * 1000:9.2f}"
        print(f"{told} {a_round / base:8.2f}")
    if given.store:
        took = stored(1000, 10_000)
        middle, late = took[len(took) // 2], took[int(len(took) * 0.99)]
        print(f"agent free -> offer, 1000 agents, 10,000 waiting: p50 {middle:.1f} ms, p99 {late:.1f} ms (20 allowed)")


if __name__ == "__main__":
    main()
