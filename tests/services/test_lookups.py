"""Lookups against a real HTTP server: in time or not at all, within bounds, and a system that is down is left alone."""

from __future__ import annotations

import doctest
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gevent
import pytest
from floor import Floor

from eslapp import breaker
from eslapp.breaker import Breakers
from eslapp.outside import Outside
from eslapp.services.flow_services import FlowServices
from eslapp.services.lookups import Lookups
from ivr.service_calls import AskSystem, Secret
from ivr.waits import Answered, Failed, Happening


class Shop(BaseHTTPRequestHandler):
    """A business system with bad habits, by path."""

    seen: list[dict[str, Any]] = []
    stalled = threading.Event()

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def _serve(self, body: bytes) -> None:
        self.seen.append({"path": self.path, "headers": dict(self.headers), "body": body.decode()})
        if self.path.startswith("/stall"):
            self.stalled.wait(5)
        status = int(self.path[1:4]) if self.path[1:4].isdigit() else 200
        answers = {"/html": b"<html>", "/deep": b"[" * 5000, "/big": b"1" * 400_000, "/nan": b"NaN", "/empty": b""}
        nested = json.dumps({"a": json.loads("[" * 40 + "]" * 40)}).encode()
        payload = answers.get(self.path, nested if self.path == "/nested" else json.dumps({"state": "sent"}).encode())
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *words: Any) -> None:
        """Silence."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    Shop.stalled.set()
    server.shutdown()
    server.server_close()


def asked(shop: str, path: str, *, lookups: Lookups | None = None, **fields: Any) -> Happening:
    lookups = lookups or lookups_of(shop)
    effect = AskSystem(**{"key": "k", "method": "GET", "url": (Secret("SHOP"), path), **fields})
    # The server lives in threads and nothing is patched here: ask from a thread too.
    return gevent.get_hub().threadpool.apply(lookups.ask, ("i1", effect))


def lookups_of(shop: str, **options: Any) -> Lookups:
    words = {"SHOP": f"http://{shop}", "KEY": "s3cret", "TWO": "a\nb"}
    return Lookups(lambda: Outside([shop]), words.get, **options)


def test_a_question_carries_the_operators_words_and_its_key(shop: str) -> None:
    answer = asked(
        shop,
        "/orders",
        method="POST",
        headers={"Authorization": ("Bearer ", Secret("KEY"))},
        body={"order": "42", "n": 2},
    )
    assert answer == Answered({"status": 200, "body": {"state": "sent"}})
    seen = Shop.seen[-1]
    assert seen["headers"]["Authorization"] == "Bearer s3cret"
    assert seen["headers"]["Idempotency-Key"] == "i1:k"
    assert json.loads(seen["body"]) == {"order": "42", "n": 2}


@pytest.mark.parametrize("path, reason", [("/html", "not JSON"), ("/deep", "not JSON"), ("/nan", "not JSON"),
                                          ("/big", "more than"), ("/nested", "nested")])  # fmt: skip
def test_answers_out_of_bounds_are_failures(shop: str, path: str, reason: str) -> None:
    failed = asked(shop, path)
    assert isinstance(failed, Failed) and reason in failed.reason


def test_statuses_are_answers_and_missing_words_are_failures(shop: str) -> None:
    assert asked(shop, "/404") == Answered({"status": 404, "body": {}})
    assert asked(shop, "/empty") == Answered({"status": 200, "body": {}})
    for name in ("NOPE", "TWO"):
        failed = asked(shop, "/", url=(Secret(name), "/"))
        assert isinstance(failed, Failed) and name in failed.reason
    blocked = asked(shop, "/", lookups=Lookups(Outside, {"SHOP": f"http://{shop}"}.get))
    assert isinstance(blocked, Failed) and "only https" in blocked.reason


def test_no_contact_waits_longer_than_the_author_said(shop: str) -> None:
    failed = asked(shop, "/stall", within_s=0.2)
    assert isinstance(failed, Failed)


def test_a_system_that_is_down_is_left_alone_and_tried_again(shop: str) -> None:
    now = [0.0]
    lookups = lookups_of(shop, breakers=Breakers(limit=2, rest_s=30), clock=lambda: now[0])
    for _ in range(2):
        assert asked(shop, "/503", lookups=lookups) == Answered({"status": 503, "body": {}})
    before = len(Shop.seen)
    refused = asked(shop, "/fine", lookups=lookups)
    assert isinstance(refused, Failed) and "known to be down" in refused.reason and len(Shop.seen) == before
    now[0] = 31.0
    assert isinstance(asked(shop, "/fine", lookups=lookups), Answered)
    assert isinstance(asked(shop, "/fine", lookups=lookups), Answered)


def test_the_breakers_example_holds() -> None:
    assert doctest.testmod(breaker).failed == 0


FLOW = """flow: main
start:
  - lookup: {url: "https://shop.example/$(contact.address)", save: {state: $.state}, fails: down}
  - say: {en: Your order is $(state).}
  - hangup
down:
  - say: {en: Sorry.}
  - hangup: {outcome: overflowed}
"""


@pytest.mark.parametrize("answer, said", [
    (Answered({"status": 200, "body": {"state": "sent"}}), "Your order is sent."), (Failed("slow"), "Sorry."),
])  # fmt: skip
def test_a_chat_goes_on_with_the_answer_and_others_write_meanwhile(
    tmp_path: Path, answer: Happening, said: str
) -> None:
    from test_chats import Talk, until

    floor, gate, questions = Floor(tmp_path, flow=FLOW), gevent.event.Event(), []

    def slow(interaction: str, effect: AskSystem) -> Happening:
        questions.append(effect.url)
        gate.wait(5)
        return answer

    talk = Talk(floor, performers=FlowServices({AskSystem: slow}).on_chats())
    talk.write("hello")
    talk.write("are you there?")  # neither asked twice nor lost
    assert questions == [("https://shop.example/v",)] or until(lambda: bool(questions)) is None
    gate.set()
    until(lambda: talk.said() == [said])
    assert len(questions) == 1
    floor.close()


def test_a_question_is_asked_again_after_a_restart(tmp_path: Path) -> None:
    from test_chats import Talk, until

    floor = Floor(tmp_path, flow=FLOW)
    lost = Talk(floor, performers={AskSystem: lambda chat, effect: None})  # a daemon that died meanwhile
    lost.write("hello")
    gevent.sleep(0)
    lost.chats._performers = FlowServices(
        {AskSystem: lambda *_: Answered({"status": 200, "body": {"state": "back"}})}
    ).on_chats()
    lost.chats.recover()
    until(lambda: lost.said() == ["Your order is back."])
    floor.close()
