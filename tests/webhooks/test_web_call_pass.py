"""A visitor asks for a pass to call from the page: for whom, for what number, how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clients import Client
from house import House
from test_web_callback import state, visitor

from eslapp import call_pass
from eslapp.core import commands as c
from eslapp.core.model import Medium
from webhooks.deps import WebSettings

OFFERS = {"website": {"type": "webchat", "flow": "main", "call": "1000"}}
SWITCH = WebSettings(phone_url="wss://desk.example.com/sip", sip_domain="pbx")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    running = House(tmp_path / "site", SWITCH, channels=OFFERS)
    yield running
    running.close()


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.post("/chat/call", {})
    return answer.status_code, answer.json()


def test_the_pass_is_the_visitors_for_the_channels_number_and_one_minute(house: House) -> None:
    client = visitor(house, "hello")
    house.until(lambda: state(client)["state"] == "bot", "the flow")
    (chat,) = house.world.interactions.values()
    status, told = asked(client)
    assert (status, told["url"], told["domain"], told["number"]) == (200, SWITCH.phone_url, "pbx", "1000")
    read = lambda now: call_pass.opened(house.secrets.session_key, told["pass"], purpose=call_pass.CALL, now=now)  # noqa: E731
    facts = read(house.clock() + 59)
    assert (facts["contact"], facts["parent"], facts["dialled"]) == (chat.contact, chat.id, "1000")
    assert read(house.clock() + 61) == {}
    again = call_pass.opened(house.secrets.session_key, asked(client)[1]["pass"], purpose=call_pass.CALL, now=1.0)
    assert again["once"] != facts["once"] and "number" not in facts


def test_before_the_first_word_the_call_begins_a_matter_of_its_own(house: House) -> None:
    told = asked(visitor(house))[1]
    facts = call_pass.opened(house.secrets.session_key, told["pass"], purpose=call_pass.CALL, now=1.0)
    assert facts["contact"] and facts["parent"] == ""
    assert house.client().post("/chat/call", {}).status_code == 401


def test_one_call_at_a_time_and_six_askings_a_minute(house: House) -> None:
    client = visitor(house, "hello")
    house.until(lambda: state(client)["state"] == "bot", "the flow")
    (chat,) = house.world.interactions.values()
    call = {"contact": chat.contact, "channel": "voice", "medium": Medium.VOICE, "flow": "main", "language": "en"}
    house.ask(c.OpenInteraction, interaction="i-call", leg="leg-1", subject="", **call)
    assert asked(client) == (409, {"error": "calling-already", "detail": "You are on a call with us already."})
    house.ask(c.CloseInteraction, interaction="i-call")
    assert [asked(client)[0] for _ in range(6)] == [200] * 5 + [429]


def test_only_where_the_channel_and_the_site_take_such_calls(house: House) -> None:
    client = visitor(house)
    assert client.get("/chat/before").json()["takes_calls"] is True
    settings = house.deps.settings
    house.deps.settings = replace(settings, phone_url="")
    assert client.get("/chat/before").json()["takes_calls"] is False
    assert (asked(client)[0], asked(client)[1]["error"]) == (409, "no-web-call")
    house.deps.settings = settings
    house.deps.site = replace(house.deps.site, numbers={})
    assert asked(client)[1]["error"] == "no-web-call"
