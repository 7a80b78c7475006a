"""The widget on unfriendly pages: hostile styles, a strict policy, two channels, storage that is forbidden."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browser import NARROW, WIDE, Screen, chromium
from house import House

from webhooks.deps import WebSettings
from webhooks.server import serve

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
HOSTILE_STYLE = """
* { all: unset !important; display: none !important; visibility: hidden !important; transform: scale(.1) !important }
body, html, head, h1 { display: block !important; visibility: visible !important; transform: none !important }
body > div { position: absolute !important; left: -9999px !important; width: 1px !important; opacity: 0 !important }
iframe, button { display: none !important; width: 3px !important }
"""
HOSTS = "return [...document.querySelectorAll('[data-zongji-chat]')]"
INSIDE = HOSTS + "[arguments[0]].shadowRoot.querySelector(arguments[1])"


@contextmanager
def shop(folder: Path, *channels: str, style: str = "", is_early: bool = False) -> Iterator[tuple[House, str]]:
    """A page of another site with one script tag for each of the channels."""
    server = serve(lambda environ, start: [], "127.0.0.1", 0)
    url = f"http://localhost:{server.port}"
    more = {"repairs": {"type": "webchat", "flow": "main"}}
    house = House(folder, WebSettings(embed_origins=(url,)), channels=more)
    scripts = "".join(
        f'<script src="{house.url}/chat/widget.js" data-channel="{channel}" data-lang="en" async></script>'
        for channel in channels
    )
    head, body = (scripts, "") if is_early else ("", scripts)
    page = f"""<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width">{head}
<link rel="stylesheet" href="/style.css"></head><body><h1>Shop</h1>{body}</body></html>"""
    policy = f"default-src 'none'; style-src 'self'; script-src {house.url}; frame-src {house.url}"

    def app(environ: Any, start: Any) -> list[bytes]:
        is_style = environ["PATH_INFO"] == "/style.css"
        kind = "text/css" if is_style else "text/html; charset=utf-8"
        start("200 OK", [("Content-Type", kind), ("Content-Security-Policy", policy)])
        return [(style if is_style else page).encode()]

    server.application = app
    try:
        yield house, url
    finally:
        house.close()
        server.stop(timeout=0.02)


def part(screen: Screen, place: int, css: str) -> Any:
    return screen.until(f"widget {place}: {css}", lambda: screen.driver.execute_script(INSIDE, place, css))


def press(screen: Screen, place: int = 0) -> None:
    launcher = part(screen, place, "button")
    screen.until("a press", lambda: launcher.click() or True)


def into(screen: Screen, place: int = 0) -> None:
    frame = part(screen, place, "iframe")
    screen.until("to switch", lambda: screen.driver.switch_to.frame(frame) or True)


def out(screen: Screen) -> None:
    screen.until("to switch back", lambda: screen.driver.switch_to.default_content() or True)


def is_shown(screen: Screen, place: int) -> bool:
    return bool(part(screen, place, "iframe").is_displayed())


def test_hostile_styles_and_a_strict_policy_leave_it_as_it_is(tmp_path: Path) -> None:
    with shop(tmp_path / "site", "website", style=HOSTILE_STYLE) as (_, url), chromium(tmp_path / "p") as screen:
        screen.open(url)
        for width, height in (WIDE, NARROW):
            screen.size(width, height)
            press(screen)
            frame = part(screen, 0, "iframe")
            box = screen.until("its size", lambda frame=frame: frame.size["width"] > 300 and frame.rect)
            assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] > 400
            if folder := os.environ.get("ZONGJI_SCREENS"):
                screen.keep(Path(folder) / f"widget-hostile-{width}.png")
            into(screen)
            if width == WIDE[0]:
                screen.click(".welcome .button", "Start the chat")
            screen.sees(".choice", "Talk to a person")
            screen.press("#text", "\ue00c")  # Escape closes it from inside
            out(screen)
            screen.until("closed", lambda: not is_shown(screen, 0))
        assert screen.complaints() == []


def test_two_channels_stand_side_by_side_and_the_same_one_twice_is_one(tmp_path: Path) -> None:
    tags = ("website", "repairs", "website")
    with shop(tmp_path / "site", *tags, is_early=True) as (house, url), chromium(tmp_path / "p") as screen:
        screen.open(url)
        count = lambda: len(screen.driver.execute_script(HOSTS))  # noqa: E731
        screen.until("two launchers", lambda: count() == 2)
        lefts = [part(screen, place, "button").rect["x"] for place in (0, 1)]
        assert abs(lefts[0] - lefts[1]) >= 56, "neither covers the other"
        press(screen, 0)
        into(screen, 0)
        screen.click(".welcome .button", "Start the chat")
        screen.sees(".choice", "Orders")
        out(screen)
        press(screen, 1)
        screen.until("one at a time", lambda: is_shown(screen, 1) and not is_shown(screen, 0))
        into(screen, 1)
        screen.find(".welcome")  # a chat of its own
        out(screen)
        assert len(house.world.interactions) == 1 and count() == 2


def test_where_the_frame_may_store_nothing_the_page_around_it_keeps_the_chat(tmp_path: Path) -> None:
    with shop(tmp_path / "site", "website") as (house, url), chromium(tmp_path / "p", forgetful=house.url) as screen:
        screen.open(url)
        press(screen)
        into(screen)
        blocked = "try { localStorage.length; return false } catch { return true }"
        assert screen.run(blocked), "the browser forbids it"
        screen.write("#text", "My kettle leaks\n")
        screen.sees(".bubble.mine", "My kettle leaks")
        screen.sees(".choice", "Talk to a person")  # answered: the server knows the session
        out(screen)
        screen.open(url)
        press(screen)
        into(screen)
        screen.sees(".bubble.mine", "My kettle leaks")
        screen.click(".head-button", "中文")
        screen.sees(".composer", "发送")
        out(screen)
        assert len(house.world.interactions) == 1
