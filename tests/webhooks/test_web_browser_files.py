"""Pictures in a real browser: the widget inside a shop's page, in both languages, wide and narrow; the workbench."""

from __future__ import annotations

import hmac
import struct
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from browser import Screen, chromium
from house import House
from test_web_files import SECRET, put

from eslapp.store import messages
from webhooks.deps import WebSettings
from webhooks.server import serve

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
ROOT = "return document.body.lastElementChild.shadowRoot.querySelector(arguments[0])"
SEEN = "return [...document.querySelectorAll('.picture img')].some((one) => one.naturalWidth === 6)"
FITS = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def png(width: int = 6, height: int = 4) -> bytes:
    """A small picture that browsers really decode."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x30\x80\x70" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


def shop_page(url: str) -> Any:
    """``/en/USER``: a shop's page that names its member to the widget."""

    def app(environ: Any, start: Any) -> list[bytes]:
        language, user = f"{environ['PATH_INFO']}//".split("/")[1:3]
        proof = hmac.new(SECRET.encode(), user.encode(), sha256).hexdigest()
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [
            f"""<!doctype html><html lang="{language}"><meta name="viewport" content="width=device-width"><h1>Shop</h1>
<script src="{url}/chat/widget.js" data-channel="shop" data-lang="{language}" data-user-id="{user}"
 data-user-hash="{proof}" data-name="Member {user}" async></script></html>""".encode()
        ]

    return app


def open_widget(screen: Screen, url: str) -> None:
    screen.open(url)
    launcher = screen.until("the launcher", lambda: screen.driver.execute_script(ROOT, "button"))
    screen.until("a press", lambda: launcher.click() or True)
    frame = screen.until("the frame", lambda: screen.driver.execute_script(ROOT, "iframe"))
    screen.until("to switch", lambda: screen.driver.switch_to.frame(frame) or True)


def test_a_member_writes_reloads_goes_on_and_gets_the_agents_picture(
    tmp_path: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_SECRET", SECRET)
    shop = serve(lambda environ, start: [], "127.0.0.1", 0)
    shop_url = f"http://localhost:{shop.port}"
    channel = {"type": "webchat", "flow": "main", "identity_secret": "$(env.CHAT_SECRET)"}
    house = House(tmp_path / "site", WebSettings(embed_origins=(shop_url,)), channels={"shop": channel})
    shop.application = shop_page(house.url)
    house.available("1001")
    agent = house.sign_in("1001")
    mine = tmp_path / "mine.png"
    mine.write_bytes(png())
    for language, width, start, person in (
        ("en", 1440, "Start the chat", "Talk to a person"),
        ("zh", 390, "开始咨询", "人工服务"),
    ):
        screen.size(width, 844)
        page = f"{shop_url}/{language}/m-{language}"
        open_widget(screen, page)
        screen.click(".welcome .button", start)
        screen.click(".choice", person)
        interaction = house.until(
            lambda: next((one.id for one in house.world.interactions.values() if one.state == "offered"), ""),
            "an offer",
        )
        house.connect(interaction)
        screen.until("a file", lambda: screen.driver.find_element("id", "files").send_keys(str(mine)) or True)
        screen.until("the own picture", lambda: screen.driver.execute_script(SEEN))
        screen.until("to switch back", lambda: screen.driver.switch_to.default_content() or True)
        open_widget(screen, page)
        screen.until("the own picture after the reload", lambda: screen.driver.execute_script(SEEN))
        screen.write("#text", "after the reload\n")
        screen.sees(".bubble.mine", "after the reload")
        put(agent, f"/api/interactions/{interaction}/files?name=theirs.png&client_id=pic-{language}-1", png())
        from_agent = SEEN.replace(".picture", ".attachments:not(.mine) .picture")
        screen.until("the agent's picture", lambda script=from_agent: screen.driver.execute_script(script))
        assert screen.run(FITS), "nothing sticks out"
        screen.until("to switch back", lambda: screen.driver.switch_to.default_content() or True)
        person_of = agent.get(f"/api/interactions/{interaction}").json()["interaction"]["person"]
        assert ["member", f"m-{language}"] in person_of["addresses"] and person_of["name"] == f"Member m-{language}"
    assert screen.complaints() == []
    house.close()
    shop.stop(timeout=0.02)


def test_the_workbench_shows_pictures_sends_them_and_sends_again_by_choice(
    house: House, screen: Screen, tmp_path: Path
) -> None:
    house.available("1001")
    interaction = house.chat_interaction(name="Ada")
    house.connect(interaction)
    lost = house.say(interaction, "did it arrive?", author="1001")
    state = lambda: house.store.read(lambda tx: messages.get(tx, lost.id).state)  # noqa: E731
    house.until(lambda: state() == "sent", "the sending")

    def lose(tx: Any) -> None:
        tx.run("UPDATE messages SET state = 'unknown', error = 'no-answer' WHERE id = :id", id=lost.id)
        tx.run("UPDATE outbox SET state = 'unknown' WHERE message = :id", id=lost.id)

    house.store.write(lose)
    house.say(interaction, "", kind="unknown")
    screen.open(house.url + "/?lang=en")
    screen.write("input[name=login]", "1001")
    screen.write("input[name=password]", house.password("1001"))
    screen.click(".login-card .primary")
    screen.sees(".message-state.bad", "the provider did not answer")
    screen.sees(".is-bare", "cannot be shown")
    screen.click(".message-state .link", "Send again")
    house.until(lambda: state() == "sent", "the second sending")
    screen.lacks(".message-state.bad")
    picture = tmp_path / "lid.png"
    picture.write_bytes(png())
    field = "input[type=file]"
    screen.until("a file", lambda: screen.driver.find_element("css selector", field).send_keys(str(picture)) or True)
    screen.until("the picture", lambda: screen.driver.execute_script(SEEN))
    screen.size(390, 844)
    screen.click(".tab", "Conversation")
    screen.until("the picture", lambda: screen.driver.execute_script(SEEN))
    assert screen.run(FITS) and screen.complaints() == []
