"""The widget on another site's page asks before the first word, and takes files up to its limit: in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import NARROW, WIDE, Screen, chromium
from house import House
from test_web_browser_files import FITS, open_widget, png

from webhooks.deps import WebSettings
from webhooks.server import serve

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
ORDER = {"key": "order", "required": True, "label": {"en": "Order number", "zh": "订单号"}}
FORM = {"type": "webchat", "flow": "main", "form": ["name", "phone", ORDER]}
CAP = 10_000_000


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A house, and the address of a page elsewhere that embeds its chat; ``/zh`` is the page in Chinese."""
    server = serve(lambda environ, start: [], "127.0.0.1", 0)
    url = f"http://localhost:{server.port}"
    house = House(tmp_path / "site", WebSettings(embed_origins=(url,)), channels={"shop": FORM})

    def app(environ: Any, start: Any) -> list[bytes]:
        language = environ["PATH_INFO"].strip("/")
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [
            f"""<!doctype html><html lang="{language}"><meta name="viewport" content="width=device-width"><h1>Shop</h1>
<script src="{house.url}/chat/widget.js" data-channel="shop" data-lang="{language}" async></script></html>""".encode()
        ]

    server.application = app
    yield house, url
    house.close()
    server.stop(timeout=0.02)


@pytest.mark.parametrize(
    ("language", "size", "label", "start"),
    [("en", WIDE, "Order number", "Start the chat"), ("zh", NARROW, "订单号", "开始咨询")],
)
def test_the_page_asks_first_and_the_agent_gets_the_answers(
    language: str, size: tuple[int, int], label: str, start: str, shop: tuple[House, str], screen: Screen
) -> None:
    house, url = shop
    screen.size(*size)
    open_widget(screen, f"{url}/{language}")
    screen.sees(".questions .field", label)
    assert screen.run(FITS)
    screen.write(".questions [name=name]", "Ada")
    screen.click(".questions .button", start)
    invalid = "return document.querySelector('.questions [name=order]').validity.valueMissing"
    assert screen.run(invalid) and not house.world.interactions, "what is required holds the chat back"
    screen.write(".questions [name=order]", "A-42 <b>")
    screen.click(".questions .button", start)
    screen.find(".choice")
    (interaction,) = house.world.interactions
    screen.until("to switch back", lambda: screen.driver.switch_to.default_content() or True)
    open_widget(screen, f"{url}/{language}")  # a reload: nobody is asked twice
    screen.find(".choice")
    screen.lacks(".questions")
    sql = "SELECT attachments FROM messages WHERE interaction = :one AND direction = 'in' ORDER BY number LIMIT 1"
    kept = house.store.read(lambda tx: tx.value(sql, one=interaction))
    assert "A-42 <b>" in kept and "Ada" in kept
    assert screen.complaints() == []


def test_a_file_over_the_limit_stays_where_it_is_and_the_chat_goes_on(
    shop: tuple[House, str], screen: Screen, tmp_path: Path
) -> None:
    house, url = shop
    large, small = tmp_path / "large.bin", tmp_path / "small.png"
    with large.open("wb") as file:
        file.truncate(CAP + 1_000_000)
    small.write_bytes(png())
    open_widget(screen, f"{url}/zh")
    screen.write(".questions [name=order]", "7")
    screen.click(".questions .button", "开始咨询")
    screen.find(".choice")
    screen.until("the large one", lambda: screen.driver.find_element("id", "files").send_keys(str(large)) or True)
    screen.sees(".notice[role=alert]", "large.bin 超过 10 MB")
    screen.until("the small one", lambda: screen.driver.find_element("id", "files").send_keys(str(small)) or True)
    loaded = "return [...document.querySelectorAll('.picture img')].some((one) => one.naturalWidth === 6)"
    screen.until("the small one in the thread", lambda: screen.driver.execute_script(loaded))
    count = "SELECT count(*) FROM media"
    assert house.store.read(lambda tx: tx.value(count)) == 1
