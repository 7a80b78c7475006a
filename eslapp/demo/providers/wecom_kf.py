"""WeCom's 微信客服 as documented at developer.work.weixin.qq.com: nudges, sync_msg with cursors, send_msg.

Owns: the message list that is pulled (without a nudge's token only now and then), session states (we may send in 0 and
1 only), 48 hours and 5 messages, one welcome within 20 seconds of an entry, message ids that may be used once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from eslapp.demo.allowances import Allowances
from eslapp.demo.redelivery import WECOM
from eslapp.demo.tencent import sealed, sorted_sha1

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

CORP, SECRET, TOKEN, KFID = "ww1436e0e65a779aee", "wecom-app-secret", "QDG6eK", "wkAJ2GCAAASSm4"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
WINDOW_S = 48 * 3600
WELCOME_S, UNASKED_S = 20.0, 60.0
MEDIA_S = 3 * 86400
CODES = {Fault.RATE: 45009, Fault.WINDOW: 95002, Fault.QUOTA: 95001}
REFUSED = {"never": 40096, "late": 95002, "used": 95001}
NEW, BY_API, IN_POOL, BY_PERSON, ENDED = range(5)  # states of a session
MAY_BECOME = {NEW: {1, 2, 3, 4}, BY_API: {1, 2, 3, 4}, IN_POOL: {1, 3, 4}, BY_PERSON: {3, 4}, ENDED: set()}
REFUSED_BY_CUSTOMER = 10  # fail_type of msg_send_fail


class WeComKfFake(Provider):
    """``items`` is what sync_msg gives; a delivery only nudges."""

    type = "wecom_kf"
    WORDS = {"corpid": CORP, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "open_kfid": KFID}
    address = "wmAJ2GCAAAme1"
    can_picture = True
    retries = WECOM

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.items: list[dict[str, Any]] = []
        self.known: set[str] = set()
        self.used: set[str] = set()
        self.states: dict[str, int] = {}  # of each customer's session
        self.allowed = Allowances()
        self.media: dict[str, float] = {}  # uploaded: until when
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

    def hand_over(self, state: int, *, address: str = "", number: int = 0) -> Signed:
        """Somebody in WeCom's own app takes the session (3) or ends it (4)."""
        whose = address or self.address
        self.states[whose] = state
        change = {"event_type": "session_status_change", "external_userid": whose, "change_type": state - 2}
        return self._item({"msgtype": "event", "event": change, "origin": 4}, whose, number, None)

    def nudge_for(self, open_kfid: str, *, number: int = 0) -> Signed:
        """There is something for another account of the company: told at the one callback its app has."""
        self.nudges.add(f"nudge{number}")
        return self._nudge(open_kfid, number)

    def _item(self, told: dict[str, Any], address: str, number: int, at: float | None) -> Signed:
        whose, identity = address or self.address, f"msg_{number}"
        if identity not in self.known:
            self.known.add(identity)
            if told["msgtype"] != "event":
                self.allowed.give(whose, "message", until=self.clock() + WINDOW_S, times=5)
                if self.states.get(whose, ENDED) == ENDED:
                    self.states[whose] = NEW
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
        return self._nudge(self.words["open_kfid"], number)

    def _nudge(self, open_kfid: str, number: int) -> Signed:
        inner = (
            f"<xml><ToUserName>{self.words['corpid']}</ToUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
            f"<Event>kf_msg_or_event</Event><Token>nudge{number}</Token><OpenKfId>{open_kfid}</OpenKfId></xml>"
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
            return self._token(call)
        if fault is Fault.TOKEN:
            self.tokens.append(f"token-{len(self.tokens)}")
        if call.query.get("access_token") != self.tokens[-1]:
            return _code(42001)
        if name == "media/get":
            known = call.query.get("media_id") == "media-1"
            return Reply(200, PNG, "image/png") if known else _code(40007)
        if name == "media/upload":
            return self._uploaded(call)
        told = json.loads(call.body)
        if name == "kf/account/list":
            return _said({"errcode": 0, "account_list": [{"open_kfid": self.words["open_kfid"], "name": "Service"}]})
        if name != "kf/send_msg_on_event" and told.get("open_kfid") != self.words["open_kfid"]:
            return _code(95000)
        acts = {
            "kf/sync_msg": self._sync,
            "kf/service_state/get": self._state,
            "kf/service_state/trans": self._trans,
            "kf/send_msg_on_event": self._welcome,
        }
        if name in acts:
            return acts[name](told)
        return self._send(told, fault) if name == "kf/send_msg" else _code(40066)

    def _token(self, call: Call) -> Reply:
        if call.query.get("corpid") != self.words["corpid"]:
            return _code(40013)
        if call.query.get("corpsecret") != self.words["secret"]:
            return _code(40001)
        return _said({"errcode": 0, "access_token": self.tokens[-1], "expires_in": 7200})

    def _uploaded(self, call: Call) -> Reply:
        if call.query.get("type") not in ("image", "voice", "video", "file"):
            return _code(40005)
        identity = f"uploaded-{len(self.media) + 1}"
        self.media[identity] = self.clock() + MEDIA_S
        return _said({"errcode": 0, "media_id": identity})

    def _state(self, told: dict[str, Any]) -> Reply:
        return _said({"errcode": 0, "service_state": self.states.get(told["external_userid"], ENDED)})

    def _trans(self, told: dict[str, Any]) -> Reply:
        whose, wanted = told["external_userid"], told["service_state"]
        if wanted not in MAY_BECOME[self.states.get(whose, ENDED)]:
            return _code(95016)
        self.states[whose] = wanted
        return _code(0)

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
        if self.states.get(whose, NEW) not in (NEW, BY_API):
            return _code(95018)
        content = told[told["msgtype"]]
        words = content.get("content", "") or content.get("head_content", "")
        is_media = told["msgtype"] in ("image", "voice", "video", "file")
        if is_media and self.media.get(content.get("media_id", ""), 0.0) < self.clock():
            return _code(40007)
        if len(words.encode()) > 2048 or not re.fullmatch(r"[0-9A-Za-z_-]{1,32}", told["msgid"]):
            return _code(40058)
        refused = self.allowed.take(whose, self.clock())
        if refused:
            return _code(REFUSED[refused])
        self.used.add(told["msgid"])
        if fault is Fault.BLOCKED:  # taken, and told afterwards that it did not arrive
            failed = {"event_type": "msg_send_fail", "external_userid": whose, "fail_msgid": told["msgid"]}
            event = {"msgtype": "event", "event": failed | {"fail_type": REFUSED_BY_CUSTOMER}, "origin": 4}
            self._item(event, whose, 900_000 + len(self.items), None)
            return _said({"errcode": 0, "errmsg": "ok", "msgid": told["msgid"]})
        self.shown.append(Shown(whose, words, kind="text" if words else told["msgtype"]))
        return _said({"errcode": 0, "errmsg": "ok", "msgid": told["msgid"]})


def _said(told: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(told).encode())


def _code(code: int) -> Reply:
    return _said({"errcode": code, "errmsg": "as asked"})
