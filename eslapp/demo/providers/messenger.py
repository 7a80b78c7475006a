"""Messenger as documented at developers.facebook.com: one page.

Owns: signed entries of several events, echoes, watermarks, messages within 24 hours. Not here: Meta's handshake and
signature (``eslapp.demo.meta``).
"""

from __future__ import annotations

import json
from typing import Any

from eslapp.demo.meta import APP_SECRET, TOKEN, VERIFY, MetaFake, signed

from .base import PNG, Call, Fault, Reply, Shown, Signed

PAGE, APP = "1906385232743451", "1517776481860111"
WINDOW_S = 24 * 3600
CODES = {Fault.RATE: (613, 0), Fault.WINDOW: (10, 2018278), Fault.BLOCKED: (551, 0), Fault.TOKEN: (190, 0)}


class MessengerFake(MetaFake):
    """One page."""

    type = "messenger"
    WORDS = {"app_secret": APP_SECRET, "token": TOKEN, "verify_token": VERIFY, "page_id": PAGE, "app_id": APP}
    address = "5504332612984142"
    IDS = ("page_id", "app_id")
    TOKEN_WORD = "PAGE_TOKEN"

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._signed([self._event({"text": text}, address, number, at)])

    def say_all(self, texts: list[str], *, address: str = "", number: int = 0) -> list[Signed]:
        told = [self._event({"text": text}, address, number + place, None) for place, text in enumerate(texts)]
        return [self._signed(told)]

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        told = {"attachments": [{"type": "image", "payload": {"url": f"{self.url}/cdn/picture.png"}}]}
        return self._signed([self._event(told, address, number, None)])

    def unknown(self, *, number: int = 0) -> Signed:
        event = self._event({}, "", number, None)
        event["hologram"] = event.pop("message")
        return self._signed([event])

    def _event(self, told: dict[str, Any], address: str, number: int, at: float | None) -> dict[str, Any]:
        whose = address or self.address
        self.opened[whose] = self.clock()
        return {
            "sender": {"id": whose},
            "recipient": {"id": self.words["page_id"]},
            "timestamp": int((at or self.clock()) * 1000) + number,
            "message": {"mid": f"m_{number}", **told},
        }

    def _signed(self, events: list[dict[str, Any]]) -> Signed:
        told = {"object": "page", "entry": [{"id": self.words["page_id"], "time": 1, "messaging": events}]}
        return signed(told, self.words["app_secret"])

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == "/cdn/picture.png":
            return Reply(200, PNG, "image/png")
        if fault in CODES:
            return _error(*CODES[fault])
        if call.headers.get("authorization") != f"Bearer {self.words['token']}":
            return _error(190)
        told = json.loads(call.body)
        whose, words = told["recipient"]["id"], told["message"].get("text", "")
        if whose not in self.opened:
            return _error(100, 2018001)
        if self.clock() > self.opened[whose] + WINDOW_S:
            return _error(10, 2018278)
        if not words or len(words) > 2000:
            return _error(100)
        self.shown.append(Shown(whose, words))
        return Reply(200, json.dumps({"recipient_id": whose, "message_id": f"m_out_{len(self.shown)}"}).encode())


def _error(code: int, sub: int = 0) -> Reply:
    error = {"message": "as asked", "code": code, "error_subcode": sub}
    return Reply(400, json.dumps({"error": error}).encode())
