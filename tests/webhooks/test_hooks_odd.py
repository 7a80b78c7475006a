"""Odd and hostile deliveries, signed as their providers would: none is a fault of ours, nothing that was said is lost.

A test's last word is always the same: no row of the inbox was given up, and a plain message still arrives.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from clients import aside, send_raw
from house import Clock, House
from odd_signers import SIGN

from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Provider, Signed, post
from eslapp.store import messages

pytestmark = pytest.mark.slow
KINDS = (*SIGN, "wechat")
REFUSED = (400, 403, 404, 405, 413, 415)
BATCHES = ("line", "whatsapp_meta", "messenger")
READ = {  # texts as agents must read them
    "plain": "hello",
    "emoji in one": "👨‍👩‍👧‍👦 👋🏽 🇨🇳",
    "rare han": "𠮷野家 㐂 辻󠄀",
    "right to left": "שלום עולם",
    "combining": "e\u0301 a\u0308 ก็",
    "markup": '<b>&amp;</b> "quoted" \\back',
    "template words": "$(env.HOME) {{7*7}} %s %n",
    "many lines": "a\nb\n\nc",
}
ODD: dict[str, str] = {  # JSON that may stand where a value stands
    "nan": "NaN",
    "infinity": "-Infinity",
    "1e400": "1e400",
    "400 digits": "1" + "0" * 400,
    "5000 digits": "9" * 5000,
    "negative": "-5",
    "fraction": "1.5",
    "beyond 2**53": "9007199254740993",
    "true": "true",
    "null": "null",
    "list": "[]",
    "object": "{}",
    "list of lists": "[[[[[[]]]]]]",
    "deep": "[" * 60 + "]" * 60,
    "surrogate": '"\\ud800 x"',
    "nul": '"a\\u0000b"',
    "empty": '""',
    "blank": '"  \\n "',
    "long": json.dumps("长" * 100_000),
    "direction": json.dumps("\u202eabc\u2066"),
    "quote": json.dumps("'; DROP TABLE messages;--"),
    "path": json.dumps("../../../etc/passwd"),
    "digits": json.dumps("9" * 30),
}


class Doors:
    """One site with a channel of each kind, called like it; ``providers`` at their other ends."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        made: dict[str, Provider] = {
            kind: provider_types()[kind]({"mode": "plain"} if kind == "wechat" else None) for kind in KINDS
        }
        words: dict[str, str] = {}
        for one in made.values():
            words |= one.secrets()
        entries = {kind: {"type": kind, "flow": "main", **one.options()} for kind, one in made.items()}
        for kind, entry in entries.items():  # some fakes call their words alike
            for name, told in [(name, told) for name, told in entry.items() if str(told).startswith("$(env.")]:
                word = f"{kind.upper()}_{name.upper()}"
                words[word], entry[name] = made[kind].secrets()[str(told)[6:-1]], f"$(env.{word})"
        if "generic" in entries:
            entries["generic"]["secrets"] = ["$(env.GENERIC_SECRET)"]
            words["GENERIC_SECRET"] = next(iter(made["generic"].secrets().values()))
        self.house = House(folder / "site", clock=Clock(), channels=entries, words=words)
        self.providers = made
        for kind, one in made.items():
            one.clock, one.hook = self.house.clock, f"{self.house.url}/hooks/{kind}"
        self._number = 0

    def fresh(self, kind: str, text: str) -> Signed:
        """A genuine message that never came before."""
        self._number += 1
        return self.providers[kind].say(text, number=self._number, at=self.house.clock() + self._number)

    def give(self, kind: str, signed: Signed) -> int:
        return aside(post, self.providers[kind].hook, signed)[0]

    def sign(self, kind: str, body: bytes | str) -> Signed:
        self._number += 1
        raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        return SIGN[kind](self.providers[kind], raw, f"key-{self._number}")

    def body(self, kind: str, text: str = "hello") -> Any:
        """What a genuine message says, as JSON has it."""
        signed = self.fresh(kind, text)
        if kind == "wechat_miniprogram":
            told = {"ToUserName": "gh_1", "FromUserName": self.providers[kind].address, "MsgType": "text"}
            return {**told, "Content": text, "CreateTime": 1714112445, "MsgId": str(self._number)}
        return dict(parse_qsl(signed.body.decode())) if kind == "sms_twilio" else json.loads(signed.body)

    def said(self, kind: str) -> list[str]:
        sql = "SELECT id FROM messages WHERE channel = :kind AND direction = 'in' ORDER BY number"
        ids = self.house.store.read(lambda tx: [row["id"] for row in tx.all(sql, kind=kind)])
        return [self.house.store.read(lambda tx, one=one: messages.get(tx, one)).text for one in ids]

    def close(self) -> None:
        """Nothing was given up; whoever writes now is read."""
        try:
            for kind in KINDS:
                assert self.give(kind, self.fresh(kind, f"still there {kind}")) == 200
            for kind in KINDS:
                self.house.until(lambda kind=kind: f"still there {kind}" in self.said(kind), f"{kind} still heard")
            sql = "SELECT channel_account, error FROM inbox WHERE error <> ''"
            assert self.house.store.read(lambda tx: tx.all(sql)) == []
        finally:
            self.house.close()
            for one in self.providers.values():
                one.close()


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with pytest.MonkeyPatch.context() as patch:
        made = Doors(tmp_path_factory.mktemp("odd"), patch)
        yield made
        made.close()


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*at, key)
        yield from paths(inner, (*at, key))


def with_mark(value: Any, path: tuple[Any, ...]) -> str:
    changed = place = copy.deepcopy(value)
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "@@"
    return json.dumps(changed)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", SIGN)
def test_an_odd_value_anywhere(doors: Doors, kind: str, odd: str) -> None:
    chance = random.Random(f"{kind}{odd}")
    for _ in range(3):
        body = doors.body(kind)
        path = chance.choice(list(paths(body)))
        body = with_mark(body, path).replace('"@@"', ODD[odd])
        assert doors.give(kind, doors.sign(kind, body)) in (200, *REFUSED), path


@pytest.mark.parametrize("text", READ.values(), ids=READ)
@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_read_as_it_was_written(doors: Doors, kind: str, text: str) -> None:
    marked = f"{text} {kind}"
    assert doors.give(kind, doors.fresh(kind, marked)) == 200
    doors.house.until(lambda: marked in doors.said(kind), "the text")


BODIES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \r\n ",
    "null": b"null",
    "number": b"5",
    "text": b'"x"',
    "list": b"[]",
    "list of nothing": b"[null, 1, []]",
    "object": b"{}",
    "half": b'{"a": ',
    "two": b"{}{}",
    "gbk": '{"text": "你好"}'.encode("gbk"),
    "utf-16": '{"text": "x"}'.encode("utf-16"),
    "binary": bytes(range(256)),
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "xml": b"<xml><a>1</a></xml>",
    "page": b"<!doctype html><html></html>",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("kind", SIGN)
def test_a_body_that_is_nothing_of_the_kind(doors: Doors, kind: str, body: bytes) -> None:
    before = doors.said(kind)
    assert doors.give(kind, doors.sign(kind, body)) in (200, 400, 403)
    assert doors.said(kind) == before


@pytest.mark.parametrize("kind", BATCHES)
def test_one_broken_event_of_several_harms_no_other(doors: Doors, kind: str) -> None:
    whole, more = doors.body(kind, f"first of {kind}"), doors.body(kind, f"last of {kind}")
    lists = {
        "line": lambda body: body["events"],
        "whatsapp_meta": lambda body: body["entry"][0]["changes"][0]["value"]["messages"],
        "messenger": lambda body: body["entry"][0]["messaging"],
    }
    events = lists[kind](whole)
    broken = [5, None, [], {}, {"type": {"type": []}}, {"message": 7, "timestamp": "x"}, "words"]
    events[1:] = [*broken, *lists[kind](more)]
    assert doors.give(kind, doors.sign(kind, json.dumps(whole))) == 200
    for text in (f"first of {kind}", f"last of {kind}"):
        doors.house.until(lambda text=text: doors.said(kind).count(text) == 1, text)


@pytest.mark.parametrize("kind", SIGN)
def test_a_name_that_stands_twice(doors: Doors, kind: str) -> None:
    body = json.dumps(doors.body(kind, f"twice {kind}"))
    name, _, rest = body[1:].partition(":")
    assert doors.give(kind, doors.sign(kind, f"{{{name}: null, {name}:{rest}")) == 200
    doors.house.until(lambda: f"twice {kind}" in doors.said(kind), "what stands last")


@pytest.mark.parametrize("kind", ["telegram", "line", "whatsapp_meta", "messenger", "douyin", "weibo", "generic"])
@pytest.mark.parametrize("content_type", ["text/plain", "", "application/json; charset=gbk", "multipart/form-data"])
def test_the_bytes_count_whatever_they_are_called(doors: Doors, kind: str, content_type: str) -> None:
    text = f"called {content_type or 'nothing'} {kind}"
    signed = doors.sign(kind, json.dumps(doors.body(kind, text)))
    headers = {name: told for name, told in signed.headers.items() if name != "Content-Type"}
    if content_type:
        headers["Content-Type"] = content_type
    assert doors.give(kind, replace(signed, headers=headers)) == 200
    doors.house.until(lambda: text in doors.said(kind), "the text")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_packed_is_taken(doors: Doors, kind: str) -> None:
    signed = doors.fresh(kind, f"packed {kind}")
    for packing in ("gzip", "deflate", "br", "identity, gzip"):
        assert doors.give(kind, replace(signed, headers={**signed.headers, "Content-Encoding": packing})) == 415
    assert f"packed {kind}" not in doors.said(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_methods_and_places_that_no_provider_uses(doors: Doors, kind: str) -> None:
    signed = doors.fresh(kind, "another way")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert doors.give(kind, replace(signed, method=method)) in (200, *REFUSED)
    for suffix in (
        "/..%2f..%2fetc",
        "/%00",
        "/" + "a" * 3000,
        "?" + "&".join(f"a{n}=1" for n in range(900)),
        "?%ff=%fe",
    ):
        assert doors.give(kind, replace(signed, suffix=suffix)) in (200, *REFUSED)


def test_a_request_that_is_no_http(doors: Doors) -> None:
    port = int(doors.house.url.rpartition(":")[2])
    head = "POST /hooks/line HTTP/1.1\r\nHost: x\r\n"
    for rest in (
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "X-Line-Signature: \x00\xff\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ):
        answer = send_raw(port, (head + rest).encode("latin-1"), wait_s=0.5)
        assert not answer or not answer.split(b" ")[1].startswith(b"5"), (rest, answer[:200])


WINDOWS = {"generic": 300.0, "weibo": 600.0, "wechat": 600.0}


@pytest.mark.parametrize("kind", WINDOWS)
def test_a_proof_is_good_for_its_time_and_for_no_other_event(doors: Doors, kind: str) -> None:
    clock, within_s = doors.house.clock, WINDOWS[kind]
    for shift, wanted in ((-within_s - 2, 403), (-within_s + 2, 200), (within_s - 2, 200), (within_s + 2, 403)):
        provider = doors.providers[kind]
        provider.clock = lambda shift=shift: clock() + shift
        signed = doors.fresh(kind, f"at {shift}")
        provider.clock = clock
        assert doors.give(kind, signed) == wanted, shift
        assert doors.give(kind, signed) == wanted, "once more"
    signed = doors.fresh(kind, "genuine")
    assert doors.give(kind, signed) == 200
    another = signed.body.replace(b"genuine", b"another").replace(b"<MsgId>", b"<MsgId>1")
    assert doors.give(kind, replace(signed, body=another)) == 403


@pytest.mark.parametrize("kind", ["sms_twilio", "whatsapp_meta", "messenger", "line", "douyin", "generic"])
def test_receipts_of_what_nobody_sent(doors: Doors, kind: str) -> None:
    """They are kept for a send that may not have returned yet, and say nothing to anybody."""
    told: dict[str, Any] = {
        "sms_twilio": {"AccountSid": "AC", "MessageSid": "SMnobody", "MessageStatus": "delivered", "To": "+1415"},
        "messenger": {"sender": {"id": "5"}, "delivery": {"mids": ["m-nobody"], "watermark": 1}},
        "line": {"events": [{"type": "delivery", "delivery": {"data": "x"}, "source": {"type": "user"}}]},
        "douyin": {"event": "im_message_read", "from_user_id": "c", "to_user_id": "o", "content": "{}"},
        "generic": {"type": "receipt", "data": {"id": "nobody", "state": "read", "address": "nobody"}},
    }
    body = told.get(kind)
    if kind == "messenger":
        body = {"object": "page", "entry": [{"id": doors.providers[kind].words["page_id"], "messaging": [body]}]}
    if kind == "whatsapp_meta":
        body = doors.body(kind)
        value = body["entry"][0]["changes"][0]["value"]
        value.pop("messages")
        value["statuses"] = [{"id": "wamid.nobody", "status": one, "recipient_id": "1"} for one in ("read", "sent")]
    before = doors.said(kind)
    for _ in range(2):
        assert doors.give(kind, doors.sign(kind, json.dumps(body))) == 200
    assert doors.said(kind) == before


def test_weibo_in_xml(doors: Doors) -> None:
    told = (
        "<ToUserName>1902538057</ToUserName><FromUserName>2489518277</FromUserName><CreateTime>1790000000</CreateTime>"
    )
    words = f"<xml>{told}<MsgType>text</MsgType><Content><![CDATA[订单 <b> 👋]]></Content></xml>"
    assert doors.give("weibo", doors.sign("weibo", words)) == 200
    doors.house.until(lambda: "订单 <b> 👋" in doors.said("weibo"), "the text")
    for bomb in (
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><FromUserName>1</FromUserName><MsgType>text</MsgType></xml>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        "<xml>" + "<a>" * 30_000,
        '<?xml version="1.0" encoding="gbk"?><xml>\xff</xml>',
        "<xml></xml>",
    ):
        assert doors.give("weibo", doors.sign("weibo", bomb)) == 400, bomb[:40]
