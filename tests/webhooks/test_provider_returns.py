"""How providers come again: each its own way, whether nobody answered or an error did; and every message still once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from clients import aside
from provider_desk import opened

from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Signed, post

pytestmark = pytest.mark.slow
POSTING = sorted(name for name, kind in provider_types().items() if name not in ("email", "sip_trunk"))
TRIES = {  # where nobody takes it
    "douyin": 4,
    "line": 4,
    "sms_twilio": 1,
    "twilio_voice": 1,
    "wechat": 3,
    "wechat_miniprogram": 3,
    "wecom_kf": 3,
    "weibo": 3,
    "whatsapp_twilio": 1,
}
PATIENT = 7  # Meta, Telegram and Standard Webhooks try longer than anybody sleeps


class Door:
    """Stands before a hook: hands on what comes and loses the first answers, or says what it is told to say."""

    def __init__(self, hook: str = "", loses: int = 0, status: int = 503) -> None:
        self.seen: list[Signed] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                _, mark, query = self.path.partition("?")
                signed = Signed(
                    body, {name: self.headers[name] for name in self.headers if name != "Host"}, mark + query
                )
                door.seen.append(signed)
                said = post(hook, signed, within_s=20.0) if hook else (status, b"")
                if len(door.seen) <= loses:
                    self.close_connection = True
                    return
                self.send_response(said[0])
                self.send_header("Content-Length", str(len(said[1])))
                self.end_headers()
                self.wfile.write(said[1])

            def log_message(self, *words: Any) -> None:
                """Silence."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def doors() -> Iterator[list[Door]]:
    made: list[Door] = []
    yield made
    for one in made:
        one.close()


@pytest.mark.parametrize("kind", POSTING)
def test_each_provider_tries_as_often_as_its_pages_say(kind: str, doors: list[Door]) -> None:
    provider = provider_types()[kind]()
    try:
        doors.append(Door(status=503))
        status = aside(provider.deliver, doors[0].url, provider.say("anybody?", number=1))
        wanted = TRIES.get(kind)
        tries = len(doors[0].seen)
        assert status == 503 and provider.lost == 1
        assert tries == wanted if wanted else tries >= PATIENT
        if kind == "line":
            assert all(b'"isRedelivery": true' in one.body for one in doors[0].seen[1:])
        if kind == "wechat":
            assert provider.notices  # what the customer sees of WeChat's own
        if kind == "messenger":
            assert not provider.is_subscribed
    finally:
        provider.close()


@pytest.mark.parametrize("kind", [name for name in POSTING if not provider_types()[name].is_voice])
def test_a_lost_acknowledgement_brings_the_message_again_and_it_is_there_once(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doors: list[Door]
) -> None:
    with opened(kind, tmp_path, monkeypatch) as desk:
        doors.append(Door(desk.hook, loses=1))
        assert aside(desk.provider.deliver, doors[0].url, desk.provider.say("once", number=1)) == 200
        assert len(doors[0].seen) == 2
        assert desk.deliver(desk.provider.say("after it", number=2)) == 200
        desk.house.until(lambda: "after it" in desk.said(), "the one after")
        assert desk.said() == ["once", "after it"]
