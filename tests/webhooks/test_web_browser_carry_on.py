"""In a real browser: the code for the telephone, and a link from an SMS that opens the chat as its reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import NARROW, Screen, chromium
from house import House

from eslapp.chat_links import chat_link

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "site", channels={"website": {"type": "webchat", "flow": "main", "phone": "4000"}})
    yield made
    made.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


def test_the_page_shows_number_and_code_in_both_languages_on_a_phone_too(house: House, screen: Screen) -> None:
    screen.size(*NARROW)
    screen.open(house.url + "/chat?lang=en")
    assert screen.find("a.head-button[href='tel:4000']")  # before the first word: only the number
    screen.write("#text", "Hello there\n")
    screen.sees(".choice", "Talk to a person")
    screen.click("button.head-button[title='Call 4000']")
    screen.sees(".call-code", "Call us: 4000")
    code = screen.text(".call-code strong")
    assert len(code) == 6 and code.isdigit()
    assert screen.find(f".call-code a[href='tel:4000,,{code}#']")
    assert screen.run("return document.documentElement.scrollWidth <= window.innerWidth")
    screen.click(".head-button", "中文")
    screen.sees(".call-code", "接通后输入代码")
    screen.click(".call-code .button", "关闭")
    screen.lacks(".call-code")
    assert screen.complaints() == []


def test_a_link_opens_the_chat_as_its_reader_and_a_reload_goes_on(house: House, screen: Screen) -> None:
    call = house.call_interaction(number="+8613800138000")
    contact = house.world.interactions[call].contact
    about = {"base": house.url, "account": "website", "contact": contact, "parent": call, "at": house.clock()}
    link = house.store.write(lambda tx: chat_link(tx, **about)).replace("/chat?", "/chat?lang=zh&")
    screen.open(link)
    screen.write("#text", "是我\n")
    screen.sees(".bubble.mine", "是我")
    others = lambda: [one for one in house.world.interactions.values() if one.id != call]  # noqa: E731
    (chat,) = screen.until("the chat", others)
    assert (chat.contact, chat.chain) == (contact, call)
    screen.open("about:blank")
    screen.open(link)
    screen.sees(".bubble.mine", "是我")
    assert screen.complaints() == []
