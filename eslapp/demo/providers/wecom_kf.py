"""WeCom's 微信客服 as documented at developer.work.weixin.qq.com: nudges, sync_msg with cursors, send_msg.

Owns: the message list that is pulled (without a nudge's token only now and then), session states, 48 hours and 5
messages, one welcome within 20 seconds of an entry, message ids that may be used once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eslapp.demo.tencent import sealed, sorted_sha1

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

CORP, SECRET, TOKEN, KFID = "ww1436e0e65a779aee", "wecom-app-secret", "QDG6eK", "wkAJ2GCAAASSm4"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
WINDOW_S = 48 * 3600
WELCOME_S, UNASKED_S = 20.0, 60.0
CODES = {Fault.RATE: 45009, Fault.WINDOW: 95002, Fault.QUOTA: 95001, Fault.BLOCKED: 95016}


class WeComKfFake(Provider):
    """``items`` is what sync_msg gives; a delivery only nudges."""

    type = "wecom_kf"
    WORDS = {"corpid": CORP, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "open_kfid": KFID}
    address = "wmAJ2GCAAAme1"
    can_picture = True

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.items: list[dict[str, Any]] = []
        self.known: set[str] = set()
        self.used: set[str] = set()
        self.quota: dict[str, int] = {}
        self.opened: dict[str, float] = {}
        self.tokens = ["token-0"]
        self.nudges: set[str] = set()
        self.welcomes: dict[str, tuple[str, float]] = {}  # code: who entered, when
        self._unasked_at = 0.0

    def options(self) -> dict[str, Any]:
        return {
            "corpid": self.words["corpid"],
            "secret": "$(env.WECOM_SECRET)",
            "token": "$(env.WECOM_TOKEN)",
            "aes_key": "$(env.WECOM_AES_KEY)",
            "open_kfid": self.words["open_kfid"],
            "api": self.url,
        }

    def secrets(self) -> dict[str, str]:
        return {
            "WECOM_SECRET": self.words["secret"],
            "WECOM_TOKEN": self.words["token"],
            "WECOM_AES_KEY": self.words["aes_key"],
        }

    def handshake(self) -> tuple[Signed, bytes]:
        stamp, nonce, envelope = str(int(self.clock())), "263014780", self._seal(b"1616140317555161061")
        proof = sorted_sha1(self.words["token"], stamp, nonce, envelope)
        quoted = envelope.replace("+", "%2B").replace("=", "%3D").replace("/", "%2F")
        query = f"?msg_signature={proof}&timestamp={stamp}&nonce={nonce}&echostr={quoted}"
        return Signed(b"", suffix=query, method="GET"), b"1616140317555161061"

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._item({"msgtype": "text", "text": {"content": text}}, address, number, at)

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        return self._item({"msgtype": "image", "image": {"media_id": "media-1"}}, address, number, None)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._item({"msgtype": "hologram", "hologram": {}}, "", number, None)

    def enter(self, *, address: str = "", number: int = 0) -> Signed:
        """Somebody opens the conversation and has not said anything: a code to greet them with."""
        whose, code = address or self.address, f"welcome-{number}"
        self.welcomes[code] = (whose, self.clock())
        told = {"event_type": "enter_session", "external_userid": whose, "welcome_code": code}
        return self._item({"msgtype": "event", "event": told, "origin": 4}, whose, number, None)

    def _item(self, told: dict[str, Any], address: str, number: int, at: float | None) -> Signed:
        whose, identity = address or self.address, f"msg_{number}"
        if identity not in self.known:
            self.known.add(identity)
            if told["msgtype"] != "event":
                self.opened[whose], self.quota[whose] = self.clock(), 5
            sent = int(at or self.clock())
            common = {
                "msgid": identity,
                "open_kfid": self.words["open_kfid"],
                "external_userid": whose,
                "send_time": sent,
                "origin": 3,
            }
            self.items.append({**common, **told})
        self.nudges.add(f"nudge{number}")
        inner = (
            f"<xml><ToUserName>{self.words['corpid']}</ToUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
            f"<Event>kf_msg_or_event</Event><Token>nudge{number}</Token><OpenKfId>{self.words['open_kfid']}</OpenKfId></xml>"
        )
        return self.sealed_document(inner.encode())

    def sealed_document(self, content: bytes) -> Signed:
        """A nudge, or whatever is inside."""
        envelope, stamp, nonce = self._seal(content), str(int(self.clock())), "1372623149"
        proof = sorted_sha1(self.words["token"], stamp, nonce, envelope)
        query = f"?msg_signature={proof}&timestamp={stamp}&nonce={nonce}"
        body = f"<xml><ToUserName>{self.words['corpid']}</ToUserName><Encrypt>{envelope}</Encrypt></xml>".encode()
        return Signed(body, {"Content-Type": "text/xml"}, query)

    def _seal(self, content: bytes) -> str:
        return sealed(content, self.words["aes_key"], self.words["corpid"])

    def api(self, call: Call, fault: Fault | None) -> Reply:
        name = call.path.removeprefix("/cgi-bin/")
        if name == "gettoken":
            if call.query.get("corpsecret") != self.words["secret"]:
                return _code(40001)
            return _said({"errcode": 0, "access_token": self.tokens[-1], "expires_in": 7200})
        if fault is Fault.TOKEN:
            self.tokens.append(f"token-{len(self.tokens)}")
        if call.query.get("access_token") != self.tokens[-1]:
            return _code(42001)
        if name == "media/get":
            return Reply(200, PNG, "image/png")
        if name == "media/upload":
            return _said({"errcode": 0, "media_id": "uploaded-1"})
        told = json.loads(call.body)
        if name == "kf/sync_msg":
            return self._sync(told)
        if name == "kf/service_state/trans":
            return _code(0)
        if name == "kf/send_msg_on_event":
            return self._welcome(told)
        return self._send(told, fault) if name == "kf/send_msg" else _code(40066)

    def _welcome(self, told: dict[str, Any]) -> Reply:
        whose, at = self.welcomes.pop(told["code"], ("", 0.0))
        if not whose or self.clock() > at + WELCOME_S:
            return _code(40096)
        self.shown.append(Shown(whose, told["text"]["content"]))
        return _said({"errcode": 0, "errmsg": "ok", "msgid": told["msgid"]})

    def _sync(self, told: dict[str, Any]) -> Reply:
        if told.get("token") not in self.nudges:
            if self.clock() < self._unasked_at + UNASKED_S:
                return _code(45009)
            self._unasked_at = self.clock()
        begun = int(told.get("cursor") or 0)
        page = self.items[begun : begun + 2]
        more = int(begun + 2 < len(self.items))
        return _said({"errcode": 0, "msg_list": page, "next_cursor": str(begun + len(page)), "has_more": more})

    def _send(self, told: dict[str, Any], fault: Fault | None) -> Reply:
        whose = told["touser"]
        if fault in CODES:
            return _code(CODES[fault])
        if told["msgid"] in self.used:
            return _code(95014)
        if whose not in self.opened:
            return _code(40096)
        if self.clock() > self.opened[whose] + WINDOW_S:
            return _code(95002)
        if self.quota[whose] < 1:
            return _code(95001)
        content = told[told["msgtype"]]
        words = content.get("content", "") or content.get("head_content", "")
        if len(words.encode()) > 2048 or len(told["msgid"]) > 32:
            return _code(40058)
        self.used.add(told["msgid"])
        self.quota[whose] -= 1
        self.shown.append(Shown(whose, words, kind="text" if words else told["msgtype"]))
        return _said({"errcode": 0, "errmsg": "ok", "msgid": told["msgid"]})


def _said(told: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(told).encode())


def _code(code: int) -> Reply:
    return _said({"errcode": code, "errmsg": "as asked"})
