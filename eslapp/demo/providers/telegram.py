"""Telegram's Bot API as documented at core.telegram.org/bots/api: one bot, private chats.

Owns: getMe, getWebhookInfo, sendMessage, sendPhoto/Audio/Video/Document, getFile, their errors; updates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from eslapp.demo.redelivery import TELEGRAM

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed, fields_of

TOKEN = "123456:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = "telegram-secret-of-the-demo"


class TelegramFake(Provider):
    """``known`` are the chats that have started the bot; ``pressed`` the buttons that still turn."""

    type = "telegram"
    WORDS = {"token": TOKEN, "secret": SECRET}
    address = "1111111"
    can_picture = True
    is_body_signed = False
    retries = TELEGRAM

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.known = {self.address}
        self.last_id = 500
        self.pressed: list[str] = []

    def options(self) -> dict[str, Any]:
        return {"token": "$(env.TELEGRAM_TOKEN)", "secret": "$(env.TELEGRAM_SECRET)", "api": self.url}

    def secrets(self) -> dict[str, str]:
        return {"TELEGRAM_TOKEN": self.words["token"], "TELEGRAM_SECRET": self.words["secret"]}

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._update({"text": text}, address, number, at)

    def press(self, key: str, *, number: int) -> Signed:
        """A button of ours, which turns until ``answerCallbackQuery``: see ``pressed``."""
        self.pressed.append(f"query-{number}")
        chat = {"id": int(self.address), "type": "private"}
        pressed = {"id": self.pressed[-1], "data": key, "from": {"id": chat["id"], "first_name": "Ada"}}
        pressed["message"] = {"message_id": 1, "date": int(self.clock()), "chat": chat}
        body = json.dumps({"update_id": 700_000 + number, "callback_query": pressed}).encode()
        return self._proved(body)

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        photos = [{"file_id": "small", "file_size": 10}, {"file_id": "picture-1", "file_size": len(PNG)}]
        return self._update({"photo": photos, "caption": "look"}, address, number, None)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._update({"story": {"id": 3}}, "", number, None)

    def _update(self, what: dict[str, Any], address: str, number: int, at: float | None) -> Signed:
        chat = int(address or self.address)
        self.known.add(str(chat))
        message = {
            "message_id": 1000 + number,
            "date": int(at or self.clock()),
            "chat": {"id": chat, "type": "private"},
            "from": {"id": chat, "is_bot": False, "first_name": "Ada", "language_code": "en"},
            **what,
        }
        body = json.dumps({"update_id": 700_000 + number, "message": message}).encode()
        return self._proved(body)

    def _proved(self, body: bytes) -> Signed:
        secret = {"X-Telegram-Bot-Api-Secret-Token": self.words["secret"]}
        return Signed(body, {"Content-Type": "application/json", **secret})

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == f"/file/bot{self.words['token']}/photos/picture-1.png":
            return Reply(200, PNG, "image/png")
        match = re.fullmatch(r"/bot([^/]+)/(\w+)", call.path)
        if match is None or match[1] != self.words["token"] or fault is Fault.TOKEN:
            return _failed(401, "Unauthorized")
        fields = fields_of(call)
        if match[2] == "getMe":
            return _good({"id": 123456, "is_bot": True, "first_name": "Zongji"})
        if match[2] == "getWebhookInfo":
            return _good({"url": self.hook, "pending_update_count": 0})
        if match[2] == "getFile":
            return _good({"file_id": fields.get("file_id"), "file_path": "photos/picture-1.png"})
        if match[2] == "sendChatAction":
            return _good(True)
        if match[2] == "answerCallbackQuery":
            return self._release(str(fields.get("callback_query_id")))
        return self._send(match[2], fields, fault)

    def _release(self, query: str) -> Reply:
        if query not in self.pressed:
            return _failed(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.pressed.remove(query)
        return _good(True)

    def _send(self, method: str, fields: dict[str, Any], fault: Fault | None) -> Reply:
        chat = str(fields.get("chat_id", ""))
        if chat not in self.known:
            return _failed(400, "Bad Request: chat not found")
        if fault is Fault.BLOCKED:
            return _failed(403, "Forbidden: bot was blocked by the user")
        if fault is Fault.RATE:
            return _failed(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        words = str(fields.get("text", ""))
        if method == "sendMessage" and not words:
            return _failed(400, "Bad Request: message text is empty")
        if len(words) > 4096 or len(str(fields.get("caption", ""))) > 1024:
            return _failed(400, "Bad Request: message is too long")
        for field, kind in (("photo", "image"), ("audio", "audio"), ("video", "video"), ("document", "file")):
            if isinstance(fields.get(field), bytes):
                self.shown.append(Shown(chat, kind=kind, content=fields[field]))
        if words:
            self.shown.append(Shown(chat, words))
        self.last_id += 1
        return _good({"message_id": self.last_id, "chat": {"id": int(chat), "type": "private"}, "date": 0})


def _good(result: dict[str, Any] | bool) -> Reply:
    return Reply(200, json.dumps({"ok": True, "result": result}).encode())


def _failed(code: int, why: str, parameters: dict[str, Any] | None = None) -> Reply:
    body = {"ok": False, "error_code": code, "description": why, "parameters": parameters or {}}
    return Reply(code, json.dumps(body).encode())
