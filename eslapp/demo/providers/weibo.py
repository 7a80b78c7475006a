"""Weibo's fan service as documented at open.weibo.com: one account.

Owns: signed callbacks without message ids, messages/reply within 48 hours and 300 characters, never after an unfollow,
files.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from eslapp.demo.redelivery import SINA

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

SECRET, TOKEN, UID = "weibo-app-secret", "weibo-fan-token", "1902538057"
WINDOW_S = 48 * 3600
CODES = {Fault.RATE: 10023, Fault.WINDOW: 26404, Fault.BLOCKED: 20016, Fault.TOKEN: 21332}


class WeiboFake(Provider):
    """``opened``: when each fan wrote last."""

    type = "weibo"
    WORDS = {"app_secret": SECRET, "token": TOKEN, "uid": UID}
    address = "2489518277"
    can_picture = True
    is_body_signed = False
    retries = SINA
    receiver = ""  # another account than ours, whose messages the app gets too

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.opened: dict[str, float] = {}

    def options(self) -> dict[str, Any]:
        secret = {"app_secret": "$(env.WEIBO_APP_SECRET)", "token": "$(env.WEIBO_TOKEN)"}
        return {**secret, "uid": self.words["uid"], "api": self.url}

    def secrets(self) -> dict[str, str]:
        return {"WEIBO_APP_SECRET": self.words["app_secret"], "WEIBO_TOKEN": self.words["token"]}

    def handshake(self) -> tuple[Signed, bytes]:
        return Signed(b"", suffix=self._query() + "&echostr=dnPdpTZz85", method="GET"), b"dnPdpTZz85"

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._signed({"type": "text", "text": text, "data": {}}, address, number, at)

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        return self._signed({"type": "image", "text": "", "data": {"vfid": 7, "tovfid": 8}}, address, number, None)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._signed({"type": "hologram", "data": {}}, "", number, None)

    def sealed_document(self, content: bytes) -> Signed:
        """A callback in the XML that an account may choose, or whatever else."""
        return Signed(content, {"Content-Type": "text/xml"}, self._query())

    def unfollow(self, *, address: str = "") -> Signed:
        """They leave: nothing may be sent to them any more."""
        signed = self._signed({"type": "event", "text": "", "data": {"subtype": "unfollow"}}, address, 0, None)
        self.opened[address or self.address] = 0.0
        return signed

    def _query(self) -> str:
        stamp, nonce = str(int(self.clock() * 1000)), str(secrets.randbelow(10**9))
        proof = hashlib.sha1("".join(sorted((self.words["app_secret"], stamp, nonce))).encode()).hexdigest()
        return f"?timestamp={stamp}&nonce={nonce}&signature={proof}"

    def _signed(self, told: dict[str, Any], address: str, number: int, at: float | None) -> Signed:
        whose = address or self.address
        self.opened[whose] = self.clock()
        written = time.strftime("%a %b %d %H:%M:%S +0000 %Y", time.gmtime((at or self.clock()) + number))
        body = {
            "receiver_id": int(self.receiver or self.words["uid"]),
            "sender_id": int(whose),
            "created_at": written,
            **told,
        }
        return Signed(json.dumps(body).encode(), {"Content-Type": "application/json"}, self._query())

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == "/2/mss/msget":
            is_known = call.query.get("access_token") == self.words["token"] and call.query.get("fid") == "8"
            return Reply(200, PNG, "image/png") if is_known else _error(21332)
        if call.path == "/oauth2/get_token_info":
            is_known = f"access_token={self.words['token']}".encode() in call.body
            told = {"uid": int(self.words["uid"]), "expire_in": 86400 * 300}
            return Reply(200, json.dumps(told).encode()) if is_known else _error(21327)
        if (call.method, call.path) != ("POST", "/2/messages/reply.json"):
            return _error(10020)
        if fault in CODES:
            return _error(CODES[fault])
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        if form.get("access_token") != self.words["token"]:
            return _error(21332)
        whose = form["receiver_id"]
        if whose not in self.opened:
            return _error(20003)
        if self.clock() > self.opened[whose] + WINDOW_S:
            return _error(26404)
        told = json.loads(form["data"])
        words = told.get("text", "")
        if form.get("type") not in ("text", "articles", "position") or form["type"] == "text" and not words:
            return _error(10008)
        if len(words) >= 300:
            return _error(20012)
        self.shown.append(Shown(whose, words))
        return Reply(200, json.dumps({"result": True, "data": form["data"]}).encode())


def _error(code: int) -> Reply:
    return Reply(400, json.dumps({"error": "as asked", "error_code": code}).encode())
