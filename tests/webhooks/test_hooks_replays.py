"""Proofs that cover no body (WeChat's plain mode, Weibo, Mailgun) carry one event and its repeats, nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from clients import aside
from house import House

from eslapp.demo.providers.base import Signed, post
from webhooks.channels import CHANNELS
from webhooks.wechat import crypt


def wechat(at: float, nonce: str, words: str) -> Signed:
    body = f"<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><CreateTime>{int(at)}</CreateTime>"
    body += f"<MsgType>text</MsgType><Content>{words}</Content><MsgId>{sum(words.encode())}</MsgId></xml>"
    query = {"timestamp": str(int(at)), "nonce": nonce, "signature": crypt.signature("AAAAA", str(int(at)), nonce)}
    return Signed(body.encode(), suffix=f"?{urlencode(query)}")


def weibo(at: float, nonce: str, words: str) -> Signed:
    told = {"type": "text", "receiver_id": 1, "sender_id": 248, "created_at": "Mon Jul 16 18:09:20 +0800 2012"}
    stamp = str(int(at * 1000))
    query = {"timestamp": stamp, "nonce": nonce, "signature": crypt.signature("xyz123xyz", stamp, nonce)}
    return Signed(json.dumps({**told, "text": words, "data": {}}).encode(), suffix=f"?{urlencode(query)}")


def mailgun(at: float, nonce: str, words: str) -> Signed:
    mail = f"From: ada@customer.example\r\nMessage-ID: <{words}@x.example>\r\n\r\n{words}\r\n"
    stamp = str(int(at))
    proof = hmac.new(b"signing-key-1", (stamp + nonce).encode(), hashlib.sha256).hexdigest()
    form = {"timestamp": stamp, "token": nonce, "signature": proof, "body-mime": mail}
    login = base64.b64encode(b"mail:password-of-hook").decode()
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {login}"}
    return Signed(urlencode(form).encode(), kind)


KINDS = {
    "wechat": (wechat, {"mode": "plain", "token": "AAAAA"}),
    "weibo": (weibo, {}),
    "email": (
        mailgun,
        {
            "arrives": "mailgun",
            "signing_key": "signing-key-1",
            "hook_user": "mail",
            "hook_password": "password-of-hook",
        },
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_old_proof_carries_nothing_new(kind: str, tmp_path: Path) -> None:
    build, more = KINDS[kind]
    channel = CHANNELS[kind]
    words = {**channel.EXAMPLE_SECRETS, **{name.upper(): value for name, value in more.items()}}
    secrets = {name: f"$(env.{name.upper()})" for name in more if name in channel.Options.SECRETS}
    entry = {"type": kind, "flow": "main", **channel.EXAMPLE_OPTIONS, **more, **secrets}
    house = House(tmp_path / "site", channels={"line": entry}, words=words)
    try:
        at = house.clock()
        first = build(at, "n1", "where is my order")

        def status(signed: Signed) -> int:
            return aside(post, f"{house.url}/hooks/line", signed)[0]

        assert [status(first), status(first)] == [200, 200], "the provider comes again"
        assert status(build(at, "n1", "send me money")) == 403
        assert status(build(at, "n2", "send me money")) == 200, "its own proof"
        assert house.store.read(lambda tx: tx.value("SELECT COUNT(*) FROM inbox")) == 2
    finally:
        house.close()
