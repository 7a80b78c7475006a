"""What keeps work away, told in a real browser: no phone, a lost line, a language chosen by hand, hostile files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Screen, chromium
from desk_pages import fits, look, sign_in
from house import House

from eslapp.core import commands as c
from eslapp.core.model import Presence
from webhooks.server import serve

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
NAME = "\"><img src=x onerror=alert(1)>'\u202efdp.<svg onload=alert(2)>"
CARDS = (
    {"kind": "link", "media": "", "name": NAME, "facts": {"title": NAME, "url": "javascript:alert(3)"}},
    {"kind": "location", "media": "", "name": "", "facts": {"title": NAME, "latitude": "1<b>", "longitude": "2"}},
    {"kind": "contact", "media": "", "name": "", "facts": {"name": NAME, "phone": NAME}},
    {"kind": "form", "media": "", "name": "", "facts": {NAME: NAME}},
    {"kind": "mail", "media": "", "name": NAME, "facts": {}},
    {"kind": NAME, "media": "", "name": NAME, "facts": {"description": NAME, "url": "data:text/html,<script>"}},
)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


def test_who_has_no_phone_is_told_what_to_do_in_both_languages(house: House, screen: Screen) -> None:
    house.ask(c.SetPresence, agent="1001", presence=Presence.AVAILABLE)
    sign_in(house, screen)
    screen.sees(".banner", "Sign your softphone in as extension 1001")
    screen.sees(".queue-calls", "for calls")
    look(screen, "phone-off")
    screen.click(".language")
    screen.sees(".banner", "请用分机号 1001 登录您的软电话")
    screen.click(".banner .button", "暂时只接文字会话")
    screen.lacks(".banner")
    house.ask(c.SetPhone, agent="1001", registered=True)
    screen.lacks(".queue-calls")


def test_a_lost_line_is_said_with_what_it_means_and_goes_when_it_is_back(house: House, screen: Screen) -> None:
    house.available("1001")
    sign_in(house, screen)
    screen.sees(".line-pill", "Live")
    port = house.server.port
    house.server.stop(timeout=0.02)
    screen.sees(".banner", "No connection to the service")
    screen.click(".segment", "Offline")
    screen.sees(".toast", "The service did not answer")
    house.server = serve(house.app, "127.0.0.1", port)
    screen.sees(".line-pill", "Live", timeout=25)
    screen.lacks(".banner")


def test_a_language_chosen_by_hand_outlives_a_reload(house: House, screen: Screen) -> None:
    sign_in(house, screen, language="zh")
    screen.click(".language", "English")
    screen.sees(".segment", "Available")
    assert "lang=" not in screen.run("return location.search")
    screen.open(f"{house.url}/chat?lang=zh")
    screen.click(".head-button", "English")
    screen.sees(".welcome", "Start the chat")
    screen.open(f"{house.url}/chat?lang=zh")
    screen.sees(".welcome", "Start the chat")
    screen.open(f"{house.url}/chat?lang=en")
    screen.sees(".welcome", "Start the chat")


def test_hostile_file_names_cards_and_forms_stay_text(house: House, screen: Screen) -> None:
    house.available("1001")
    one = house.chat_interaction(name="Ada")
    house.connect(one)
    for card in CARDS:
        house.say(one, "", kind="text", attachments=(card,))
    house.say(one, NAME, kind="event")
    sign_in(house, screen)
    screen.until("all of them", lambda: len(screen.all(".bubble.attachments")) == len(CARDS))
    assert fits(screen)
    assert screen.all(".talk img, .talk svg[onload], .talk script") == []
    links = screen.run("return [...document.querySelectorAll('.talk a')].map((one) => one.href)")
    assert all(link.startswith(("http://", "https://")) for link in links), links
    assert screen.complaints() == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The contact scanned a code by the menu: parcel 7"),
        ("zh", "客户通过菜单扫了码：parcel 7"),
    ],
)
def test_what_a_contact_did_is_told_in_words(language: str, words: str, house: House, screen: Screen) -> None:
    house.available("1001")
    one = house.chat_interaction(name="Ada")
    house.connect(one)
    scanned = {"kind": "event", "media": "", "name": "", "facts": {"name": "menu_scan"}}
    house.say(one, "parcel 7", kind="event", attachments=(scanned,))
    house.say(one, "follow", kind="event")
    sign_in(house, screen)
    if language == "zh":
        screen.click("button", "中文")
    screen.sees(".system-line", words)
    screen.sees(".system-line", "客户已关注" if language == "zh" else "The contact followed")
