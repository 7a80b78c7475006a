"""A shop's own system that speaks Standard Webhooks, both ways.

Owns: its signatures and what it takes. It drops repeats of the same ``webhook-id``, as the standard asks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

KEY = b"a shop's own signing key"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class GenericFake(Provider):
    """Contacts are members of the shop."""

    type = "generic"
    WORDS = {"secret": SECRET}
    address = "member-42"
    can_picture = True

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.seen: set[str] = set()

    @property
    def _key(self) -> bytes:
        return base64.b64decode(self.words["secret"].removeprefix("whsec_"))

    def options(self) -> dict[str, Any]:
        return {"secrets": ["$(env.SHOP_WEBHOOK_SECRET)"], "url": f"{self.url}/from-zongji", "api": self.url}

    def secrets(self) -> dict[str, str]:
        return {"SHOP_WEBHOOK_SECRET": self.words["secret"]}

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        told = {"address": address or self.address, "text": text, "id": f"m-{number}", "name": "Ada", "at": at}
        return self._signed("message", told, f"evt-{number}")

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        attachment = {"kind": "image", "url": f"{self.url}/files/picture.png", "name": "picture.png"}
        told = {"address": address or self.address, "id": f"m-{number}", "attachments": [attachment]}
        return self._signed("message", told, f"evt-{number}")

    def unknown(self, *, number: int = 0) -> Signed:
        return self._signed("hologram", {"address": self.address}, f"evt-{number}")

    def _signed(self, kind: str, told: dict[str, Any], key: str) -> Signed:
        body = json.dumps({"type": kind, "data": told}).encode()
        stamp = str(int(self.clock()))
        digest = hmac.new(self._key, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        return Signed(body, headers)

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == "/files/picture.png":
            return Reply(200, PNG, "image/png")
        key, stamp = call.headers.get("webhook-id", ""), call.headers.get("webhook-timestamp", "")
        digest = hmac.new(self._key, f"{key}.{stamp}.".encode() + call.body, hashlib.sha256).digest()
        if call.headers.get("webhook-signature") != f"v1,{base64.b64encode(digest).decode()}" or fault is Fault.TOKEN:
            return Reply(401, b"{}")
        if fault is Fault.RATE:
            return Reply(429, b"{}")
        if key not in self.seen:
            self.seen.add(key)
            told = json.loads(call.body)["data"]
            self.shown += [Shown(told["address"], kind=one["kind"], url=one["url"]) for one in told["attachments"]]
            self.shown += [Shown(told["address"], told["text"])] if told["text"] else []
        return Reply(204)
