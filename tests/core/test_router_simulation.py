"""A contact centre lived through at random, with everything checked after every command (invariants: see
``router_invariants``). A failure is shrunk by hypothesis to the shortest story that shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from router_invariants import check, nobody_earlier_was_passed_over
from router_rig import ANYBODY, ORDERS, REPAIRS, Rig, agent

from eslapp.core import commands as c
from eslapp.core.events import Event, OfferMade
from eslapp.core.model import HeadStart, InteractionState, Medium, OfferState, Outcome, Presence, Queue, Relax
from eslapp.core.settings import Rules
from eslapp.core.world import evolve

EVERYBODY = Queue("everybody", strategy="ring_all", ring_s=15.0, wrap_up_s=16.0)
PATIENT = Queue(
    "patient",
    skills={"orders": 2},
    prefers={"repairs": 1},
    relax=(Relax(16.0, {"orders": 1}), Relax(40.0, {"orders": 0}, any_language=True)),
    language="require",
    strategy="sticky",
    sticky_s=16.0,
    head_start=HeadStart(priority_s=20.0, levels={"vip": 30.0}),
)
QUEUES = (ORDERS, REPAIRS, ANYBODY, EVERYBODY, PATIENT)
AGENTS = (
    replace(agent("ann", orders=2, repairs=1), languages=("en", "zh")),
    replace(agent("bob", capacity_text=1, orders=1, repairs=3), languages=("zh",)),
    replace(agent("cid", repairs=2), capacity={Medium.VOICE: 1, Medium.TEXT: 2, "email": 1}, auto_accept=("text",)),
    agent("dot", capacity_text=0),
)


ACTS = ["connect", "connect", "end", "finish", "leave", "close", "enqueue", "dial", "miss", "more"]


class WatchedRig(Rig):
    """Checks the order at every single offer, and that the clock of a place never changes."""

    def only(self, command: c.Command) -> list[Event] | c.Refused:
        answer = self.router.decide(self.world, command)
        for event in [] if isinstance(answer, c.Refused) else answer:
            nobody_earlier_was_passed_over(self.world, event, self.now)
            before = self.world
            self.world = evolve(before, event)
            self.log.append(event)
            for name in before.interactions:
                after = self.world.interaction(name)
                clock = before.interactions[name].queued_at
                is_same = after is None or clock is None or after.queued_at == clock
                assert is_same or (after and after.parent)  # or it has taken over a callback's place
        return answer


class ContactCentre(RuleBasedStateMachine):
    """The rules are what people, phones and timers may do at any moment, sensible or not."""

    @initialize(chats_during_call=st.booleans(), calls_during_chats=st.booleans())
    def open_doors(self, chats_during_call: bool, calls_during_chats: bool) -> None:
        rules = Rules(chats_during_call=chats_during_call, calls_during_chats=calls_during_chats)
        self.rig = WatchedRig(AGENTS, QUEUES, rules)
        self.rig.at_work("ann")

    def pick(self, data: st.DataObject, *states: InteractionState) -> str | None:
        found = [one.id for one in self.rig.world.interactions.values() if not states or one.state in states]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(
        queue=st.sampled_from([queue.name for queue in QUEUES]),
        medium=st.sampled_from(Medium),
        priority=st.integers(0, 2),
    )
    def somebody_comes(self, queue: str, medium: Medium, priority: int) -> None:
        self.rig.arrive(queue, medium, priority)

    @rule(
        queue=st.sampled_from([queue.name for queue in QUEUES]),
        channel=st.sampled_from(["voice", "email", "webchat"]),
        contact=st.sampled_from(["c1", "c2"]),
        wanted=st.sampled_from(["", "ann", "bob"]),
        level=st.sampled_from(["", "vip"]),
    )
    def a_known_contact_comes(self, queue: str, channel: str, contact: str, wanted: str, level: str) -> None:
        name, at = self.rig._names(), self.rig.now
        medium = Medium.VOICE if channel == "voice" else Medium.TEXT
        about = {"contact": contact, "channel": channel, "medium": medium, "leg": name, "flow": "m"}
        self.rig.ask(c.OpenInteraction(at=at, interaction=name, level=level, language="zh", wanted=wanted, **about))
        self.rig.ask(c.EnqueueInteraction(at=at, interaction=name, queue=queue, wanted=wanted if level else ""))

    @precondition(lambda self: len(self.rig.world.interactions) > 0)
    @rule(data=st.data(), later_s=st.sampled_from([None, 20.0]), by=st.sampled_from(["", "", "ann", "bob"]))
    def somebody_wants_a_callback(self, data: st.DataObject, later_s: float | None, by: str) -> None:
        name, at = self.pick(data), self.rig.now
        assert name is not None
        due_at = None if later_s is None else at + later_s
        about = {"parent": name, "address": "13", "due_at": due_at, "promised_by": by}
        self.rig.ask(c.RequestCallback(at=at, interaction=self.rig._names(), **about))

    @rule(queue=st.sampled_from(["orders", "patient"]), is_open=st.booleans())
    def a_queue_opens_or_closes(self, queue: str, is_open: bool) -> None:
        self.rig.ask(c.SetOpening(at=self.rig.now, queue=queue, is_open=is_open))

    @precondition(lambda self: any(one.connected_at for one in self.rig.world.interactions.values()))
    @rule(data=st.data(), who=st.sampled_from([one.id for one in AGENTS]))
    def somebody_is_asked_into_a_talk_or_handed_it(self, data: st.DataObject, who: str) -> None:
        name = self.pick(data, InteractionState.CONNECTED)
        if name is None:
            return
        at, one = self.rig.now, self.rig.get(name)
        about = {"at": at, "interaction": name, "agent": one.agent}
        guest = one.consulted
        if guest is None:
            kind = data.draw(st.sampled_from(["consult", "to agent", "to queue"]))
            more = {
                "consult": lambda: c.StartConsult(kind="agent", target=who, **about),
                "to agent": lambda: c.TransferInteraction(kind="agent", target=who, **about),
                "to queue": lambda: c.TransferInteraction(kind="queue", target="patient", **about),
            }
            self.rig.ask(more[kind]())
            return
        kind = data.draw(st.sampled_from(["answer", "answer", "dismiss", "complete", "three"]))
        acts = {
            "answer": c.AnswerGuest(at=at, interaction=name, guest=guest.id),
            "dismiss": c.DismissGuest(at=at, interaction=name, guest=guest.id, reason="left"),
            "complete": c.CompleteTransfer(**about),
            "three": c.StartThreeWay(**about),
        }
        self.rig.ask(acts[kind])

    @rule(name=st.sampled_from([one.id for one in AGENTS]), presence=st.sampled_from(Presence))
    def an_agent_says(self, name: str, presence: Presence) -> None:
        self.rig.ask(c.SetPresence(at=self.rig.now, agent=name, presence=presence))

    @rule(name=st.sampled_from([one.id for one in AGENTS]), presence=st.sampled_from(Presence))
    def an_agent_says_what_comes_next(self, name: str, presence: Presence) -> None:
        self.rig.ask(c.SetPresence(at=self.rig.now, agent=name, presence=presence, after_work=True))

    @rule(name=st.sampled_from([one.id for one in AGENTS]), registered=st.booleans())
    def a_phone_comes_or_goes(self, name: str, registered: bool) -> None:
        self.rig.ask(c.SetPhone(at=self.rig.now, agent=name, registered=registered))

    @precondition(lambda self: len(self.rig.world.offers) > 0)
    @rule(data=st.data(), what=st.sampled_from(["accept", "accept", "decline", "rescind", "expire"]))
    def something_comes_of_an_offer(self, data: st.DataObject, what: str) -> None:
        offer = self.rig.world.offers[data.draw(st.sampled_from(list(self.rig.world.offers)))]
        at = self.rig.now
        commands: dict[str, c.Command] = {
            "accept": c.AcceptOffer(at=at, offer=offer.id, agent=offer.agent),
            "decline": c.DeclineOffer(at=at, offer=offer.id, agent=offer.agent),
            "rescind": c.RescindOffer(at=at, offer=offer.id, reason="leg"),
            "expire": c.ExpireOffer(at=at, offer=offer.id),
        }
        self.rig.ask(commands[what])

    @precondition(lambda self: len(self.rig.world.interactions) > 0)
    @rule(data=st.data(), what=st.sampled_from(ACTS))
    def something_comes_of_an_interaction(self, data: st.DataObject, what: str) -> None:
        name = self.pick(data)
        assert name is not None
        at, record = self.rig.now, self.rig.get(name)
        commands: dict[str, c.Command] = {
            "connect": c.ConnectInteraction(at=at, interaction=name),
            "end": c.EndTalk(at=at, interaction=name, by="agent"),
            "finish": c.FinishWrapUp(at=at, interaction=name, agent=record.agent, disposition="done"),
            "leave": c.LeaveQueue(at=at, interaction=name, reason="key"),
            "close": c.CloseInteraction(at=at, interaction=name),
            "dial": c.DialContact(at=at, interaction=name, leg=f"leg {at}"),
            "miss": c.MissContact(at=at, interaction=name, reason="busy"),
            "more": c.ExtendWrapUp(at=at, interaction=name, agent=record.agent),
            "enqueue": c.EnqueueInteraction(at=at, interaction=name, queue="anybody"),
        }
        self.rig.ask(commands[what])

    @precondition(lambda self: len(self.rig.world.offers) > 0)
    @rule(data=st.data())
    def something_goes_on_as_it_should(self, data: st.DataObject) -> None:
        offer = self.rig.world.offers[data.draw(st.sampled_from(list(self.rig.world.offers)))]
        name, at = offer.interaction, self.rig.now
        nexts: dict[InteractionState, c.Command] = {
            InteractionState.OFFERED: c.AcceptOffer(at=at, offer=offer.id, agent=offer.agent),
            InteractionState.CONNECTING: c.ConnectInteraction(at=at, interaction=name),
            InteractionState.CONNECTED: c.EndTalk(at=at, interaction=name, by="contact"),
            InteractionState.WRAP_UP: c.FinishWrapUp(at=at, interaction=name, agent=offer.agent, disposition="done"),
        }
        answer = self.rig.ask(nexts[self.rig.get(name).state])
        assert isinstance(answer, list) and answer

    @rule(seconds=st.sampled_from([0.0, 1.0, 16.0, 31.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.rig.pass_time(seconds)

    @invariant()
    def all_is_well(self) -> None:
        if hasattr(self, "rig"):
            check(self.rig.world, self.rig.now)

    @invariant()
    def nobody_put_off_is_offered_anything(self) -> None:
        if hasattr(self, "rig"):
            last = self.rig.log[-1] if self.rig.log else None
            if isinstance(last, OfferMade):
                assert self.rig.world.agents[last.offer.agent].presence is Presence.AVAILABLE

    def teardown(self) -> None:
        """Everything ends: the contacts leave, the timers run out, and nothing holds anybody any more."""
        if hasattr(self, "rig"):
            for name in list(self.rig.world.interactions):  # first the calls, then the callbacks that were due by it
                self.rig.ask(c.CloseInteraction(at=self.rig.now, interaction=name))
            self.rig.pass_time(400.0)
            for name in list(self.rig.world.interactions):
                self.rig.ask(c.CloseInteraction(at=self.rig.now, interaction=name))
            self.rig.pass_time(400.0)
            world = self.rig.world
            assert not len(world.interactions) and not len(world.offers) and not len(world.cool_downs)
            assert world.deadlines.next_at() is None
            assert all(world.load(one.id).live == 0 for one in AGENTS)


ContactCentre.TestCase.settings = settings(stateful_step_count=30, deadline=None)
TestContactCentre = ContactCentre.TestCase


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_a_busy_morning(count: int) -> None:
    """20 agents: everybody is served in order and everything ends. 2,000 take two seconds of one core."""
    rig = Rig([agent(f"a{number:02}", orders=1, repairs=2) for number in range(20)])
    rig.at_work(*(f"a{number:02}" for number in range(20)))
    queues = ("orders", "repairs", "anybody")
    for number in range(count):
        medium = Medium.TEXT if number % 3 else Medium.VOICE
        rig.arrive(queues[number % 3], medium, priority=number % 2)
        rig.now += 0.5
        if number % 10 == 0:
            _serve(rig)
    while len(rig.world.interactions):
        _serve(rig)
        rig.pass_time(30.0)
    assert len([event for event in rig.log if type(event).__name__ == "InteractionClosed"]) == count
    assert all(event.outcome is Outcome.HANDLED for event in rig.log if hasattr(event, "outcome"))


def _serve(rig: Rig) -> None:
    """Every agent does the next thing with everything they hold."""
    for offer in list(rig.world.offers.values()):
        if offer.state is OfferState.PENDING:
            rig.connect(offer.interaction)
        else:
            rig.end(offer.interaction)
            if offer.interaction in rig.world.interactions:
                rig.finish(offer.interaction)
