"""What no machine may answer: whatever its flow would say, nothing goes out, and an agent gets to see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from floor import Floor
from test_chats import Talk, until, with_agent

from eslapp.core import commands as c
from eslapp.core.model import InteractionState
from eslapp.store import conversations, outbox
from eslapp.store.messages import PEOPLE_ONLY
from tests.inbound import inbound

pytestmark = pytest.mark.slow
FLOWS = {
    "says and ends": "  - say: {en: We are closed.}\n  - hangup\n",
    "asks, and ends in silence": "  - menu: {prompt: {en: What is it?}, keys: {1: more}, otherwise: bye}\n"
    "more:\n  - queue: orders\nbye:\n  - hangup\n",
    "asks for ever": "  - menu: {prompt: {en: What is it?}, keys: {1: more}, otherwise: again}\nmore:\n  - hangup\n",
    "greets in line": "  - say: {en: Welcome.}\n  - queue: {name: orders, greeting: {en: One moment.}}\n",
    "sends on who waits": "  - queue: {name: orders, after: {wait: 1 s, go: busy}}\n"
    "busy:\n  - say: {en: Try later.}\n  - hangup: {outcome: overflowed}\n",
}
FACTS = {"subject": "s", PEOPLE_ONLY: "list"}


def comes(talk: Talk, text: str, *, is_for_people: bool) -> None:
    message = inbound(
        text,
        conversation=talk.conversation.id,
        interaction="one",
        created_at=talk.floor.clock(),
        provider_id=f"<{text}>",
        attachments=({"kind": "mail", "media": "", "name": "s", "facts": FACTS if is_for_people else {}},),
    )
    talk.chats.take(talk.conversation, talk.interaction, message)


def waiting_to_be_sent(talk: Talk) -> list[Any]:
    return talk.floor.store.write(lambda tx: outbox.claim(tx, now=talk.floor.clock()))


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("more", ["fallback: {queue: orders}\n", ""])
def test_nothing_is_said_and_it_waits_for_an_agent(name: str, more: str, tmp_path: Path) -> None:
    floor = Floor(tmp_path, flow=f"flow: main\nstart:\n{FLOWS[name]}", more=more)
    talk = Talk(floor)
    comes(talk, "hello", is_for_people=True)
    if "waits" in name:
        until(lambda: floor.flows.load("one").in_fallback)  # sent on after a second, and back
    until(lambda: talk.interaction.state == InteractionState.QUEUED)
    assert talk.interaction.queue == "orders" and not talk.said() and not waiting_to_be_sent(talk)
    floor.close()


def test_no_survey_comes_after_the_talk(tmp_path: Path) -> None:
    survey = "  - menu: {prompt: {en: How was it?}, keys: {1: bye}, otherwise: bye}\nbye:\n  - hangup\n"
    floor = Floor(tmp_path, flow=f"flow: main\nstart:\n  - queue: orders\n{survey}", wrap_up_s=0)
    talk = Talk(floor)
    comes(talk, "hello", is_for_people=True)
    with_agent(talk)
    floor.ask(c.ConnectInteraction, interaction="one")
    talk.chats.on_event(floor.ask(c.EndTalk, interaction="one", by="agent", cause="")[0])
    until(lambda: floor.flows.load("one").is_over)
    assert talk.interaction.state == InteractionState.CLOSED and not talk.said()
    floor.close()


def test_who_may_be_asked_once_may_not_be_asked_again_where_that_says_so(tmp_path: Path) -> None:
    floor = Floor(tmp_path, flow=f"flow: main\nstart:\n{FLOWS['asks, and ends in silence']}")
    talk = Talk(floor)
    comes(talk, "plain", is_for_people=False)
    assert talk.said() == ["What is it?"]
    comes(talk, "listed", is_for_people=True)  # answers the question wrongly: it would be asked again
    until(lambda: talk.interaction.state == InteractionState.QUEUED)
    assert talk.said() == ["What is it?"]
    floor.close()


@pytest.mark.parametrize("more", ["fallback: {queue: orders}\n", ""])
def test_a_full_line_takes_it_all_the_same(more: str, tmp_path: Path) -> None:
    floor = Floor(tmp_path, flow=f"flow: main\nstart:\n{FLOWS['greets in line']}", more=more, limit=0)
    talk = Talk(floor)
    comes(talk, "hello", is_for_people=True)
    until(lambda: talk.interaction.state == InteractionState.QUEUED)
    assert talk.interaction.queue == "orders" and not talk.said() and not waiting_to_be_sent(talk)
    assert floor.world().patient_until(talk.interaction) is None  # nor does its wait ever end
    floor.at_work()
    until(lambda: talk.interaction.offer)
    floor.ask(c.AcceptOffer, offer=talk.interaction.offer, agent="1001")
    floor.ask(c.ConnectInteraction, interaction="one")
    talk.chats.on_event(floor.ask(c.EndTalk, interaction="one", by="agent", cause="")[0])
    until(lambda: floor.flows.load("one").is_over)
    thread = floor.store.read(lambda tx: conversations.get(tx, talk.conversation.id))
    assert thread is not None and thread.closed_at is not None  # the next mail opens another
    floor.close()


def test_anybody_else_is_told_that_the_line_is_full(tmp_path: Path) -> None:
    floor = Floor(tmp_path, flow=f"flow: main\nstart:\n{FLOWS['greets in line']}", limit=0)
    talk = Talk(floor)
    comes(talk, "hello", is_for_people=False)
    assert talk.interaction.state == InteractionState.CLOSED and talk.said()
    floor.close()
