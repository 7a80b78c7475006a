"""LINE's Messaging API as documented at developers.line.biz: one official account.

Owns: signed requests of several events, push with retry keys, message content.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

SECRET = "line-channel-secret"
TOKEN = "line-channel-token"


class LineFake(Provider):
    """``keys`` are the retry keys taken already."""

    type = "line"
    WORDS = {"secret": SECRET, "token": TOKEN}
    address = "U4af4980629"
    can_picture = True

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.keys: set[str] = set()
        self.known = {self.address}

    def options(self) -> dict[str, Any]:
        return {"secret": "$(env.LINE_SECRET)", "token": "$(env.LINE_TOKEN)", "api": self.url}

    def secrets(self) -> dict[str, str]:
        return {"LINE_SECRET": self.words["secret"], "LINE_TOKEN": self.words["token"]}

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._signed([self._event({"type": "text", "text": text}, address, number, at)])

    def say_all(self, texts: list[str], *, address: str = "", number: int = 0) -> list[Signed]:
        told = [{"type": "text", "text": text} for text in texts]
        return [self._signed([self._event(one, address, number + place, None) for place, one in enumerate(told)])]

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        return self._signed(
            [self._event({"type": "image", "contentProvider": {"type": "line"}}, address, number, None)]
        )

    def unknown(self, *, number: int = 0) -> Signed:
        return self._signed([self._event({"type": "hologram"}, "", number, None)])

    def _event(self, message: dict[str, Any], address: str, number: int, at: float | None) -> dict[str, Any]:
        whose = address or self.address
        self.known.add(whose)
        return {
            "type": "message",
            "mode": "active",
            "timestamp": int((at or self.clock()) * 1000) + number,
            "source": {"type": "user", "userId": whose},
            "webhookEventId": f"01FZ74A0TDDPYRVKNK77XKC{number:03d}",
            "deliveryContext": {"isRedelivery": False},
            "message": {"id": str(444573844083572000 + number), **message},
        }

    def _signed(self, events: list[dict[str, Any]]) -> Signed:
        body = json.dumps({"destination": "Uxxx", "events": events}, ensure_ascii=False).encode()
        digest = hmac.new(self.words["secret"].encode(), body, hashlib.sha256).digest()
        return Signed(body, {"Content-Type": "application/json", "X-Line-Signature": base64.b64encode(digest).decode()})

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.headers.get("authorization") != f"Bearer {self.words['token']}" or fault is Fault.TOKEN:
            return _said(401, "Authentication failed")
        if call.path.endswith("/content"):
            return Reply(200, PNG, "image/png")
        if call.path != "/v2/bot/message/push":
            return _said(404, "Not found")
        key = call.headers.get("x-line-retry-key", "")
        if key in self.keys:
            return _said(409, "The retry key is already accepted")
        if fault is Fault.RATE:
            return _said(429, "The API rate limit has been exceeded. Try again later.")
        if fault is Fault.QUOTA:
            return _said(429, "You have reached your monthly limit.")
        told = json.loads(call.body)
        if told["to"] not in self.known or fault is Fault.BLOCKED:
            return _said(400, "Failed to send messages")
        for message in told["messages"]:
            if len(message["text"]) > 5000 or not message["text"]:
                return _said(400, "The request body has 1 error(s)")
            self.shown.append(Shown(told["to"], message["text"]))
        self.keys.add(key)
        return Reply(200, json.dumps({"sentMessages": [{"id": str(500 + len(self.shown))}]}).encode())


def _said(status: int, why: str) -> Reply:
    return Reply(status, json.dumps({"message": why}).encode())
