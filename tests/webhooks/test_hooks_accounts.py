"""One URL for several numbers, pages and bots: each takes what is for it, and none answers for another."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from clients import aside
from house import House

from eslapp.demo.providers.base import Signed, post
from eslapp.store import messages
from webhooks.channels import CHANNELS
from webhooks.deps import WebSettings
from webhooks.twilio_proof import signature
from webhooks.wechat import crypt

FIRST_BOT, OTHER_BOT = "U" + "1" * 32, "U" + "2" * 32
OURS: dict[str, tuple[str, str, str]] = {  # the option that tells accounts apart, and its two values
    "whatsapp_meta": ("phone_id", "100000001", "100000002"),
    "messenger": ("page_id", "100000001", "100000002"),
    "line": ("bot", FIRST_BOT, OTHER_BOT),
    "douyin": ("open_id", "operator-1", "operator-2"),
    "weibo": ("uid", "100001", "100002"),
    "sms_twilio": ("number", "+15005550001", "+15005550002"),
    "wechat": ("original", "gh_10f6c3c3ac5a", "gh_20f6c3c3ac5a"),
}
OTHER_TOKEN, OTHER_KEY = "othertoken", "B" * 43


def whatsapp(*ids: str) -> dict[str, Any]:
    def change(number: str, place: int) -> dict[str, Any]:
        said = {"from": "16505551234", "id": f"wamid.{place}", "timestamp": "1700000000", "type": "text"}
        said["text"] = {"body": f"to {number}"}  # type: ignore[assignment]
        return {"field": "messages", "value": {"metadata": {"phone_number_id": number}, "messages": [said]}}

    return {"object": "whatsapp", "entry": [{"id": "1", "changes": [change(one, n) for n, one in enumerate(ids)]}]}


def pages(*ids: str) -> dict[str, Any]:
    def entry(page: str, place: int) -> dict[str, Any]:
        told = {"sender": {"id": "55"}, "recipient": {"id": page}, "timestamp": 1_700_000_000_000}
        return {"id": page, "messaging": [{**told, "message": {"mid": f"m{place}", "text": f"to {page}"}}]}

    return {"object": "page", "entry": [entry(page, place) for place, page in enumerate(ids)]}


def meta(body: dict[str, Any]) -> Signed:
    raw = json.dumps(body).encode()
    return Signed(raw, {"X-Hub-Signature-256": "sha256=" + hmac.new(b"app-secret", raw, hashlib.sha256).hexdigest()})


def line(whose: str, secret: str) -> Signed:
    event = {"type": "message", "mode": "active", "timestamp": 1_700_000_000_000, "webhookEventId": "01F" + whose[-1]}
    event |= {"source": {"type": "user", "userId": "Uada"}, "message": {"id": "1", "type": "text"}}
    event["message"]["text"] = f"to {whose}"  # type: ignore[index]
    raw = json.dumps({"destination": whose, "events": [event]}).encode()
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return Signed(raw, {"X-Line-Signature": base64.b64encode(digest).decode()})


def douyin(whose: str) -> Signed:
    content = {"conversation_short_id": "7", "server_message_id": f"m{whose}", "message_type": "text", "create_time": 1}
    told = {"event": "im_receive_msg", "from_user_id": "ada", "to_user_id": whose}
    raw = json.dumps({**told, "content": {**content, "text": f"to {whose}"}}).encode()
    return Signed(raw, {"X-Douyin-Signature": hashlib.sha1(b"test_client_secret" + raw).hexdigest()})


def weibo(whose: str, at: float) -> Signed:
    told = {"type": "text", "receiver_id": int(whose), "sender_id": 248, "created_at": "Mon Jul 16 18:09:20 +0800 2012"}
    stamp = str(int(at * 1000))
    query = {"timestamp": stamp, "nonce": whose, "signature": crypt.signature("xyz123xyz", stamp, whose)}
    return Signed(json.dumps({**told, "text": f"to {whose}", "data": {}}).encode(), suffix=f"?{urlencode(query)}")


def sms(whose: str, url: str) -> Signed:
    fields = {"AccountSid": "AC" + "0" * 32, "Body": f"to {whose}", "From": "+14155550100", "To": whose}
    fields |= {"MessageSid": f"SM{whose[-1]}", "NumMedia": "0"}
    proof = signature("12345678901234567890123456789012", url, fields.items())
    told = {"X-Twilio-Signature": proof, "Content-Type": "application/x-www-form-urlencoded"}
    return Signed(urlencode(fields).encode(), told)


def wechat(whose: str, at: float) -> Signed:
    """In safe mode; the second account has a token and a key of its own."""
    known = CHANNELS["wechat"].EXAMPLE_SECRETS
    is_other = whose == OURS["wechat"][2]
    token, key = (OTHER_TOKEN, OTHER_KEY) if is_other else (known["WECHAT_TOKEN"], known["WECHAT_AES_KEY"])
    told = f"<ToUserName>{whose}</ToUserName><FromUserName>ada</FromUserName><CreateTime>1</CreateTime>"
    words = f"<xml>{told}<MsgType>text</MsgType><Content>to {whose}</Content><MsgId>9{whose[3]}</MsgId></xml>"
    envelope = crypt.seal(words.encode(), key, CHANNELS["wechat"].EXAMPLE_OPTIONS["appid"], b"r" * 16)
    stamp = str(int(at))
    query = {"timestamp": stamp, "nonce": "1", "msg_signature": crypt.signature(token, stamp, "1", envelope)}
    body = f"<xml><ToUserName>{whose}</ToUserName><Encrypt>{envelope}</Encrypt></xml>"
    return Signed(body.encode(), suffix=f"?{urlencode(query)}")


BUILD: dict[str, Callable[[House, str], Signed]] = {
    "whatsapp_meta": lambda house, whose: meta(whatsapp(whose)),
    "messenger": lambda house, whose: meta(pages(whose)),
    "line": lambda house, whose: line(whose, "secret-of-one" if whose == FIRST_BOT else "secret-of-two"),
    "douyin": lambda house, whose: douyin(whose),
    "weibo": lambda house, whose: weibo(whose, house.clock()),
    "sms_twilio": lambda house, whose: sms(whose, "http://desk.example.com/hooks/first"),
    "wechat": lambda house, whose: wechat(whose, house.clock()),
}


@contextmanager
def house_of(kind: str, folder: Path, **more: Any) -> Iterator[House]:
    """Two accounts of a kind, ``first`` and ``second``."""
    option, one, two = OURS[kind]
    channel = CHANNELS[kind]
    entry = {"type": kind, "flow": "main", **channel.EXAMPLE_OPTIONS}
    first, second = {**entry, option: one, **more}, {**entry, option: two, **more}
    words = dict(channel.EXAMPLE_SECRETS)
    if kind == "line":  # each bot has a secret of its own
        first["secret"], second["secret"] = "$(env.ONE)", "$(env.TWO)"
        words |= {"ONE": "secret-of-one", "TWO": "secret-of-two"}
    if kind == "wechat":
        second["token"], second["aes_key"] = "$(env.OTHER_TOKEN)", "$(env.OTHER_KEY)"
        words |= {"OTHER_TOKEN": OTHER_TOKEN, "OTHER_KEY": OTHER_KEY}
    settings = WebSettings(public_url="http://desk.example.com")
    house = House(folder / "site", settings, channels={"first": first, "second": second}, words=words)
    try:
        yield house
    finally:
        house.close()


def deliver(house: House, signed: Signed, hook: str = "first") -> int:
    return aside(post, f"{house.url}/hooks/{hook}", signed)[0]


def said(house: House) -> dict[str, list[str]]:
    """What contacts said, by account; once nothing waits to be worked on."""
    waiting = "SELECT COUNT(*) FROM inbox WHERE state = 'new'"
    house.until(lambda: house.store.read(lambda tx: tx.value(waiting)) == 0, "all worked on")
    sql = "SELECT id FROM messages WHERE direction = 'in' ORDER BY number"
    ids = house.store.read(lambda tx: [row["id"] for row in tx.all(sql)])
    found: dict[str, list[str]] = {}
    for one in ids:
        message = house.store.read(lambda tx, one=one: messages.get(tx, one))
        found.setdefault(message.account, []).append(message.text)
    return found


@pytest.mark.parametrize("kind", OURS)
def test_what_is_for_another_account_of_the_site_goes_there(kind: str, tmp_path: Path) -> None:
    _, one, two = OURS[kind]
    with house_of(kind, tmp_path) as house:
        for whose in (two, one, two):
            assert deliver(house, BUILD[kind](house, whose)) == 200
        assert said(house) == {"first": [f"to {one}"], "second": [f"to {two}"]}


@pytest.mark.parametrize("kind", OURS)
def test_what_is_for_no_account_of_the_site_is_kept_and_answered_by_nobody(kind: str, tmp_path: Path) -> None:
    stranger = {"line": "U" + "9" * 32, "sms_twilio": "+15005550009", "wechat": "gh_900009000000"}.get(kind, "900009")
    with house_of(kind, tmp_path) as house:
        signed = line(stranger, "secret-of-one") if kind == "line" else BUILD[kind](house, stranger)
        assert deliver(house, signed) == 200
        assert said(house) == {}
        kept = house.store.read(lambda tx: tx.all("SELECT channel_account, state FROM inbox"))
        assert [(row["channel_account"], row["state"]) for row in kept] == [(f"{kind}:first", "done")]
        (lost,) = house.sign_in("admin").get("/api/inbox").json()["unplaced"]
        assert (lost["channel_account"], lost["whose"], lost["events"]) == (f"{kind}:first", stranger, 1)


@pytest.mark.parametrize(("kind", "together"), [("whatsapp_meta", whatsapp), ("messenger", pages)])
def test_one_request_for_several_accounts(kind: str, together: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    _, one, two = OURS[kind]
    with house_of(kind, tmp_path) as house:
        assert deliver(house, meta(together(two, one, "900009"))) == 200
        assert deliver(house, meta(together(two, one, "900009")), hook="second") == 200, "told to both: once each"
        assert said(house) == {"first": [f"to {one}"], "second": [f"to {two}"]}


def test_the_proof_is_the_other_accounts_own(tmp_path: Path) -> None:
    with house_of("line", tmp_path) as house:
        assert deliver(house, line(OTHER_BOT, "secret-of-one")) == 200
        assert said(house) == {}, "one bot's secret says nothing for another"
        assert deliver(house, line(FIRST_BOT, "secret-of-two")) == 403
        assert deliver(house, line("U" + "9" * 32, "secret-of-two")) == 403


def test_a_services_number_that_is_another_account_is_that_ones(tmp_path: Path) -> None:
    with house_of("sms_twilio", tmp_path, service="MG" + "0" * 32) as house:
        hook = "http://desk.example.com/hooks/first"
        for whose in ("+15005550002", "+15005550003"):
            assert deliver(house, sms(whose, hook)) == 200
        assert said(house) == {"second": ["to +15005550002"], "first": ["to +15005550003"]}
