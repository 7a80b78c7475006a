"""A visitor asks to be called: the place in line is kept, and neither strangers nor premium numbers are rung."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from clients import Client
from house import House
from supervised import OUTSIDE, TRUNK

from ivr.site import Site, TrunkSettings

OFFERS = {"website": {"type": "webchat", "flow": "main", "callback": "orders"}}


def with_trunk(site: Site) -> Site:
    return replace(site, trunk=TrunkSettings.model_validate(TRUNK))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    running = House(tmp_path / "site", channels=OFFERS, change=with_trunk)
    yield running
    running.close()


def visitor(house: House, *texts: str) -> Client:
    client = house.client()
    token = client.post("/chat/session", {"language": "en"}).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    for number, text in enumerate(texts):
        client.post("/chat/messages", {"client_id": f"m-{number:06}", "text": text})
    return client


def state(client: Client) -> dict[str, object]:
    told: dict[str, object] = client.get("/chat/messages").json()["status"]
    return told


def test_who_waits_in_line_keeps_the_place(house: House) -> None:
    client = visitor(house, "hello", "0")
    house.until(lambda: state(client)["state"] == "queued", "the line")
    (chat,) = house.world.interactions.values()
    house.clock.pass_s(60)
    answer = client.post("/chat/callback", {"number": "139 0013-9000"})
    assert (answer.status_code, answer.json()) == (200, {"number": OUTSIDE})
    (call,) = [one for one in house.world.interactions.values() if one.id != chat.id]
    assert (call.channel, call.address, call.parent, call.contact) == ("callback", OUTSIDE, chat.id, chat.contact)
    assert (call.queue, call.queued_at) == (chat.queue, chat.queued_at)
    house.until(lambda: state(client)["callback"] == OUTSIDE, "the promise on the page")
    session = lambda: house.flows.load(chat.id)  # noqa: E731
    house.until(lambda: session() is None or "QueueLeft" not in session().waits_for, "the flow to go on")
    answer = client.post("/chat/callback", {"number": OUTSIDE})
    assert answer.json()["error"] in ("promised-already", "no-chat")
    stranger = visitor(house, "hello")
    house.until(lambda: state(stranger)["state"] == "bot", "the flow")
    assert stranger.post("/chat/callback", {"number": OUTSIDE}).json()["error"] == "promised-already", "rung once"


def test_who_is_not_in_line_waits_in_the_channels_queue(house: House) -> None:
    client = visitor(house, "hello")
    house.until(lambda: state(client)["state"] == "bot", "the flow")
    assert client.post("/chat/callback", {"number": OUTSIDE}).status_code == 200
    (call,) = [one for one in house.world.interactions.values() if one.channel == "callback"]
    assert call.queue == "orders"
    assert state(client)["state"] == "bot", "the chat goes on"


@pytest.mark.parametrize(("number", "code"), [("00881234", "number-not-allowed"), ("call me", "not-a-number")])
def test_only_the_sites_numbers_are_called(house: House, number: str, code: str) -> None:
    client = visitor(house, "hello")
    house.until(lambda: state(client)["state"] == "bot", "the flow")
    assert client.post("/chat/callback", {"number": number}).json()["error"] == code


def test_it_is_refused_before_the_first_word_in_a_talk_and_too_often(house: House) -> None:
    client = visitor(house)
    assert client.post("/chat/callback", {"number": OUTSIDE}).json()["error"] == "no-chat"
    house.available("1001")
    for number, text in enumerate(("hello", "0")):
        client.post("/chat/messages", {"client_id": f"m-{number:06}", "text": text})
    house.until(lambda: state(client)["state"] == "queued", "the line")
    (chat,) = house.world.interactions.values()
    house.connect(chat.id)
    assert client.post("/chat/callback", {"number": OUTSIDE}).json()["error"] == "talking"
    client.post("/chat/callback", {"number": OUTSIDE})
    assert client.post("/chat/callback", {"number": OUTSIDE}).status_code == 429


def test_a_channel_that_does_not_offer_it_says_so(tmp_path: Path) -> None:
    house = House(tmp_path / "site", change=with_trunk)
    client = visitor(house, "hello")
    assert client.get("/chat/before").json()["calls_back"] is False
    assert client.post("/chat/callback", {"number": OUTSIDE}).json()["error"] == "no-callback"
    house.close()
