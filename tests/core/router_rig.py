"""A small contact centre in memory for the tests of the router: commands in, events out, the match after each."""

from __future__ import annotations

from collections.abc import Iterable

from eslapp.core import commands as c
from eslapp.core.commands import Command, Refused
from eslapp.core.events import Event, OfferMade
from eslapp.core.model import Agent, Interaction, Medium, Offer, Presence, Queue
from eslapp.core.router import Router
from eslapp.core.settings import Rules, Settings
from eslapp.core.world import World, build, evolve
from eslapp.ids import counting

ORDERS = Queue("orders", skills={"orders": 1}, ring_s=20.0, wrap_up_s=60.0)
REPAIRS = Queue("repairs", skills={"repairs": 2}, strategy="most_skilled", ring_s=15.0, wrap_up_s=30.0)
ANYBODY = Queue("anybody", strategy="round_robin", wrap_up_s=0.0)


def agent(name: str, capacity_text: int = 3, **skills: int) -> Agent:
    """An agent who is offline, named like their id."""
    return Agent(name, name.title(), name, skills=skills, capacity={Medium.VOICE: 1, Medium.TEXT: capacity_text})


class Rig:
    """``now`` is the clock; ``log`` everything that happened; ``checks`` run after every event-making command."""

    def __init__(
        self,
        agents: Iterable[Agent] = (),
        queues: Iterable[Queue] = (ORDERS, REPAIRS, ANYBODY),
        rules: Rules | None = None,
    ) -> None:
        self.settings = Settings.of(queues, agents, rules=rules, revision="r1")
        self.world: World = build(self.settings)
        self.router = Router(counting("id"))
        self.now = 1000.0
        self.log: list[Event] = []
        self._names = counting("int")

    # --- asking ----------------------------------------------------------------------------------------------------

    def only(self, command: Command) -> list[Event] | Refused:
        """Decide and apply one command without the match."""
        answer = self.router.decide(self.world, command)
        if not isinstance(answer, Refused):
            for event in answer:
                self.world = evolve(self.world, event)
                self.log.append(event)
        return answer

    def ask(self, command: Command) -> list[Event] | Refused:
        """Decide and apply one command, then match until nothing more can be offered."""
        answer = self.only(command)
        while self.only(c.RouteWaiting(at=self.now)):
            pass
        return answer

    def pass_time(self, seconds: float) -> None:
        """Let the clock run; what is due happens at its instant."""
        until = self.now + seconds
        while (next_at := self.world.deadlines.next_at()) is not None and next_at <= until:
            self.now = max(self.now, next_at)
            for command in self.world.deadlines.due(self.now):
                self.ask(command)
            self.world = self.world.rested(self.now)
        self.now = until

    # --- in short --------------------------------------------------------------------------------------------------

    def at_work(self, *agents: str) -> None:
        """They sign in with a registered phone."""
        for name in agents:
            self.ask(c.SetPhone(at=self.now, agent=name, registered=True))
            self.ask(c.SetPresence(at=self.now, agent=name, presence=Presence.AVAILABLE))

    def arrive(self, queue: str = "orders", medium: Medium = Medium.VOICE, priority: int = 0) -> str:
        """A contact comes and waits; returns the interaction."""
        name = self._names()
        self.opened(name, medium)
        self.ask(c.EnqueueInteraction(at=self.now, interaction=name, queue=queue, priority=priority))
        return name

    def opened(self, name: str, medium: Medium = Medium.VOICE) -> None:
        """A contact comes, into the flow."""
        self.ask(
            c.OpenInteraction(
                at=self.now,
                interaction=name,
                contact="c-" + name,
                channel="voice" if medium is Medium.VOICE else "webchat",
                medium=medium,
                leg="leg-" + name,
                flow="main",
            )
        )

    def accept(self, interaction: str) -> None:
        offer = self.offer(interaction)
        self.ask(c.AcceptOffer(at=self.now, offer=offer.id, agent=offer.agent))

    def connect(self, interaction: str) -> None:
        self.accept(interaction)
        self.ask(c.ConnectInteraction(at=self.now, interaction=interaction))

    def decline(self, interaction: str) -> None:
        offer = self.offer(interaction)
        self.ask(c.DeclineOffer(at=self.now, offer=offer.id, agent=offer.agent))

    def end(self, interaction: str, by: str = "contact") -> None:
        self.ask(c.EndTalk(at=self.now, interaction=interaction, by=by))

    def finish(self, interaction: str) -> None:
        record = self.get(interaction)
        self.ask(c.FinishWrapUp(at=self.now, interaction=interaction, agent=record.agent, disposition="done", notes=""))

    # --- looking ---------------------------------------------------------------------------------------------------

    def get(self, interaction: str) -> Interaction:
        return self.world.interactions[interaction]

    def offer(self, interaction: str) -> Offer:
        return self.world.offers[self.get(interaction).offer]

    def offered_to(self, interaction: str) -> str:
        """The agent it is offered to or handled by, or ``""``."""
        record = self.get(interaction)
        return self.world.offers[record.offer].agent if record.offer else ""

    def happened_offer(self) -> str:
        """The id of the latest offer made, live or not."""
        made = [event.offer.id for event in self.log if isinstance(event, OfferMade)]
        return made[-1] if made else "none"

    def happened(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.log if type(event) is kind]
