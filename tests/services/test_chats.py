"""Conversations at the edges: the wait that is over, a store that failed in between, two movers at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from floor import Floor

from eslapp.core import commands as c
from eslapp.core.events import MessageAdvanced, MessageStored
from eslapp.core.model import Interaction, InteractionState, Medium
from eslapp.ids import random_id
from eslapp.services.chats import Chats
from eslapp.store import StoreUnavailable, contacts, conversations, messages, reply_windows
from eslapp.store.conversations import Conversation
from tests.inbound import inbound

QUICK = """flow: main
start:
  - queue: {name: orders, after: {wait: 1 s, go: busy}}
busy:
  - say: {en: Please try again later.}
  - hangup: {outcome: overflowed}
"""


class Talk:
    """One visitor's conversation on a floor."""

    def __init__(self, floor: Floor, **more: Any) -> None:
        self.floor = floor
        self.chats = Chats(
            bus=floor.bus,
            store=floor.store,
            flows=floor.flows,
            world=floor.world,
            clock=floor.clock,
            ids=random_id,
            **more,
        )
        self.conversation = floor.store.write(self._open)
        floor.ask(
            c.OpenInteraction,
            interaction="one",
            contact=self.conversation.contact,
            channel="webchat",
            medium=Medium.TEXT,
            leg=self.conversation.id,
            flow="main",
            language="en",
        )
        floor.store.write(lambda tx: conversations.attach(tx, self.conversation.id, "one"))

    def _open(self, tx: Any) -> Conversation:
        at = self.floor.clock()
        contact, _ = contacts.find_or_create(tx, scope="webchat:website", external_id="v", new_id="v", at=at)
        thread = {"channel": "webchat", "account": "website", "address": "v"}
        return conversations.find_or_open(tx, **thread, contact=contact.id, new_id="thread", at=at)[0]

    @property
    def interaction(self) -> Interaction:
        return self.floor.now()

    def write(self, text: str) -> None:
        about = {"conversation": self.conversation.id, "interaction": "one", "client_id": text}
        message = inbound(text, created_at=self.floor.clock(), **about)
        self.chats.take(self.conversation, self.interaction, message)

    def said(self) -> list[str]:
        found = self.floor.store.read(lambda tx: messages.of_conversation(tx, self.conversation.id))
        return [one.text for one in found if one.direction == "out"]


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    floor = Floor(tmp_path, flow=QUICK)
    yield Talk(floor)
    floor.close()


def until(holds: Any) -> None:
    for _ in range(300):
        if holds():
            return
        gevent.sleep(0.01)
    raise AssertionError("waited in vain")


def test_a_visitor_who_waited_long_enough_hears_of_it(talk: Talk) -> None:
    talk.write("hello")
    assert talk.interaction.state == InteractionState.QUEUED
    until(lambda: talk.interaction.state == InteractionState.CLOSED)
    assert talk.said() == ["Please try again later."]
    assert talk.interaction.outcome == "overflowed" and not talk.chats._timers


def test_the_rest_of_the_wait_is_kept_over_a_restart(talk: Talk) -> None:
    talk.write("hello")
    talk.chats._forget_timer("one")  # as after a crash
    talk.floor.clock.now += 3600
    talk.chats.recover()
    until(lambda: talk.interaction.state == InteractionState.CLOSED)
    assert talk.said() == ["Please try again later."]


def test_what_the_store_refused_is_asked_for_again_with_the_same_message(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = talk.floor.bus.submit

    def refuse(command: c.Command) -> Any:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(talk.floor.bus, "submit", refuse)
    with pytest.raises(StoreUnavailable):
        talk.write("hello")
    monkeypatch.setattr(talk.floor.bus, "submit", submit)
    assert talk.interaction.state == InteractionState.IN_FLOW
    talk.write("hello")  # the inbox tries the raw event again
    assert talk.interaction.state == InteractionState.QUEUED


def test_a_line_at_its_limit_keeps_who_stands_in_it_and_writes(tmp_path: Path) -> None:
    flow = QUICK.replace("{name: orders, after: {wait: 1 s, go: busy}}", "{name: orders, full: busy}")
    floor = Floor(tmp_path, flow=flow)
    talk = Talk(floor)
    talk.write("hello")
    talk.write("are you there?")
    assert talk.interaction.state == InteractionState.QUEUED and talk.said() == []
    floor.close()


def with_agent(talk: Talk) -> None:
    talk.write("hello")
    talk.floor.at_work()
    until(lambda: talk.interaction.offer)
    talk.floor.ask(c.AcceptOffer, offer=talk.interaction.offer, agent="1001")


THANKS = """flow: main
start:
  - queue: {name: orders}
  - say: {en: Thank you for your patience.}
  - hangup
"""


@pytest.mark.parametrize("wrap_up_s", [0.0, 60.0])
def test_the_steps_after_the_queue_run_with_and_without_wrap_up(tmp_path: Path, wrap_up_s: float) -> None:
    floor = Floor(tmp_path, flow=THANKS, wrap_up_s=wrap_up_s)
    talk = Talk(floor)
    with_agent(talk)
    floor.ask(c.ConnectInteraction, interaction="one")
    ended = floor.ask(c.EndTalk, interaction="one", by="agent", cause="")
    talk.chats.on_event(ended[0])
    assert talk.said() == ["Thank you for your patience."]
    floor.close()


def test_events_that_were_lost_are_made_up_for(tmp_path: Path) -> None:
    floor = Floor(tmp_path, flow=THANKS)
    talk = Talk(floor)
    with_agent(talk)
    talk.chats.recover()  # OfferAccepted was lost
    assert talk.interaction.state == InteractionState.CONNECTED
    floor.ask(c.EndTalk, interaction="one", by="agent", cause="")
    talk.chats.recover()  # TalkEnded was lost
    assert talk.said() == ["Thank you for your patience."]
    floor.close()


def test_who_writes_again_in_line_or_has_no_answer_left_is_ranked_anew(talk: Talk) -> None:
    talk.floor.bus.submit(c.EnqueueInteraction(at=talk.floor.clock(), interaction="one", queue="orders"))
    where = {"channel": "webchat", "account": "website", "address": "v"}
    now = talk.floor.clock()

    def told(**grant: Any) -> float | None:
        talk.floor.store.write(lambda tx: reply_windows.grant(tx, **where, granted_by="message", at=now, **grant))
        talk.chats.on_event(MessageStored(at=now, interaction="one", message="m", direction="in", author="contact"))
        return talk.floor.now().reply_by

    assert told(within_s=600.0, messages=2) == now + 600.0
    assert told(within_s=900.0, messages=1) == now + 900.0
    talk.floor.store.write(lambda tx: reply_windows.used(tx, **where))
    talk.chats.on_event(MessageAdvanced(at=now, interaction="one", message="m", state="delivered"))
    assert talk.floor.now().reply_by is None
