"""LINE's Messaging API as documented at developers.line.biz: one official account.

Owns: signed requests of several events, redelivery marked as such, push with retry keys, message content.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from eslapp.demo.redelivery import LINE

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed, post

SECRET = "line-channel-secret"
TOKEN = "line-channel-token"
KEY = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
KEY_S = 86400.0  # a retry key is remembered for a day


class LineFake(Provider):
    """``keys`` are the retry keys taken already: when, and the ids of what was sent."""

    type = "line"
    WORDS = {"secret": SECRET, "token": TOKEN}
    address = "U4af4980629"
    can_picture = True
    retries = LINE

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.keys: dict[str, tuple[float, list[dict[str, str]]]] = {}
        self.known = {self.address}
        self.pictures: set[str] = set()  # ids of messages that have content
        self.sent = 0
        self.most = 200  # messages a month

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
        event = self._event({"type": "image", "contentProvider": {"type": "line"}}, address, number, None)
        self.pictures.add(event["message"]["id"])
        return self._signed([event])

    def unknown(self, *, number: int = 0) -> Signed:
        return self._signed([self._event({"type": "hologram"}, "", number, None)])

    def again(self, signed: Signed) -> Signed:
        """The same events, marked as redelivered and signed anew; their ids and instants stay."""
        events = json.loads(signed.body)["events"]
        for event in events:
            event["deliveryContext"] = {"isRedelivery": True}
        return self._signed(events)

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
            return (
                Reply(200, PNG, "image/png") if call.path.split("/")[-2] in self.pictures else _said(404, "Not found")
            )
        if call.path == "/v2/bot/channel/webhook/endpoint":
            return Reply(200, json.dumps({"endpoint": self.hook, "active": True}).encode())
        if call.path == "/v2/bot/channel/webhook/test":
            status, _ = post(self.hook, self._signed([]))
            told = {
                "success": status == 200,
                "statusCode": status,
                "reason": "OK" if status == 200 else "ERROR_STATUS_CODE",
            }
            return Reply(200, json.dumps(told).encode())
        if call.path != "/v2/bot/message/push":
            return self._told(call.path)
        key = call.headers.get("x-line-retry-key", "")
        if key and not KEY.fullmatch(key):
            return _said(400, "The value for the 'X-Line-Retry-Key' header is invalid")
        at, ids = self.keys.get(key, (0.0, []))
        if ids and self.clock() < at + KEY_S:
            return _said(409, "The retry key is already accepted", sentMessages=ids)
        if fault is Fault.RATE:
            return _said(429, "The API rate limit has been exceeded. Try again later.")
        if fault is Fault.QUOTA:
            return _said(429, "You have reached your monthly limit.")
        return self._push(json.loads(call.body), key, fault)

    def _told(self, path: str) -> Reply:
        """A contact's profile, or the month's messages."""
        told = {f"/v2/bot/profile/{one}": {"userId": one, "displayName": "Ada 小王"} for one in self.known}
        told |= {"/v2/bot/message/quota": {"type": "limited", "value": self.most}}
        told["/v2/bot/message/quota/consumption"] = {"totalUsage": self.sent}
        return Reply(200, json.dumps(told[path]).encode()) if path in told else _said(404, "Not found")

    def _push(self, told: dict[str, Any], key: str, fault: Fault | None) -> Reply:
        if told["to"] not in self.known or fault is Fault.BLOCKED:
            return _said(400, "Failed to send messages")
        if not 1 <= len(told["messages"]) <= 5 or not all(map(_is_good, told["messages"])):
            return _said(400, "The request body has 1 error(s)")
        ids = []
        for message in told["messages"]:
            self.sent += 1
            ids.append({"id": str(500 + self.sent)})
            url = message.get("originalContentUrl", "")
            self.shown.append(Shown(told["to"], message.get("text", ""), message["type"], url=url))
        if key:
            self.keys[key] = (self.clock(), ids)
        return Reply(200, json.dumps({"sentMessages": ids}).encode())


def _is_good(message: dict[str, Any]) -> bool:
    if message.get("type") == "image":
        return all(len(message.get(name, "")) in range(9, 2001) for name in ("originalContentUrl", "previewImageUrl"))
    buttons = message.get("quickReply", {}).get("items", [])
    return (
        0 < len(message.get("text", "")) <= 5000
        and len(buttons) <= 13
        and all(0 < len(one["action"]["label"]) <= 20 for one in buttons)
    )


def _said(status: int, why: str, **more: Any) -> Reply:
    return Reply(status, json.dumps({"message": why, **more}).encode())
