"""Deliveries that are right though few send them so: by GET, in chunks, out of turn, taken back before they came."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from clients import aside, send_raw
from house import House

from eslapp.demo.bad_habits import replay
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Signed, post
from eslapp.store import conversations, messages
from eslapp.store.messages import Message
from webhooks.channels import CHANNELS
from webhooks.channels.generic import signed_headers
from webhooks.deps import WebSettings
from webhooks.shapes import message_shape
from webhooks.twilio_proof import signature

SENT_TO = "http://desk.example.com"
KINDS = ("sms_twilio", "telegram", "line", "generic", "weibo")
SMS = {"AccountSid": "AC" + "0" * 32, "From": "+14155550100", "To": "+15005550006", "NumMedia": "0"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[House]:
    """A channel of each kind, called like it."""
    entries = {kind: {"type": kind, "flow": "main", **CHANNELS[kind].EXAMPLE_OPTIONS} for kind in KINDS}
    words = {word: value for kind in KINDS for word, value in CHANNELS[kind].EXAMPLE_SECRETS.items()}
    house = House(tmp_path / "site", WebSettings(public_url=SENT_TO), channels=entries, words=words)
    try:
        yield house
    finally:
        house.close()


def deliver(house: House, kind: str, signed: Signed) -> int:
    return aside(post, f"{house.url}/hooks/{kind}", signed)[0]


def thread(house: House, kind: str) -> list[Message]:
    """What the only contact of a channel said, as it is shown, once nothing waits."""
    waiting = "SELECT COUNT(*) FROM inbox WHERE state = 'new'"
    house.until(lambda: house.store.read(lambda tx: tx.value(waiting)) == 0, "all worked on")
    found = house.store.read(lambda tx: tx.value("SELECT id FROM conversations WHERE channel = :kind", kind=kind))
    shown = house.store.read(lambda tx: messages.of_conversation(tx, found)) if found else []
    return [one for one in shown if one.direction == "in"]


def sms(told: dict[str, str], method: str = "POST") -> Signed:
    words, url = {**SMS, **told}, f"{SENT_TO}/hooks/sms_twilio"
    token = CHANNELS["sms_twilio"].EXAMPLE_SECRETS["TWILIO_TOKEN"]
    if method == "GET":
        query = f"?{urlencode(words)}"
        return Signed(b"", {"X-Twilio-Signature": signature(token, url + query)}, suffix=query, method="GET")
    headers = {"X-Twilio-Signature": signature(token, url, words.items())}
    return Signed(
        urlencode(words).encode(), {**headers, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    )


def update(number: int, message: int, text: str) -> Signed:
    told = {"message_id": message, "date": 1_789_999_000, "chat": {"id": 7, "type": "private"}, "from": {"id": 7}}
    body = json.dumps({"update_id": number, "message": {**told, "text": text}}).encode()
    secret = CHANNELS["telegram"].EXAMPLE_SECRETS["TELEGRAM_SECRET"]
    return Signed(body, {"X-Telegram-Bot-Api-Secret-Token": secret})


def line(number: int, kind: str, **told: Any) -> Signed:
    event = {"type": kind, "mode": "active", "timestamp": 1_789_999_000_000 + number, "webhookEventId": f"E{number}"}
    event |= {"source": {"type": "user", "userId": "Uada"}, **told}
    body = json.dumps({"destination": "U1", "events": [event]}).encode()
    digest = hmac.new(b"channel-secret", body, hashlib.sha256).digest()
    return Signed(body, {"X-Line-Signature": base64.b64encode(digest).decode()})


def shop(house: House, key: str, data: dict[str, Any]) -> Signed:
    body = json.dumps({"type": "message", "data": data}).encode()
    secret = CHANNELS["generic"].EXAMPLE_SECRETS["SHOP_WEBHOOK_SECRET"]
    return Signed(body, signed_headers([secret], key, int(house.clock()), body))


def test_messages_by_get_are_told_apart_and_shown(desk: House) -> None:
    for place in ("1", "2"):
        assert deliver(desk, "sms_twilio", sms({"MessageSid": f"SM{place}", "Body": f"text {place}"}, "GET")) == 200
    assert [one.text for one in thread(desk, "sms_twilio")] == ["text 1", "text 2"]
    forged = sms({"MessageSid": "SM3", "Body": "text 3"}, "GET")
    changed = Signed(b"", forged.headers, suffix=forged.suffix.replace("text+3", "text+4"), method="GET")
    assert deliver(desk, "sms_twilio", changed) == 403


def test_a_message_that_says_it_was_received_is_one(desk: House) -> None:
    assert deliver(desk, "sms_twilio", sms({"MessageSid": "SM1", "MessageStatus": "received", "Body": "hello"})) == 200
    assert [one.text for one in thread(desk, "sms_twilio")] == ["hello"]


def test_messages_of_one_second_stand_in_the_providers_order(desk: House) -> None:
    for number in (3, 1, 2):
        assert deliver(desk, "telegram", update(number, 100 + number, f"m{number}")) == 200
    assert [one.text for one in thread(desk, "telegram")] == ["m1", "m2", "m3"]
    found = thread(desk, "telegram")[0].conversation
    newest = desk.store.read(lambda tx: messages.last_inbound(tx, found))
    assert newest is not None and newest.text == "m3"
    assert desk.store.read(lambda tx: conversations.get(tx, found)) is not None


def test_what_was_taken_back_before_it_came_is_never_shown(desk: House) -> None:
    assert deliver(desk, "line", line(1, "message", message={"id": "40", "type": "text", "text": "hello"})) == 200
    assert deliver(desk, "line", line(3, "unsend", unsend={"messageId": "41"})) == 200
    assert deliver(desk, "line", line(2, "message", message={"id": "41", "type": "text", "text": "my secret"})) == 200
    assert deliver(desk, "line", line(4, "message", message={"id": "42", "type": "text", "text": "again"})) == 200
    assert [(one.kind, one.text) for one in thread(desk, "line")] == [
        ("text", "hello"),
        ("recalled", ""),
        ("text", "again"),
    ]


def test_milliseconds_are_no_year_58000(desk: House) -> None:
    at = desk.clock() - 60
    told = {"address": "42", "id": "m1", "text": "late", "at": at * 1000}
    assert deliver(desk, "generic", shop(desk, "k1", told)) == 200
    assert deliver(desk, "generic", shop(desk, "k2", {**told, "id": "m2", "text": "early", "at": at - 1})) == 200
    assert [(one.text, one.provider_at) for one in thread(desk, "generic")] == [("early", at - 1), ("late", at)]


def test_a_sender_whose_clock_is_fast_keeps_its_order_and_is_shown_our_time(desk: House) -> None:
    ahead = desk.clock() + 3600
    for number in (3, 1, 2):
        told = {"address": "42", "id": f"m{number}", "text": f"t{number}", "at": ahead + number}
        assert deliver(desk, "generic", shop(desk, f"k{number}", told)) == 200
    shown = thread(desk, "generic")
    assert [one.text for one in shown] == ["t1", "t2", "t3"]
    assert all(message_shape(one, desk.site)["said_at"] <= desk.clock() for one in shown)


def test_a_message_of_nobody_is_refused_so_that_its_sender_hears_of_it(desk: House) -> None:
    assert deliver(desk, "generic", shop(desk, "k1", {"text": "hello"})) == 400


def test_a_delivery_in_chunks_is_taken_and_ends_the_connection(desk: House) -> None:
    signed = shop(desk, "k1", {"address": "42", "id": "m1", "text": "in chunks"})
    names = "".join(f"{name}: {value}\r\n" for name, value in signed.headers.items())
    head = f"POST /hooks/generic HTTP/1.1\r\nHost: x\r\n{names}Transfer-Encoding: chunked\r\n\r\n".encode()
    half = len(signed.body) // 2
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (signed.body[:half], signed.body[half:]))
    another = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = send_raw(desk.server.port, head + chunks + b"0\r\n\r\n" + another)
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.count(b"HTTP/1.1 ") == 1
    assert [one.text for one in thread(desk, "generic")] == ["in chunks"]
    assert send_raw(desk.server.port, head + b"zz\r\n").startswith(b"HTTP/1.1 400 ")


def test_the_trial_of_a_site_behind_a_proxy_signs_the_address_that_the_provider_knows(desk: House) -> None:
    options = CHANNELS["sms_twilio"].EXAMPLE_OPTIONS
    token = CHANNELS["sms_twilio"].EXAMPLE_SECRETS["TWILIO_TOKEN"]
    provider = provider_types()["sms_twilio"]({"sid": options["sid"], "number": options["number"], "token": token})
    hook, told = f"{desk.url}/hooks/sms_twilio", f"{SENT_TO}/hooks/sms_twilio"
    try:
        seen = aside(lambda: list(replay(provider, hook, told=told, within_s=20.0)))
    finally:
        provider.close()
    assert [one.habit for one in seen if not one.is_good] == [] and len(seen) > 5


def test_somebody_who_only_looks_is_told_that_we_are_there(desk: House) -> None:
    def looked(kind: str) -> int:
        return aside(post, f"{desk.url}/hooks/{kind}", Signed(b"", method="HEAD"))[0]

    assert [looked(kind) for kind in KINDS] == [200] * len(KINDS) and looked("nothing") == 404
    assert desk.store.read(lambda tx: tx.value("SELECT COUNT(*) FROM inbox")) == 0
