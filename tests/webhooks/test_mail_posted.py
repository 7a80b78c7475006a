"""Mails that Mailgun and SendGrid post to our hook, whole or taken apart; and answers by machines to machines."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from clients import aside
from house import House
from urllib3 import encode_multipart_formdata

from eslapp.demo.providers.base import Signed, post
from eslapp.store import media, messages, people
from webhooks.channels.base import OutboundText
from webhooks.mail.posted import fields_of, mail_of
from webhooks.mail.reading import read
from webhooks.mail.writing import answer

pytestmark = pytest.mark.slow
PASSWORD, KEY = "hook-password-0123456789", "mailgun-signing-key"
COMMON = {
    "type": "email",
    "flow": "main",
    "address": "service@shop.example.com",
    "user": "service@shop.example.com",
    "password": "$(env.MAIL_PASSWORD)",
    "smtp_host": "127.0.0.1",
    "hook_password": "$(env.HOOK_PASSWORD)",
}
CHANNELS = {
    "gun": {**COMMON, "arrives": "mailgun", "signing_key": "$(env.MAILGUN_KEY)"},
    "grid": {**COMMON, "arrives": "sendgrid"},
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name, value in {"MAIL_PASSWORD": "x", "HOOK_PASSWORD": PASSWORD, "MAILGUN_KEY": KEY}.items():
        monkeypatch.setenv(name, value)
    running = House(tmp_path / "site", channels=CHANNELS)
    yield running
    running.close()


def form(fields: Mapping[str, Any], password: str = PASSWORD) -> Signed:
    """As the providers post it, with user and password from the hook's address."""
    import base64

    body, kind = encode_multipart_formdata(dict(fields))
    proof = base64.b64encode(f"mail:{password}".encode()).decode()
    return Signed(body, {"Content-Type": kind, "Authorization": f"Basic {proof}"})


def proof(house: House, token: str = "t1", at: float | None = None, key: str = KEY) -> dict[str, str]:
    stamp = str(int(house.clock() if at is None else at))
    return {
        "timestamp": stamp,
        "token": token,
        "signature": hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest(),
    }


def told(house: House, account: str) -> list[Any]:
    sql = "SELECT id FROM messages WHERE account = :account AND direction = 'in' ORDER BY number"
    ids = house.store.read(lambda tx: [row["id"] for row in tx.all(sql, account=account)])
    return [house.store.read(lambda tx, one=one: messages.get(tx, one)) for one in ids]


MIME = b"From: =?gb2312?B?zfW3vA==?= <wang@x.example>\r\nSubject: hi\r\nMessage-ID: <m1@x>\r\n\r\nwhole"


def test_mailgun_whole_and_taken_apart(house: House) -> None:
    hook = f"{house.url}/hooks/gun"
    whole = form({"body-mime": MIME.decode(), **proof(house)})
    assert aside(post, hook, whole)[0] == 200 and aside(post, hook, whole)[0] == 200
    headers = [["From", "Li <li@x.example>"], ["Message-Id", "<m2@x>"], ["Subject", "apart"], ["Content-Type", "x"]]
    apart = {
        "message-headers": json.dumps(headers),
        "body-plain": "词语 words\r\n\r\nOn Mon, Shop <s@x> wrote:\r\n> old",
        "attachment-1": ("发票.pdf", b"%PDF-1.4\r\n\x00\xff\r\n", "application/pdf"),
        **proof(house, "t2"),
    }
    assert aside(post, hook, form(apart))[0] == 200
    house.until(lambda: len(told(house, "gun")) == 2, "both mails")
    by_words = {one.text: one for one in told(house, "gun")}
    assert set(by_words) == {"whole", "词语 words"}
    (file,) = [one for one in by_words["词语 words"].attachments if one["kind"] == "file"]
    found = house.until(
        lambda: (one := house.store.read(lambda tx: media.get(tx, file["media"]))) and one.state == "ready" and one,
        "it",
    )
    assert (found.name, (house.deps.media / found.path).read_bytes()) == ("发票.pdf", b"%PDF-1.4\r\n\x00\xff\r\n")


def test_sendgrid_raw_and_taken_apart_in_other_charsets(house: House) -> None:
    hook = f"{house.url}/hooks/grid"
    assert aside(post, hook, form({"email": MIME.decode(), "to": "service@shop.example.com"}))[0] == 200
    apart = {
        "headers": "From: Li <li@x.example>\nMessage-ID: <m3@x>\nReferences: <a@x>\n <b@x>\n",
        "text": ("", "中文内容".encode("gbk")),
        "charsets": json.dumps({"text": "gb2312", "from": "UTF-8"}),
    }
    assert aside(post, hook, form(apart))[0] == 200
    assert aside(post, hook, form({"nothing": "we know"}))[0] == 200  # what it got a 4xx for is gone for ever
    house.until(lambda: len(told(house, "grid")) == 2, "both")
    assert {one.text for one in told(house, "grid")} == {"whole", "中文内容"}


def test_only_the_provider_posts(house: House) -> None:
    gun, grid = f"{house.url}/hooks/gun", f"{house.url}/hooks/grid"
    assert aside(post, grid, form({"email": "x"}, "hook-password-9123456789"))[0] == 403
    assert aside(post, grid, Signed(b"x" * 3_000_000))[0] in (0, 403)  # not read at all
    for wrong in (proof(house, key="other"), proof(house, at=house.clock() - 1000), {}):
        assert aside(post, gun, form({"body-mime": MIME.decode(), **wrong}))[0] == 403
    tampered = {**proof(house), "token": "t9"}
    assert aside(post, gun, form({"body-mime": MIME.decode(), **tampered}))[0] == 403
    assert house.store.read(lambda tx: tx.value("SELECT count(*) FROM inbox")) == 0


def test_forms_that_are_none() -> None:
    for body, kind in (
        (b"\xff", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\n", "multipart/form-data; boundary=b"),
        (b"a=%ff&body-mime=x", "application/x-www-form-urlencoded"),
        (b"x", ""),
    ):
        assert isinstance(mail_of(fields_of(body, kind)), bytes)
    injected = {"message-headers": json.dumps([["X\r\nBcc", "a"], ["Subject", "a\r\nBcc: b@x"], ["From", "a@x"]])}
    body, kind = encode_multipart_formdata(injected)
    mail = mail_of(fields_of(body, kind))
    assert b"\nBcc" not in mail and read(mail).subject == "a Bcc: b@x"


def test_an_answer_from_another_address_is_a_suggestion(house: House) -> None:
    hook = f"{house.url}/hooks/grid"
    assert aside(post, hook, form({"email": MIME.decode()}))[0] == 200
    sent = house.until(lambda: _answered(house), "the flow's answer")
    house.store.write(lambda tx: messages.advance(tx, sent, "sent", provider_id="<zongji.a.0@shop.example.com>"))
    other = (
        "From: wang@home.example\r\nMessage-ID: <m9@x>\r\nIn-Reply-To: <zongji.a.0@shop.example.com>\r\n\r\nfrom home"
    )
    assert aside(post, hook, form({"email": other}))[0] == 200
    house.until(lambda: "from home" in {one.text for one in told(house, "grid")}, "the other mail")
    contacts = house.store.read(lambda tx: tx.all("SELECT DISTINCT contact FROM conversations ORDER BY opened_at"))
    assert len(contacts) == 2
    suggested = house.store.read(lambda tx: people.suggestions(tx, contacts[0]["contact"]))
    assert [one["reason"] for one in suggested] == ["the same thread"]


def _ready(house: House, name: str) -> Any:
    found = house.store.read(lambda tx: media.get(tx, name))
    return found if found.state == "ready" else None


def _answered(house: House) -> str:
    sql = "SELECT id FROM messages WHERE account = 'grid' AND direction = 'out' ORDER BY number LIMIT 1"
    return house.store.read(lambda tx: tx.value(sql)) or ""


def test_machines_are_told_that_we_are_one() -> None:
    common = {"message": "m", "account": "a", "address": "a@x.example", "text": "x"}
    how = {"sender": "s@shop.example", "name": "", "signature": "", "at": 1.0}
    assert answer(OutboundText(**common, is_automatic=True), **how)["Auto-Submitted"] == "auto-replied"
    assert answer(OutboundText(**common), **how)["Auto-Submitted"] is None
