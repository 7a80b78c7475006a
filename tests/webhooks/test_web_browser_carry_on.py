"""In a real browser: the code for the telephone, and a link from an SMS that opens the chat as its reader."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import NARROW, Screen, chromium
from desk_pages import FITS, SIZES
from house import House
from selenium.webdriver.common.keys import Keys
from supervised import OUTSIDE
from test_web_callback import with_trunk

from eslapp.chat_links import chat_link

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(
        tmp_path / "site",
        channels={"website": {"type": "webchat", "flow": "main", "phone": "4000", "callback": "orders"}},
        change=with_trunk,
    )
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
    assert screen.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    screen.click(".head-button", "中文")
    screen.sees(".call-code", "接通后输入代码")
    screen.click(".telephone-close")
    screen.lacks(".telephone")
    assert screen.complaints() == []


def test_a_visitor_asks_to_be_called_by_keyboard_and_sees_the_promise_after_a_reload(
    house: House, screen: Screen
) -> None:
    screen.size(*NARROW)
    screen.open(house.url + "/chat?lang=zh")
    screen.write("#text", "您好\n")
    screen.click(".choice", "人工服务")
    screen.sees(".status", "您排在第 1 位")
    screen.press("button.head-button[title='拨打 4000']", Keys.ENTER)
    screen.write("#call-me", "00881234\n")
    screen.sees(".call-me .trouble", "该号码不允许呼叫")
    look(screen, "call-me")
    screen.write("#call-me", f"{OUTSIDE}\n")
    screen.sees(".promised", f"我们会致电：{OUTSIDE}")
    screen.lacks(".telephone")
    (call,) = [one for one in house.world.interactions.values() if one.channel == "callback"]
    assert (call.address, call.queue) == (OUTSIDE, "orders")
    screen.open(house.url + "/chat?lang=zh")
    screen.sees(".promised", OUTSIDE)
    look(screen, "promised")
    assert [told for told in screen.complaints() if "409" not in told] == []


def look(screen: Screen, name: str) -> None:
    """It fits in every size; pictures are kept where they are wanted (see ``desk_pages``)."""
    for size, pixels in SIZES.items():
        screen.size(*pixels)
        assert screen.run(FITS), (name, size)
        if folder := os.environ.get("ZONGJI_SCREENS"):
            screen.keep(Path(folder) / f"{name}-{size}.png")
    screen.size(*NARROW)


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
