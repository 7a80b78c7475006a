"""WeChat as documented at developers.weixin.qq.com: one service account in safe mode, its API and its limits.

Owns: signatures and envelopes of callbacks, stable_token, message/custom/send within what each act of a customer
allows, template messages, media by id.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from eslapp.demo.allowances import Allowances
from eslapp.demo.redelivery import TENCENT
from eslapp.demo.tencent import sealed, sorted_sha1

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

APPID = "wx2c2769f8efd9abc2"
SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "spamtest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TWO_DAYS_S, MEDIA_S = 48 * 3600, 3 * 86400
CODES = {Fault.WINDOW: 45015, Fault.QUOTA: 45047, Fault.RATE: 45011, Fault.BLOCKED: 48002}
REFUSED = {"never": (40003, "invalid openid"), "late": (45015, "response out of time limit")}
REFUSED |= {"used": (45047, "out of response count limit")}
UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"


class WeChatFake(Provider):
    """``allowed``: whom we may answer; ``notices``: what customers saw of WeChat's own because nobody answered it."""

    type = "wechat"
    WORDS = {"appid": APPID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "mode": "safe"}
    address = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
    can_picture = True
    retries = TENCENT
    account = "gh_10f6c3c3ac5a"
    # by event: the act, for how long and how often it lets us answer; a message always does for two days, five times
    ACTS: ClassVar[dict[str, tuple[str, float, int]]] = {
        "subscribe": ("follow", 60.0, 3),
        "SCAN": ("scan", 60.0, 3),
        "CLICK": ("menu", 60.0, 3),
        "scancode_push": ("menu", 60.0, 3),
        "scancode_waitmsg": ("menu", 60.0, 3),
    }
    KINDS: ClassVar[frozenset[str]] = frozenset(
        {"text", "image", "voice", "video", "news", "msgmenu", "miniprogrampage"}
    )

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.is_body_signed = self.words["mode"] != "plain"
        self.allowed = Allowances()
        self.tokens = ["token-0"]
        self.media: dict[str, float] = {}  # uploaded: until when
        self.templates = 0
        self.notices: list[str] = []

    def options(self) -> dict[str, Any]:
        return {
            "appid": self.words["appid"],
            "secret": "$(env.WECHAT_SECRET)",
            "token": "$(env.WECHAT_TOKEN)",
            "aes_key": "$(env.WECHAT_AES_KEY)",
            "mode": self.words["mode"],
            "api": self.url,
        }

    def secrets(self) -> dict[str, str]:
        return {
            "WECHAT_SECRET": self.words["secret"],
            "WECHAT_TOKEN": self.words["token"],
            "WECHAT_AES_KEY": self.words["aes_key"],
        }

    def handshake(self) -> tuple[Signed, bytes]:
        stamp, nonce = str(int(self.clock())), str(secrets.randbelow(10**9))
        proof = sorted_sha1(self.words["token"], stamp, nonce)
        query = f"?signature={proof}&timestamp={stamp}&nonce={nonce}&echostr=4375120948345356249"
        return Signed(b"", suffix=query, method="GET"), b"4375120948345356249"

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._message({"MsgType": "text", "Content": text}, address, number, at)

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        told = {"MsgType": "image", "PicUrl": f"{self.url}/p/1", "MediaId": "media-1"}
        return self._message(told, address, number, None)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._message({"MsgType": "hologram"}, "", number, None)

    def act(self, event: str, key: str = "", *, address: str = "", inner: str = "") -> Signed:
        """A customer follows, scans, presses the menu ...: ``event`` in WeChat's words, ``inner`` more XML."""
        whose = address or self.address
        if event in self.ACTS:
            act, within_s, times = self.ACTS[event]
            self.allowed.give(whose, act, until=self.clock() + within_s, times=times)
        if event == "unsubscribe":
            self.allowed.end(whose)
        return self._posted(whose, {"MsgType": "event", "Event": event, "EventKey": key}, None, inner)

    def template_done(self, identity: str, status: str = "success", *, address: str = "") -> Signed:
        """What became of a template message."""
        inner = f"<MsgID>{identity}</MsgID><Status>{status}</Status>"
        return self._posted(
            address or self.address, {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH"}, None, inner
        )

    def _message(self, told: dict[str, str], address: str, number: int, at: float | None) -> Signed:
        whose = address or self.address
        self.allowed.give(whose, "message", until=self.clock() + TWO_DAYS_S, times=5)
        return self._posted(whose, {"MsgId": str(6054768590064713000 + number), **told}, at)

    def _posted(self, whose: str, told: dict[str, str], at: float | None, more: str = "") -> Signed:
        common = {"ToUserName": self.account, "FromUserName": whose, "CreateTime": str(int(at or self.clock()))}
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in {**common, **told}.items())
        return self.sealed_document(f"<xml>{inner}{more}</xml>".encode())

    def sealed_document(self, content: bytes) -> Signed:
        """A callback in the account's mode, whatever is inside."""
        stamp, nonce = str(int(self.clock())), str(secrets.randbelow(10**9))
        plain_proof = sorted_sha1(self.words["token"], stamp, nonce)
        asked = f"?signature={plain_proof}&timestamp={stamp}&nonce={nonce}&openid={self.address}"
        if not self.is_body_signed:
            return Signed(content, {"Content-Type": "text/xml"}, asked)
        envelope = sealed(content, self.words["aes_key"], self.words["appid"])
        query = f"{asked}&encrypt_type=aes&msg_signature={sorted_sha1(self.words['token'], stamp, nonce, envelope)}"
        beside = content.removeprefix(b"<xml>").removesuffix(b"</xml>") if self.words["mode"] == "compatible" else b""
        head = f"<xml><ToUserName>{self.account}</ToUserName><Encrypt>{envelope}</Encrypt>".encode()
        return Signed(head + beside + b"</xml>", {"Content-Type": "text/xml"}, query)

    def gave_up(self, signed: Signed) -> None:
        super().gave_up(signed)
        self.notices.append(UNAVAILABLE)

    def api(self, call: Call, fault: Fault | None) -> Reply:
        if call.path == "/cgi-bin/stable_token":
            return self._token(json.loads(call.body))
        if fault is Fault.TOKEN:
            self.tokens.append(f"token-{len(self.tokens)}")
        if call.query.get("access_token") != self.tokens[-1]:
            return _code(42001, "access_token expired")
        if call.path == "/cgi-bin/media/get":
            known = call.query.get("media_id") == "media-1"
            return Reply(200, PNG, "image/png") if known else _code(40007, "invalid media_id")
        if call.path == "/cgi-bin/media/upload":
            return self._uploaded(call)
        sends = {"/cgi-bin/message/custom/send": self._send, "/cgi-bin/message/template/send": self._template}
        if call.path == "/cgi-bin/message/custom/typing" and json.loads(call.body).get("command") == "Typing":
            return _code(0, "ok")
        if call.path not in sends:
            return Reply(404)
        if b"\\u" in call.body:
            return _code(40033, "invalid charset: \\uxxxx is shown as it stands")
        return sends[call.path](json.loads(call.body), fault)

    def _token(self, asked: dict[str, Any]) -> Reply:
        if asked.get("grant_type") != "client_credential":
            return _code(40002, "invalid grant_type")
        if asked.get("appid") != self.words["appid"]:
            return _code(40013, "invalid appid")
        if asked.get("secret") != self.words["secret"]:
            return _code(40125, "invalid appsecret")
        return Reply(200, json.dumps({"access_token": self.tokens[-1], "expires_in": 7200}).encode())

    def _uploaded(self, call: Call) -> Reply:
        if call.query.get("type") not in ("image", "voice", "video", "thumb"):
            return _code(40004, "invalid media type")
        if b'name="media"' not in call.body or b"filename=" not in call.body:
            return _code(41005, "media data missing")
        identity = f"uploaded-{len(self.media) + 1}"
        self.media[identity] = self.clock() + MEDIA_S
        return Reply(200, json.dumps({"type": call.query["type"], "media_id": identity, "created_at": 1}).encode())

    def _send(self, message: dict[str, Any], fault: Fault | None) -> Reply:
        whose, kind = message.get("touser", ""), message.get("msgtype", "")
        if fault in CODES:
            return _code(CODES[fault], "as asked")
        content = message.get(kind)
        if kind not in self.KINDS or not isinstance(content, dict):
            return _code(40008, "invalid message type")
        media = content.get("thumb_media_id") if kind == "miniprogrampage" else content.get("media_id")
        if kind in ("image", "voice", "video") and self.media.get(str(media), 0.0) < self.clock():
            return _code(40007, "invalid media_id")
        words = content.get("content", "") or content.get("head_content", "")
        if kind in ("text", "msgmenu") and not words:
            return _code(44004, "empty content")
        if len(words.encode()) > 2048:
            return _code(45002, "content size out of limit")
        refused = self.allowed.take(whose, self.clock())
        if refused:
            return _code(*REFUSED[refused])
        self.shown.append(Shown(whose, words, kind="text" if kind in ("text", "msgmenu") else kind))
        return _code(0, "ok")

    def _template(self, message: dict[str, Any], fault: Fault | None) -> Reply:
        """After the window, to whoever follows; ``template_done`` tells what became of it."""
        whose = message.get("touser", "")
        if fault is Fault.BLOCKED or not self.allowed.knows(whose):
            return _code(43004, "require subscribe")
        if not message.get("template_id"):
            return _code(40037, "invalid template_id")
        if not isinstance(message.get("data"), dict):
            return _code(47003, "argument invalid: data")
        self.templates += 1
        told = [str(one.get("value", "")) for one in message["data"].values() if isinstance(one, dict)]
        self.shown.append(Shown(whose, " ".join(told), kind="template"))
        return Reply(200, json.dumps({"errcode": 0, "errmsg": "ok", "msgid": 200 + self.templates}).encode())


def _code(code: int, why: str) -> Reply:
    return Reply(200, json.dumps({"errcode": code, "errmsg": why}).encode())
