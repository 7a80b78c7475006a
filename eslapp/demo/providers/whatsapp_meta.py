"""Meta's Cloud API for WhatsApp as documented at developers.facebook.com: one number.

Owns: batches, messages within 24 hours, media, the Graph API's errors.
"""

from __future__ import annotations

import json
from typing import Any

from eslapp.demo.meta import APP_SECRET, TOKEN, VERIFY, MetaFake, signed

from .base import PNG, Call, Fault, Reply, Shown, Signed

PHONE_ID = "106540352242922"
WINDOW_S = 24 * 3600
CODES = {Fault.RATE: 130429, Fault.WINDOW: 131047, Fault.BLOCKED: 131026, Fault.TOKEN: 190}


class WhatsAppMetaFake(MetaFake):
    """One number."""

    type = "whatsapp_meta"
    WORDS = {"app_secret": APP_SECRET, "token": TOKEN, "verify_token": VERIFY, "phone_id": PHONE_ID}
    address = "16505551234"
    IDS = ("phone_id",)

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._signed([self._message({"type": "text", "text": {"body": text}}, address, number, at)])

    def say_all(self, texts: list[str], *, address: str = "", number: int = 0) -> list[Signed]:
        told = [{"type": "text", "text": {"body": text}} for text in texts]
        return [self._signed([self._message(one, address, number + place, None) for place, one in enumerate(told)])]

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        told = {"type": "image", "image": {"id": "media-1", "mime_type": "image/png", "caption": "look"}}
        return self._signed([self._message(told, address, number, None)])

    def unknown(self, *, number: int = 0) -> Signed:
        return self._signed([self._message({"type": "hologram", "hologram": {}}, "", number, None)])

    def _message(self, told: dict[str, Any], address: str, number: int, at: float | None) -> dict[str, Any]:
        whose = address or self.address
        self.opened[whose] = self.clock()
        return {"from": whose, "id": f"wamid.{number}", "timestamp": str(int(at or self.clock())), **told}

    def _signed(self, messages: list[dict[str, Any]]) -> Signed:
        people = [{"profile": {"name": "Ada"}, "wa_id": one["from"]} for one in messages]
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550783881", "phone_number_id": self.words["phone_id"]},
            "contacts": people,
            "messages": messages,
        }
        told = {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}],
        }
        return signed(told, self.words["app_secret"])

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if fault in CODES:
            return _error(CODES[fault])
        if call.headers.get("authorization") != f"Bearer {self.words['token']}":
            return _error(190)
        if call.path == "/media-1":
            return Reply(200, json.dumps({"url": f"{self.url}/lookaside/1", "mime_type": "image/png"}).encode())
        if call.path == "/lookaside/1":
            return Reply(200, PNG, "image/png")
        if call.path == f"/{self.words['phone_id']}/media":
            return Reply(200, b'{"id": "uploaded-1"}')
        if call.path != f"/{self.words['phone_id']}/messages":
            return _error(100)
        return self._send(json.loads(call.body))

    def _send(self, told: dict[str, Any]) -> Reply:
        whose = told.get("to") or told.get("recipient", "")
        if whose not in self.opened:
            return _error(131026)
        if self.clock() > self.opened[whose] + WINDOW_S and told["type"] != "template":
            return _error(131047)
        words = told.get("text", {}).get("body", "") or told.get("interactive", {}).get("body", {}).get("text", "")
        if len(words) > 4096:
            return _error(100)
        self.shown.append(Shown(whose, words, kind="text" if words else told["type"]))
        return Reply(200, json.dumps({"messages": [{"id": f"wamid.out.{len(self.shown)}"}]}).encode())


def _error(code: int) -> Reply:
    status = 401 if code == 190 else 400
    return Reply(
        status, json.dumps({"error": {"message": "as asked", "type": "OAuthException", "code": code}}).encode()
    )
