"""Callbacks of official accounts and mini-programs: proof, envelope, one delivery each, and what they mean.

Owns: the three modes (plain, compatible, safe), the key of a repeat, the forms of messages and events, in XML or JSON.
Not here: sending (``api``), which of it a channel takes (``webhooks.channels``).

In plain mode the body is not signed: ``mode: safe`` is the default, and plain needs saying so in ``site.yaml``. In safe
and compatible mode only what is inside the envelope counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from ..channels.base import (
    Account,
    Attachment,
    ChannelOptions,
    Delivery,
    Forged,
    InboundEvent,
    Kind,
    Malformed,
    Received,
    Request,
)
from ..channels.reading import instant, integer, json_object, number, text, xml_fields
from ..channels.refusals import BLOCKED
from . import crypt

CLOCKS_S = 600.0  # a plain request signed longer ago is a replay
EVENTS = {
    "subscribe": "follow",
    "unsubscribe": "unfollow",
    "SCAN": "scan",
    "CLICK": "menu",
    "VIEW": "view",
    "view_miniprogram": "view",
    "scancode_push": "menu_scan",
    "scancode_waitmsg": "menu_scan",
    "pic_sysphoto": "menu_picture",
    "pic_photo_or_album": "menu_picture",
    "pic_weixin": "menu_picture",
    "location_select": "menu_location",
    "LOCATION": "location",
    "user_enter_tempsession": "enter",
}
TOLD = {  # what an event says beside its name
    "scan": ("EventKey",),
    "menu_scan": ("ScanCodeInfo.ScanResult", "EventKey"),
    "menu_location": ("SendLocationInfo.Label", "SendLocationInfo.Poiname", "EventKey"),
    "enter": ("SessionFrom",),
}
CONTAINER_CHECK = {"action": "CheckContainerPath"}  # the console of WeChat's cloud tries the address, without a proof
MEDIA = {"image": "image", "voice": "audio", "video": "video", "shortvideo": "video"}


class WeChatOptions(ChannelOptions):
    """From the account's console: 开发 > 基本配置."""

    SECRETS = frozenset({"secret", "token", "aes_key"})
    appid: str = Field(pattern=r"^wx[0-9a-zA-Z]{10,32}$")
    secret: str = Field(min_length=8)
    token: str = Field(pattern=r"^[A-Za-z0-9]{3,32}$")
    aes_key: str = Field(default="", pattern=r"^([A-Za-z0-9]{43})?$")
    mode: Literal["safe", "compatible", "plain"] = "safe"
    open_platform: str = ""  # a name of yours for the 开放平台 account it is bound to: then its unionids are asked for
    original: str = Field(default="", pattern=r"^(gh_[0-9A-Za-z]{4,40})?$")  # 原始ID: where accounts share one URL
    receiver: str = ""  # inside the envelope: the appid, or a third-party platform's own

    @model_validator(mode="after")
    def _has_a_key(self) -> WeChatOptions:
        if self.mode != "plain" and not self.aes_key:
            raise ValueError(f"mode {self.mode} needs the account's EncodingAESKey as aes_key")
        return self


def receive(request: Request, account: Account) -> Received:
    """The handshake of the console, or one message or event; always answered "success": answers go by the API."""
    options: WeChatOptions = account.options
    asked = request.query
    if len(request.body) < 200 and json_object(request.body) == CONTAINER_CHECK:
        return Received(body=b"success")
    stamp, nonce = asked.get("timestamp", ""), asked.get("nonce", "")
    if request.method == "GET":
        crypt.prove(asked.get("signature", ""), options.token, stamp, nonce)
        return Received(body=asked.get("echostr", "").encode("utf-8", "replace"))
    if options.mode == "plain":
        crypt.prove(asked.get("signature", ""), options.token, stamp, nonce)
        instant = integer(stamp)
        if instant is None or abs(request.at - instant) > CLOCKS_S:
            raise Forged("too old, or from the future")
        body = request.body
    else:
        body = _inside(request, options, stamp, nonce)
    fields = fields_of(body)
    if not fields.get("MsgType"):
        raise Malformed("no MsgType")
    proof = f"{stamp}:{nonce}" if options.mode == "plain" else ""
    whose = fields.get("ToUserName", "")
    if is_of(fields, options):
        delivery = Delivery(key_of(fields), fields.get("FromUserName", ""), body, proof=proof)
    else:
        delivery = Delivery(key_of(fields), "", body, whose=whose, proof=proof)
    return Received((delivery,), body=b"success")


def is_of(fields: Mapping[str, str], options: WeChatOptions) -> bool:
    """Whether it is for this account, where it has said which one it is."""
    return not options.original or fields.get("ToUserName", "") in ("", options.original)


def named(request: Request) -> str:
    """The account that a request names, before it is proved."""
    try:
        return fields_of(request.body).get("ToUserName", "")
    except Malformed:
        return ""


def _inside(request: Request, options: WeChatOptions, stamp: str, nonce: str) -> bytes:
    try:
        envelope = fields_of(request.body).get("Encrypt", "").strip()
    except Malformed:
        raise Forged("envelope") from None
    crypt.prove(request.query.get("msg_signature", ""), options.token, stamp, nonce, envelope)
    return crypt.open_envelope(envelope, options.aes_key, options.receiver or options.appid)


def fields_of(body: bytes) -> dict[str, str]:
    """XML, or the JSON that mini-programs may choose, as text by name."""
    if body.lstrip()[:1] != b"{":
        return xml_fields(body)
    found: dict[str, str] = {}
    for name, value in json_object(body).items():
        inner = {f"{name}.{key}": text(one) for key, one in value.items()} if isinstance(value, dict) else {}
        found |= inner or {name: text(value)}
    return found


def key_of(fields: dict[str, str]) -> str:
    """What makes a repeat a repeat. Two events of one second differ in their kind or key."""
    if fields.get("MsgId"):
        return fields["MsgId"]
    names = ("FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "SessionFrom", "MsgID", "Status")
    return hashlib.sha256("|".join(fields.get(name, "") for name in names).encode()).hexdigest()


def parse(body: bytes, address: str, options: WeChatOptions) -> list[InboundEvent]:
    """One event a callback."""
    try:
        fields = fields_of(body)
    except Malformed:
        return [InboundEvent(kind=Kind.UNKNOWN, address=address)]
    if not is_of(fields, options):
        return [InboundEvent(kind=Kind.UNKNOWN, address="", event="other account")]
    common: dict[str, Any] = {
        "address": address or fields.get("FromUserName", ""),
        "at": instant(fields.get("CreateTime", "")),
        "language": "zh",
        "provider_id": fields.get("MsgId", ""),
    }
    kind = fields.get("MsgType", "")
    if kind == "event":
        return [_event(fields, common)]
    attachments = tuple(_attachments(kind, fields))
    words = fields.get("Content", "") or fields.get("Recognition", "")
    if kind == "text" and fields.get("bizmsgmenuid"):
        words = fields["bizmsgmenuid"]
    if not words and not attachments:
        return [InboundEvent(kind=Kind.UNKNOWN, **common)]
    return [InboundEvent(kind=Kind.TEXT, text=words, attachments=attachments, **common)]


def _event(fields: dict[str, str], common: dict[str, Any]) -> InboundEvent:
    name = EVENTS.get(fields.get("Event", ""))
    if fields.get("Event") == "TEMPLATESENDJOBFINISH":
        return _receipt(fields, common)
    if name is None:
        return InboundEvent(kind=Kind.UNKNOWN, event=fields.get("Event", "")[:40], **common)
    told = next((fields[one] for one in TOLD.get(name, ("EventKey",)) if fields.get(one)), "")
    if name == "location":
        told = ", ".join(fields[one] for one in ("Latitude", "Longitude") if number(fields.get(one)) is not None)
    return InboundEvent(kind=Kind.EVENT, event=name, text=told.removeprefix("qrscene_")[:200], **common)


def _receipt(fields: dict[str, str], common: dict[str, Any]) -> InboundEvent:
    """What became of a template message: "success", "failed:user block", "failed: system failed"."""
    status, common["provider_id"] = fields.get("Status", ""), fields.get("MsgID", "")
    if status == "success":
        return InboundEvent(kind=Kind.RECEIPT, receipt="delivered", **common)
    error = BLOCKED if "block" in status else "wechat-not-delivered"
    return InboundEvent(kind=Kind.RECEIPT, receipt="failed", error=error, **common)


def _attachments(kind: str, fields: dict[str, str]) -> Iterator[Attachment]:
    if kind in MEDIA and fields.get("MediaId"):
        format_of = fields.get("Format", "")
        name = f"{kind}.{format_of}" if format_of.isalnum() else ""
        yield Attachment(kind=MEDIA[kind], ref=fields["MediaId"], name=name)
    elif kind == "location":
        facts = {
            "latitude": number(fields.get("Location_X", "")),
            "longitude": number(fields.get("Location_Y", "")),
            "title": fields.get("Label", "")[:200],
        }
        yield Attachment(kind="location", facts=facts)
    elif kind == "link":
        names = {"title": "Title", "description": "Description", "url": "Url"}
        yield Attachment(kind="link", facts={key: fields.get(field, "")[:500] for key, field in names.items()})
    elif kind == "miniprogrampage":
        names = {"title": "Title", "appid": "AppId", "page": "PagePath"}
        facts = {key: fields.get(field, "")[:500] for key, field in names.items()}
        yield Attachment(kind="card", ref=fields.get("ThumbMediaId", ""), facts=facts)
