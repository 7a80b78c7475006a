"""Douyin's private-message API as documented at developer.open-douyin.com: one authorised account.

Owns: signed webhooks, replies that name a customer's message within 24 hours, six each; one greeting within 30 seconds
of an entry; access tokens that end and are renewed by a refresh token; messages told back and read by their index.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from eslapp.demo.redelivery import BYTEDANCE

from .base import Call, Fault, Provider, Reply, Shown, Signed

KEY, SECRET, OPERATOR, REFRESH = "aw0123456789abcd", "douyin-client-secret", "operator-1", "douyin-refresh-token"
WINDOW_S, GREETING_S = 24 * 3600, 30.0
TOKEN_S, REFRESH_S = 15 * 86400, 30 * 86400
REPLY, ENTRY = "im_reply_msg", "im_enter_direct_msg"
CODES = {Fault.RATE: 28003018, Fault.WINDOW: 28003019, Fault.QUOTA: 28003017, Fault.BLOCKED: 28001012}


class DouyinFake(Provider):
    """``messages``: what may be answered, by id: the scene, until when, how many answers are left."""

    type = "douyin"
    WORDS = {"client_key": KEY, "client_secret": SECRET, "open_id": OPERATOR, "refresh_token": REFRESH}
    address = "customer-open-id-1"
    retries = BYTEDANCE

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.messages: dict[str, tuple[str, float, int]] = {}
        self.tokens = ["act.0"]
        self.refresh = self.words["refresh_token"]
        self.refresh_until = 0.0  # 0: thirty days from the first look on
        self.renewals = 5  # left
        self.index = 0  # of the conversation's newest message
        self.sent: list[tuple[str, int, str]] = []  # message id, index, words: not told of yet

    def options(self) -> dict[str, Any]:
        return {
            "client_key": self.words["client_key"],
            "client_secret": "$(env.DOUYIN_SECRET)",
            "open_id": self.words["open_id"],
            "refresh_token": "$(env.DOUYIN_REFRESH_TOKEN)",
            "api": self.url,
        }

    def secrets(self) -> dict[str, str]:
        return {"DOUYIN_SECRET": self.words["client_secret"], "DOUYIN_REFRESH_TOKEN": self.words["refresh_token"]}

    def handshake(self) -> tuple[Signed, bytes]:
        told = {"event": "verify_webhook", "client_key": self.words["client_key"], "content": {"challenge": 12345}}
        return self._signed(told), b'{"challenge": 12345}'

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._event({"message_type": "text", "text": text}, address, number, at)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._event({"message_type": "hologram"}, "", number, None)

    def _event(self, told: dict[str, Any], address: str, number: int, at: float | None) -> Signed:
        whose = address or self.address
        self.messages[f"m-{number}"] = (REPLY, self.clock() + WINDOW_S, 6)
        people = [{"open_id": whose, "nick_name": "小王"}]
        content = {**self._content(f"m-{number}", at), "user_infos": people, **told}
        return self._told(
            "im_receive_msg", whose, self.words["open_id"], json.dumps(content) if number % 2 else content
        )

    def enter(self, *, address: str = "", number: int = 0) -> Signed:
        """Somebody opens the conversation and has not said anything."""
        self.messages[f"e-{number}"] = (ENTRY, self.clock() + GREETING_S, 1)
        return self._told(ENTRY, address or self.address, self.words["open_id"], self._content(f"e-{number}"))

    def for_another(self, text: str, *, number: int = 0) -> Signed:
        """To another account that allowed the same app."""
        content = {**self._content(f"m-{number}"), "message_type": "text", "text": text}
        return self._told("im_receive_msg", self.address, "operator-2", content)

    def receipts(self, *states: str) -> list[Signed]:
        ours, whose, found = self.words["open_id"], self.address, []
        for message, index, text in self.sent if "sent" in states else []:
            source = {"source": self.words["client_key"], "message_type": "text", "text": text}
            found.append(self._told("im_send_msg", ours, whose, {**self._content(message), "index": index, **source}))
        if "read" in states and self.sent:  # the newest alone is told of
            newest = {"conversation_short_id": "c-1", "index": self.sent[-1][1]}
            newest["create_time"] = int(self.clock() * 1000) + 999
            found.append(self._told("im_message_read", whose, ours, newest))
        self.sent.clear()
        return found

    def _content(self, message: str, at: float | None = None) -> dict[str, Any]:
        self.index += 1
        told = {"conversation_short_id": "c-1", "server_message_id": message, "index": self.index}
        return {**told, "create_time": int((at or self.clock()) * 1000)}

    def _told(self, event: str, by: str, to: str, content: Any) -> Signed:
        common = {"event": event, "from_user_id": by, "to_user_id": to, "client_key": self.words["client_key"]}
        return self._signed({**common, "content": content})

    def _signed(self, told: dict[str, Any]) -> Signed:
        body = json.dumps(told).encode()
        proof = hashlib.sha1(self.words["client_secret"].encode() + body).hexdigest()
        return Signed(body, {"Content-Type": "application/json", "X-Douyin-Signature": proof})

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == "/oauth/refresh_token/":
            return self._refreshed(dict(parse_qsl(call.body.decode())))
        if call.path == "/oauth/renew_refresh_token/":
            return self._renewed(dict(parse_qsl(call.body.decode())))
        if fault is Fault.TOKEN:
            self.tokens.append(f"act.{len(self.tokens)}")
        if call.headers.get("access-token") != self.tokens[-1]:
            return _code(28001008)
        if call.query.get("open_id") != self.words["open_id"]:
            return _code(28001015)
        if fault in CODES:
            return _code(CODES[fault])
        return self._send(json.loads(call.body)) if call.path == "/im/send/msg/" else Reply(404)

    def _is_refresh(self, word: str | None) -> bool:
        self.refresh_until = self.refresh_until or self.clock() + REFRESH_S
        return word == self.refresh and self.clock() <= self.refresh_until

    def _refreshed(self, form: dict[str, str]) -> Reply:
        if form.get("grant_type") != "refresh_token" or form.get("client_key") != self.words["client_key"]:
            return _code(10003)
        if not self._is_refresh(form.get("refresh_token")):
            return _code(10010)
        told = {
            "error_code": 0,
            "access_token": self.tokens[-1],
            "expires_in": TOKEN_S,
            "open_id": form["refresh_token"],
        }
        told |= {"refresh_token": self.refresh, "refresh_expires_in": int(self.refresh_until - self.clock())}
        return Reply(200, json.dumps({"data": told, "message": "success"}).encode())

    def _renewed(self, form: dict[str, str]) -> Reply:
        """Another refresh token for thirty days; the old one is worth nothing any more."""
        if not self._is_refresh(form.get("refresh_token")) or not self.renewals:
            return _code(10010)
        self.renewals -= 1
        self.refresh, self.refresh_until = f"{self.words['refresh_token']}.{self.renewals}", self.clock() + REFRESH_S
        told = {"error_code": 0, "refresh_token": self.refresh, "expires_in": REFRESH_S}
        return Reply(200, json.dumps({"data": told, "message": "success"}).encode())

    def _send(self, told: dict[str, Any]) -> Reply:
        scene, until, left = self.messages.get(told["msg_id"], ("", 0.0, 0))
        words = told["content"].get("text", {}).get("text", "")
        if told["conversation_id"] != "c-1" or told.get("scene") != scene or not scene:
            return _code(28001007)
        if told["content"].get("msg_type") != 1 or not words:
            return _code(28001007)
        if self.clock() > until:
            return _code(28003019)
        if left < 1:
            return _code(28003017)
        self.messages[told["msg_id"]] = (scene, until, left - 1)
        self.shown.append(Shown(told["to_user_id"], words))
        self.index += 1
        self.sent.append((f"o-{len(self.shown)}", self.index, words))
        return _code(0)


def _code(code: int) -> Reply:
    return Reply(200, json.dumps({"data": {"error_code": code, "description": "as asked"}}).encode())
