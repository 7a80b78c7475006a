"""Meta's Cloud API for WhatsApp as documented at developers.facebook.com: one number.

Owns: batches, messages within 24 hours and not too many to one person, approved templates, media in two steps, states.
Not here: Meta's handshake, signature and errors (``eslapp.demo.meta``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eslapp.demo.meta import APP_SECRET, TOKEN, VERIFY, MetaFake, refused, signed
from eslapp.demo.redelivery import WHATSAPP

from .base import PNG, Call, Fault, Reply, Shown, Signed

PHONE_ID, SHOWN_NUMBER = "106540352242922", "15550783881"
PAIR_S, BURST = 6.0, 45  # to one person: a message in six seconds; so many may be borrowed
ADDRESS_S = 300.0  # a file's address lives so long
WINDOW_S = 24 * 3600
CODES = {Fault.RATE: 130429, Fault.WINDOW: 131047, Fault.BLOCKED: 131026, Fault.TOKEN: 190}


class WhatsAppMetaFake(MetaFake):
    """One number."""

    type = "whatsapp_meta"
    WORDS = {"app_secret": APP_SECRET, "token": TOKEN, "verify_token": VERIFY, "phone_id": PHONE_ID}
    address = "16505551234"
    IDS = ("phone_id",)
    retries = WHATSAPP

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.pictures: set[str] = set()
        self.addresses: dict[str, float] = {}  # of files: until when
        self.uploads: set[str] = set()
        self.templates = {("order_ready", "en")}  # approved: name and language
        self.busy: dict[str, float] = {}  # until when the allowance of each person is spent

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._signed([self._message({"type": "text", "text": {"body": text}}, address, number, at)])

    def say_all(self, texts: list[str], *, address: str = "", number: int = 0) -> list[Signed]:
        told = [{"type": "text", "text": {"body": text}} for text in texts]
        return [self._signed([self._message(one, address, number + place, None) for place, one in enumerate(told)])]

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        self.pictures.add("media-1")
        told = {"type": "image", "image": {"id": "media-1", "mime_type": "image/png", "caption": "look"}}
        return self._signed([self._message(told, address, number, None)])

    def unknown(self, *, number: int = 0) -> Signed:
        return self._signed([self._message({"type": "hologram", "hologram": {}}, "", number, None)])

    def _message(self, told: dict[str, Any], address: str, number: int, at: float | None) -> dict[str, Any]:
        whose = address or self.address
        self.opened[whose] = self.clock()
        return {"from": whose, "id": f"wamid.{number}", "timestamp": str(int(at or self.clock())), **told}

    def receipts(self, *states: str) -> list[Signed]:
        told = [
            {"id": identity, "status": state, "timestamp": str(int(self.clock())), "recipient_id": whose}
            for identity, whose, _ in self.sent
            for state in states
        ]
        self.sent.clear()
        return [self._posted({"statuses": [one]}) for one in told]

    def _signed(self, messages: list[dict[str, Any]]) -> Signed:
        people = [{"profile": {"name": "Ada"}, "wa_id": one["from"]} for one in messages]
        return self._posted({"contacts": people, "messages": messages})

    def _posted(self, what: dict[str, Any]) -> Signed:
        number = {"display_phone_number": SHOWN_NUMBER, "phone_number_id": self.words["phone_id"]}
        value = {"messaging_product": "whatsapp", "metadata": number, **what}
        told = {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}],
        }
        return signed(told, self.words["app_secret"])

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if fault in CODES:
            return refused(CODES[fault])
        if call.headers.get("authorization") != f"Bearer {self.words['token']}":
            return refused(190)
        if self.is_proof_wrong(call):
            return refused(100)
        if call.path.startswith(("/media-", "/lookaside/")):
            return self._media(call)
        own = f"/{self.words['phone_id']}"
        if call.path == own:
            return Reply(200, json.dumps({"id": self.words["phone_id"], "display_phone_number": SHOWN_NUMBER}).encode())
        if call.path == f"{own}/media":
            return self._uploaded(call)
        if call.path != f"{own}/messages":
            return refused(100)
        return self._send(json.loads(call.body))

    def _media(self, call: Call) -> Reply:
        """Two steps: the address lives five minutes, and wants the token and a User-Agent too."""
        name = call.path.rpartition("/")[2]
        if call.path.startswith("/media-"):
            if name not in self.pictures:
                return refused(100)
            self.addresses[name] = self.clock() + ADDRESS_S
            told = {"url": f"{self.url}/lookaside/{name}", "mime_type": "image/png", "messaging_product": "whatsapp"}
            return Reply(200, json.dumps(told).encode())
        if not call.headers.get("user-agent"):
            return Reply(403, b"", "text/plain")
        return Reply(200, PNG, "image/png") if self.clock() < self.addresses.get(name, 0.0) else Reply(404)

    def _uploaded(self, call: Call) -> Reply:
        if b'name="messaging_product"' not in call.body or b'name="file"' not in call.body:
            return refused(100)
        self.uploads.add(f"uploaded-{len(self.uploads) + 1}")
        return Reply(200, json.dumps({"id": f"uploaded-{len(self.uploads)}"}).encode())

    def _send(self, told: dict[str, Any]) -> Reply:
        if told.get("status") == "read":
            return (
                Reply(200, b'{"success": true}') if str(told.get("message_id")).startswith("wamid.") else refused(100)
            )
        whose, kind = told.get("to") or told.get("recipient", ""), told.get("type", "")
        if told.get("messaging_product") != "whatsapp" or not isinstance(told.get(kind), dict):
            return refused(100)
        if ("to" in told and not told["to"].lstrip("+").isdigit()) or whose not in self.opened:
            return refused(131026)
        if self.clock() > self.opened[whose] + WINDOW_S and kind != "template":
            return refused(131047)
        code = self._fault_of(kind, told[kind])
        if code:
            return refused(code)
        busy = max(self.busy.get(whose, 0.0), self.clock()) + PAIR_S
        if busy > self.clock() + PAIR_S * BURST:
            return refused(131056)
        self.busy[whose] = busy
        words = _words_of(kind, told[kind])
        identity = f"wamid.out.{len(self.shown) + 1}"
        self.shown.append(Shown(whose, words, kind="text" if words else kind))
        self.sent.append((identity, whose, self.clock()))
        return Reply(200, json.dumps({"messages": [{"id": identity}]}).encode())

    def _fault_of(self, kind: str, content: dict[str, Any]) -> int:
        """The error of a message that is not as it must be; 0 for none."""
        if kind == "template":
            return 0 if (content.get("name"), content.get("language", {}).get("code")) in self.templates else 132001
        if kind in ("image", "audio", "video", "document"):
            return 0 if content.get("id") in self.uploads else 131053
        if kind == "interactive":
            return 0 if _is_interactive(content) else 131009
        return 0 if 0 < len(_words_of(kind, content)) <= 4096 else 131009


def _words_of(kind: str, content: dict[str, Any]) -> str:
    if kind == "interactive":
        return str(content.get("body", {}).get("text", ""))
    return str(content.get("body", "")) if kind == "text" else ""


def _is_interactive(content: dict[str, Any]) -> bool:
    """Three buttons of 20 characters, or ten rows of 24, under 1024 characters."""
    action, is_list = content.get("action", {}), content.get("type") == "list"
    if is_list:
        titles = [row["title"] for section in action.get("sections", []) for row in section["rows"]]
    else:
        titles = [button["reply"]["title"] for button in action.get("buttons", [])]
    most, longest = (10, 24) if is_list else (3, 20)
    fits = 0 < len(titles) <= most and all(0 < len(one) <= longest for one in titles)
    return fits and len(set(titles)) == len(titles) and 0 < len(_words_of("interactive", content)) <= 1024
