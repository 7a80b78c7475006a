"""WeChat as documented at developers.weixin.qq.com: one service account in safe mode, its API and its limits.

Owns: signatures and envelopes of callbacks, stable_token, message/custom/send with the 48 hours and 5 messages, media.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from eslapp.demo.tencent import sealed, sorted_sha1

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

APPID = "wx2c2769f8efd9abc2"
SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "spamtest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
WINDOW_S = 48 * 3600
CODES = {Fault.WINDOW: 45015, Fault.QUOTA: 45047, Fault.RATE: 45011, Fault.BLOCKED: 48002}


class WeChatFake(Provider):
    """``quota``: answers left per customer; ``opened``: when each wrote last."""

    type = "wechat"
    WORDS = {"appid": APPID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY}
    address = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
    can_picture = True
    account = "gh_10f6c3c3ac5a"
    answers = 5

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.quota: dict[str, int] = {}
        self.opened: dict[str, float] = {}
        self.tokens = ["token-0"]

    def options(self) -> dict[str, Any]:
        return {
            "appid": self.words["appid"],
            "secret": "$(env.WECHAT_SECRET)",
            "token": "$(env.WECHAT_TOKEN)",
            "aes_key": "$(env.WECHAT_AES_KEY)",
            "api": self.url,
        }

    def secrets(self) -> dict[str, str]:
        return {
            "WECHAT_SECRET": self.words["secret"],
            "WECHAT_TOKEN": self.words["token"],
            "WECHAT_AES_KEY": self.words["aes_key"],
        }

    def handshake(self) -> tuple[Signed, bytes]:
        stamp, nonce = str(int(self.clock())), "1514711492"
        proof = sorted_sha1(self.words["token"], stamp, nonce)
        query = f"?signature={proof}&timestamp={stamp}&nonce={nonce}&echostr=4375120948345356249"
        return Signed(b"", suffix=query, method="GET"), b"4375120948345356249"

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._message({"MsgType": "text", "Content": text}, address, number, at)

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        told = {"MsgType": "image", "PicUrl": f"{self.url}/p/1", "MediaId": "media-1"}
        return self._message(told, address, number, None)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._message({"MsgType": "hologram"}, "", number, None)

    def _message(self, told: dict[str, str], address: str, number: int, at: float | None) -> Signed:
        whose = address or self.address
        self.opened[whose], self.quota[whose] = self.clock(), self.answers
        fields = {
            "ToUserName": self.account,
            "FromUserName": whose,
            "CreateTime": str(int(at or self.clock())),
            "MsgId": str(6054768590064713000 + number),
            **told,
        }
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        return self.sealed_document(f"<xml>{inner}</xml>".encode())

    def sealed_document(self, content: bytes) -> Signed:
        """A callback in safe mode, whatever is inside."""
        envelope = sealed(content, self.words["aes_key"], self.words["appid"])
        stamp, nonce = str(int(self.clock())), "320562132"
        plain_proof = sorted_sha1(self.words["token"], stamp, nonce)
        query = (
            f"?signature={plain_proof}&timestamp={stamp}&nonce={nonce}&openid={self.address}"
            f"&encrypt_type=aes&msg_signature={sorted_sha1(self.words['token'], stamp, nonce, envelope)}"
        )
        body = f"<xml><ToUserName>{self.account}</ToUserName><Encrypt>{envelope}</Encrypt></xml>".encode()
        return Signed(body, {"Content-Type": "text/xml"}, query)

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == "/cgi-bin/stable_token":
            asked = json.loads(call.body)
            if asked["appid"] != self.words["appid"] or asked["secret"] != self.words["secret"]:
                return _code(40125, "invalid appsecret")
            return Reply(200, json.dumps({"access_token": self.tokens[-1], "expires_in": 7200}).encode())
        if fault is Fault.TOKEN:
            self.tokens.append(f"token-{len(self.tokens)}")
        if call.query.get("access_token") != self.tokens[-1]:
            return _code(42001, "access_token expired")
        if call.path == "/cgi-bin/media/get":
            return Reply(200, PNG, "image/png")
        if call.path == "/cgi-bin/media/upload":
            return Reply(200, json.dumps({"type": "image", "media_id": "uploaded-1", "created_at": 1}).encode())
        if call.path != "/cgi-bin/message/custom/send":
            return Reply(404)
        return self._send(json.loads(call.body), fault)

    def _send(self, message: dict[str, Any], fault: Fault | None) -> Reply:
        whose = message.get("touser", "")
        if fault in CODES:
            return _code(CODES[fault], "as asked")
        if whose not in self.opened:
            return _code(40003, "invalid openid")
        if self.clock() > self.opened[whose] + WINDOW_S:
            return _code(45015, "response out of time limit or subscription is canceled")
        if self.quota[whose] < 1:
            return _code(45047, "out of response count limit")
        kind = message.get("msgtype", "")
        content = message.get(kind, {})
        words = content.get("content", "") or content.get("head_content", "")
        if kind == "text" and len(words.encode()) > 2048:
            return _code(45002, "content size out of limit")
        self.quota[whose] -= 1
        self.shown.append(Shown(whose, words, kind="text" if kind in ("text", "msgmenu") else kind))
        return _code(0, "ok")


def _code(code: int, why: str) -> Reply:
    return Reply(200, json.dumps({"errcode": code, "errmsg": why}).encode())
