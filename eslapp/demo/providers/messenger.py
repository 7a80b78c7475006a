"""Messenger as documented at developers.facebook.com: one page.

Owns: signed entries of several events, echoes, watermarks, messages within 24 hours, a person's within 7 days.
Not here: Meta's handshake, signature and errors (``eslapp.demo.meta``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eslapp.demo.meta import APP_SECRET, TOKEN, VERIFY, MetaFake, refused, signed
from eslapp.demo.redelivery import MESSENGER

from .base import PNG, Call, Fault, Reply, Shown, Signed, fields_of

PAGE, APP = "1906385232743451", "1517776481860111"
WINDOW_S, HUMAN_S = 24 * 3600, 7 * 24 * 3600
CODES = {Fault.RATE: (613, 0), Fault.WINDOW: (10, 2018278), Fault.BLOCKED: (551, 0), Fault.TOKEN: (190, 0)}


class MessengerFake(MetaFake):
    """One page."""

    type = "messenger"
    WORDS = {"app_secret": APP_SECRET, "token": TOKEN, "verify_token": VERIFY, "page_id": PAGE, "app_id": APP}
    address = "5504332612984142"
    IDS = ("page_id", "app_id")
    TOKEN_WORD = "PAGE_TOKEN"
    retries = MESSENGER

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.is_subscribed = True  # until deliveries have failed for too long

    def gave_up(self, signed: Signed) -> None:
        super().gave_up(signed)
        self.is_subscribed = False

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

    def receipts(self, *states: str) -> list[Signed]:
        """An echo of each message first, as a page that subscribes to them gets; then watermarks."""
        found = []
        for identity, whose, at in self.sent:
            both = {"timestamp": int(at * 1000), "sender": {"id": self.words["page_id"]}, "recipient": {"id": whose}}
            echo = {"is_echo": True, "app_id": int(self.words["app_id"]), "mid": identity, "text": "as sent"}
            found += [self._signed([{**both, "message": echo}])] if "sent" in states else []
        for whose in sorted({one[1] for one in self.sent}):
            watermark = int(max(at for _, one, at in self.sent if one == whose) * 1000) + 999
            both = {"sender": {"id": whose}, "recipient": {"id": self.words["page_id"]}, "timestamp": watermark}
            names = {"delivered": "delivery", "read": "read"}
            told = [names[state] for state in states if state in names]
            found += [self._signed([{**both, name: {"watermark": watermark}}]) for name in told]
        self.sent.clear()
        return found

    def _signed(self, events: list[dict[str, Any]]) -> Signed:
        told = {"object": "page", "entry": [{"id": self.words["page_id"], "time": 1, "messaging": events}]}
        return signed(told, self.words["app_secret"])

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == "/cdn/picture.png":
            return Reply(200, PNG, "image/png")
        if fault in CODES:
            return refused(*CODES[fault])
        if call.headers.get("authorization") != f"Bearer {self.words['token']}":
            return refused(190)
        if self.is_proof_wrong(call):
            return refused(100)
        own = f"/{self.words['page_id']}"
        if call.path == f"{own}/subscribed_apps":
            apps = [{"id": self.words["app_id"], "subscribed_fields": ["messages"]}] if self.is_subscribed else []
            return Reply(200, json.dumps({"data": apps}).encode())
        return self._send(_told(call)) if call.path == f"{own}/messages" else refused(100)

    def _send(self, told: dict[str, Any]) -> Reply:
        whose = told["recipient"]["id"]
        if told.get("sender_action") in ("mark_seen", "typing_on"):
            return Reply(200, json.dumps({"recipient_id": whose}).encode())
        message = told["message"]
        is_human = told.get("messaging_type") == "MESSAGE_TAG" and told.get("tag") == "HUMAN_AGENT"
        if not is_human and told.get("messaging_type") != "RESPONSE":
            return refused(100)
        if whose not in self.opened:
            return refused(100, 2018001)
        if self.clock() > self.opened[whose] + (HUMAN_S if is_human else WINDOW_S):
            return refused(10, 2018278)
        if isinstance(told.get("filedata"), bytes) and message["attachment"]["payload"] == {}:
            return self._taken(Shown(whose, kind=message["attachment"]["type"], content=told["filedata"]))
        words, replies = message.get("text", ""), message.get("quick_replies", [])
        if not 0 < len(words) <= 2000 or len(replies) > 13 or any(len(one["title"]) > 20 for one in replies):
            return refused(100)
        return self._taken(Shown(whose, words))

    def _taken(self, shown: Shown) -> Reply:
        self.shown.append(shown)
        identity = f"m_out_{len(self.shown)}"
        self.sent.append((identity, shown.address, self.clock()))
        return Reply(200, json.dumps({"recipient_id": shown.address, "message_id": identity}).encode())


def _told(call: Call) -> dict[str, Any]:
    """JSON, or a form whose fields are JSON beside a file."""
    told = fields_of(call)
    inner = {name: json.loads(told[name]) for name in ("recipient", "message") if isinstance(told.get(name), str)}
    return told | inner
