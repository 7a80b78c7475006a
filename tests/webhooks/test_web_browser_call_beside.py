"""The agent's view of a visitor who calls from the chat page: call and chat under one name, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Screen, chromium
from desk_pages import look, sign_in
from house import House

from eslapp.core import commands as c
from eslapp.core.model import Medium
from eslapp.ids import random_id

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


def call_from(house: House, chat: str) -> str:
    """As ``arriving`` opens it: the chat's contact, no number."""
    name, contact = random_id(), house.world.interactions[chat].contact
    where = {"leg": random_id(), "flow": "main", "language": "en", "subject": "", "parent": chat}
    house.ask(c.OpenInteraction, interaction=name, contact=contact, channel="voice", medium=Medium.VOICE, **where)
    house.ask(c.EnqueueInteraction, interaction=name, queue="orders")
    return name


@pytest.mark.parametrize("name", ["Lena", ""])
def test_a_call_from_the_page_has_the_name_of_its_chat(house: House, screen: Screen, name: str) -> None:
    shown = name or "Visitor BEEF"
    house.available("1001")
    chat = house.chat_interaction(name=name, address="v-0123beef")
    house.connect(chat)
    house.say(chat, "My kettle leaks")
    sign_in(house, screen)
    screen.sees(".side h2", shown)
    call = call_from(house, chat)
    house.until(lambda: house.offer_of(call), "the offer")
    screen.sees(".offer", shown)
    house.connect(call)
    screen.until("both", lambda: sum(shown in one.text for one in screen.all(".item")) == 2)
    look(screen, f"call-beside-{name or 'unnamed'}")
    assert house.world.interactions[call].chain == chat
