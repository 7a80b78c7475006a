"""Douyin's private-message API as documented at developer.open-douyin.com: one authorised account.

Owns: signed webhooks, replies that name a customer's message within 24 hours, six each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .base import Call, Fault, Provider, Reply, Shown, Signed

KEY, SECRET, OPERATOR, TOKEN = "aw0123456789abcd", "douyin-client-secret", "operator-1", "douyin-user-token"
WINDOW_S = 24 * 3600
CODES = {Fault.RATE: 28003018, Fault.WINDOW: 28003019, Fault.QUOTA: 28003017, Fault.BLOCKED: 28001012}


class DouyinFake(Provider):
    """``messages``: the customers' messages that may be answered: when they came, how many answers are left."""

    type = "douyin"
    WORDS = {"client_key": KEY, "client_secret": SECRET, "open_id": OPERATOR, "token": TOKEN}
    address = "customer-open-id-1"

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.messages: dict[str, tuple[float, int]] = {}

    def options(self) -> dict[str, Any]:
        return {
            "client_key": self.words["client_key"],
            "client_secret": "$(env.DOUYIN_SECRET)",
            "open_id": self.words["open_id"],
            "token": "$(env.DOUYIN_TOKEN)",
            "api": self.url,
        }

    def secrets(self) -> dict[str, str]:
        return {"DOUYIN_SECRET": self.words["client_secret"], "DOUYIN_TOKEN": self.words["token"]}

    def handshake(self) -> tuple[Signed, bytes]:
        told = {"event": "verify_webhook", "client_key": self.words["client_key"], "content": {"challenge": 12345}}
        return self._signed(told), b'{"challenge": 12345}'

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._event({"message_type": "text", "text": text}, address, number, at)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._event({"message_type": "hologram"}, "", number, None)

    def _event(self, told: dict[str, Any], address: str, number: int, at: float | None) -> Signed:
        whose = address or self.address
        self.messages[f"m-{number}"] = (self.clock(), 6)
        content = {
            "conversation_short_id": "c-1",
            "server_message_id": f"m-{number}",
            "create_time": int((at or self.clock()) * 1000),
            "user_infos": [{"open_id": whose, "nick_name": "小王"}],
            **told,
        }
        event = {
            "event": "im_receive_msg",
            "from_user_id": whose,
            "to_user_id": self.words["open_id"],
            "client_key": self.words["client_key"],
        }
        return self._signed({**event, "content": json.dumps(content) if number % 2 else content})

    def _signed(self, told: dict[str, Any]) -> Signed:
        body = json.dumps(told).encode()
        proof = hashlib.sha1(self.words["client_secret"].encode() + body).hexdigest()
        return Signed(body, {"Content-Type": "application/json", "X-Douyin-Signature": proof})

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.headers.get("access-token") != self.words["token"] or fault is Fault.TOKEN:
            return _code(28001008)
        if fault in CODES:
            return _code(CODES[fault])
        told = json.loads(call.body)
        came, left = self.messages.get(told["msg_id"], (0.0, 0))
        if told["conversation_id"] != "c-1" or not came:
            return _code(28001007)
        if self.clock() > came + WINDOW_S:
            return _code(28003019)
        if left < 1:
            return _code(28003017)
        self.messages[told["msg_id"]] = (came, left - 1)
        self.shown.append(Shown(told["to_user_id"], told["content"]["text"]["text"]))
        return _code(0)


def _code(code: int) -> Reply:
    return Reply(200, json.dumps({"data": {"error_code": code, "description": "as asked"}}).encode())
