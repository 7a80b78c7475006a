"""The chat page and its widget in a real browser: both languages, wide and narrow, reload, hostile text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import NARROW, Screen, chromium
from house import House

from webhooks.deps import WebSettings
from webhooks.server import serve

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> \u05e9\u05dc\u05d5\u05dd 👩‍👩‍👧"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


def bubbles(screen: Screen) -> list[str]:
    return screen.until("bubbles", lambda: [one.text for one in screen.all(".bubble")])


def test_a_visitor_writes_reloads_and_goes_on(house: House, screen: Screen) -> None:
    screen.open(house.url + "/chat?lang=zh")
    screen.sees("h2", "请问有什么可以帮您")
    screen.click(".welcome .button", "开始咨询")
    screen.sees(".choice", "人工服务")
    screen.click(".choice", "人工服务")
    screen.sees(".status", "您排在第 1 位")
    house.available("1001")
    (interaction,) = [one.id for one in house.world.interactions.values()]
    house.connect(interaction)
    screen.sees(".status", "坐席一 正在为您服务")
    house.say(interaction, "您好，请问订单号是多少？", author="1001")
    screen.sees(".bubble", "请问订单号")
    before = bubbles(screen)
    screen.open(house.url + "/chat?lang=zh")
    screen.until("the same history", lambda: [one.text for one in screen.all(".bubble")] == before)
    screen.write("#text", "ML-20931\n")
    screen.sees(".bubble.mine", "ML-20931")
    screen.size(*NARROW)
    screen.click(".head-button", "English")
    screen.sees(".status", "坐席一 is with you")
    wide = screen.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert wide, "nothing sticks out on a phone"
    screen.click(".head-button", "End chat")
    screen.click(".asking .danger")
    screen.sees(".over-line", "This chat has ended.")
    assert screen.complaints() == []


def test_the_head_says_whether_anybody_is_there(house: House, screen: Screen) -> None:
    screen.open(house.url + "/chat?lang=en")
    screen.sees(".status.idle", "Nobody is available right now")
    screen.open(house.url + "/chat?lang=zh")
    screen.sees(".status.idle", "人工客服暂时不在")
    house.available("1001")
    screen.open(house.url + "/chat?lang=zh")
    screen.sees(".status.good", "我们随时为您服务")
    fits = screen.run("return document.documentElement.scrollHeight <= window.innerHeight")
    assert fits, "the page fills its window, and does not scroll"


def test_the_menu_is_buttons_and_the_choice_shows_its_label(house: House, screen: Screen) -> None:
    screen.open(house.url + "/chat?lang=en")
    screen.write("#text", "Hello there\n")
    screen.sees(".choice", "Talk to a person")  # the page's language is known: it is not asked again
    assert not any("2 Repairs" in text for text in bubbles(screen)), "the list is not said twice"
    screen.click(".choice", "Repairs")
    screen.sees(".bubble.mine", "Repairs")
    screen.sees(".bubble", "repairs team")


def test_words_choose_like_buttons(house: House, screen: Screen) -> None:
    screen.open(house.url + "/chat?lang=en")
    screen.write("#text", "Hello there\n")
    screen.sees(".choice", "Talk to a person")
    screen.write("#text", "my kettle is broken\n")
    screen.sees(".bubble", "repairs team")


def test_hostile_text_is_shown_as_it_was_written(house: House, screen: Screen) -> None:
    screen.open(house.url + "/chat?lang=en")
    screen.write("#text", "hi\n")
    screen.sees(".choice", "Orders")
    (interaction,) = [one.id for one in house.world.interactions.values()]
    house.say(interaction, HOSTILE, author="1001")
    screen.sees(".bubble", "<img src=x onerror=alert(1)>")
    house.say(interaction, "w" * 10_000, author="1001")
    screen.until("the long one", lambda: any(len(one.text) == 10_000 for one in screen.all(".bubble")))
    assert screen.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert screen.all(".bubble img") == [] and screen.complaints() == []


def test_a_lost_line_is_shown_and_comes_back(house: House, screen: Screen) -> None:
    screen.open(house.url + "/chat?lang=en")
    screen.write("#text", "hi\n")
    screen.sees(".choice", "Orders")
    port = house.server.port
    house.server.stop(timeout=0.02)
    screen.sees(".status", "Connection lost")
    (interaction,) = [one.id for one in house.world.interactions.values()]
    house.say(interaction, "written meanwhile", author="1001")
    house.server = serve(house.app, "127.0.0.1", port)
    screen.sees(".bubble", "written meanwhile", timeout=25)


def host_page(url: str) -> Any:
    """A shop's page with one script tag, under a policy of its own."""
    body = f"""<!doctype html><html lang="zh"><meta name="viewport" content="width=device-width"><h1>Shop</h1>
<script src="{url}/chat/widget.js" data-channel="website" data-lang="zh" async></script></html>"""
    policy = f"default-src 'self'; script-src {url}; frame-src {url}"

    def app(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)])
        return [body.encode()]

    return app


def test_the_widget_works_inside_somebody_elses_page(tmp_path: Path, screen: Screen) -> None:
    shop = serve(lambda environ, start: [], "127.0.0.1", 0)
    shop_url = f"http://localhost:{shop.port}"
    house = House(tmp_path / "site", WebSettings(embed_origins=(shop_url,)))
    shop.application = host_page(house.url)
    root = "return document.body.lastElementChild.shadowRoot.querySelector(arguments[0])"
    screen.open(shop_url)
    launcher = screen.until("the launcher", lambda: screen.driver.execute_script(root, "button"))
    screen.until("a press", lambda: launcher.click() or True)
    for width in (1440, 390):
        screen.size(width, 844)
        frame = screen.until("the frame", lambda: screen.driver.execute_script(root, "iframe"))
        screen.until("to switch", lambda frame=frame: screen.driver.switch_to.frame(frame) or True)
        if width == 1440:
            screen.click(".welcome .button", "开始咨询")
        screen.sees(".choice", "人工服务")
        screen.until("to switch back", lambda: screen.driver.switch_to.default_content() or True)
        screen.until("a press that closes it", lambda frame=frame: launcher.click() or not frame.is_displayed())
        screen.until("a press that opens it", lambda frame=frame: launcher.click() or frame.is_displayed())
    screen.open(shop_url)
    launcher = screen.until("the launcher", lambda: screen.driver.execute_script(root, "button"))
    screen.until("a press", lambda: launcher.click() or True)
    frame = screen.until("the frame", lambda: screen.driver.execute_script(root, "iframe"))
    screen.until("to switch", lambda: screen.driver.switch_to.frame(frame) or True)
    screen.sees(".bubble", "晨光电器")
    assert screen.complaints() == []
    screen.until("to switch back", lambda: screen.driver.switch_to.default_content() or True)
    house.close()
    shop.stop(timeout=0.02)


def test_other_sites_may_not_frame_it(house: House, screen: Screen) -> None:
    shop = serve(host_page(house.url), "127.0.0.1", 0)
    screen.open(f"http://localhost:{shop.port}")
    root = "return document.body.lastElementChild.shadowRoot.querySelector(arguments[0])"
    launcher = screen.until("the launcher", lambda: screen.driver.execute_script(root, "button"))
    screen.until("a press", lambda: launcher.click() or True)
    screen.until("the refusal", lambda: any("frame-ancestors" in text for text in raw_complaints(screen)))
    assert screen.run("return document.querySelectorAll('.welcome').length") == 0
    shop.stop(timeout=0.02)


def raw_complaints(screen: Screen) -> list[str]:
    return [entry["message"] for entry in screen.driver.get_log("browser")]
