"""Weibo fan service (粉丝服务): private messages in, replies out.

Owns: the signature (by the app's secret, over the query only), both forms that an account may choose (JSON, and XML
as WeChat has it), keys made of what Weibo says, its English dates, its errors. Source: open.weibo.com/wiki
(Messages_api_start, 微信XML格式兼容). Not here: comments, answers to mentions (those are public).

Weibo gives no message id: two messages are one only where sender, second, kind and words are all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eslapp.outside import Answer, Unreachable
from eslapp.store.inbox import RawEvent

from ..wechat import crypt
from .answers import fetched, refusal_in, stumble
from .base import (
    DAY_S,
    Account,
    Attachment,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    Forged,
    Grant,
    InboundEvent,
    Kind,
    Malformed,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
)
from .reading import instant, integer, json_object, mapping, number, text, xml_fields
from .refusals import ACCOUNT_BROKEN, BAD_ADDRESS, BLOCKED, RATE_LIMITED, WINDOW_OVER

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://m.api.weibo.com"
UPLOADS = "https://upload.api.weibo.com"
TOKENS = "https://api.weibo.com"
FILE_CAP = 20 * 1024 * 1024
CLOCKS_S = 600.0
EVENTS = {
    "follow": "follow",
    "unfollow": "unfollow",
    "subscribe": "follow",
    "unsubscribe": "unfollow",
    "scan": "scan",
    "scan_follow": "scan",
    "click": "menu",
    "view": "view",
    "mention": "mention",
}
AS_XML = {  # Weibo's own table of its XML
    "receiver_id": "ToUserName",
    "sender_id": "FromUserName",
    "created_at": "CreateTime",
    "text": "Content",
}
DATA_AS_XML = {
    "tovfid": ("MediaId", "MediaID"),
    "latitude": ("Location_X", "Latitude"),
    "longitude": ("Location_Y", "Longitude"),
    "subtype": ("Event",),
    "key": ("EventKey",),
    "ticket": ("Ticket",),
}
KINDS_AS_XML = {"location": "position"}
NEVER = {
    21332: ACCOUNT_BROKEN,
    21327: ACCOUNT_BROKEN,
    10006: ACCOUNT_BROKEN,
    20003: BAD_ADDRESS,
    26404: WINDOW_OVER,
    20019: "repeated-content",
    20016: BLOCKED,
}
LATER = frozenset({10022, 10023, 10024, 10001})


class WeiboOptions(ChannelOptions):
    """From the app's page; ``token`` of the fan service of the account that answers, ``uid`` its number at Weibo."""

    SECRETS = frozenset({"app_secret", "token"})
    app_secret: str = Field(min_length=8)
    token: str = Field(min_length=8)
    uid: str = Field(default="", pattern=r"^[0-9]*$")  # with it, messages to the app's other accounts are left alone


class Weibo(Channel):
    """One account's private messages."""

    type = "weibo"
    signed_with = "app_secret"
    Options = WeiboOptions
    EXAMPLE_OPTIONS = {"app_secret": "$(env.WEIBO_APP_SECRET)", "token": "$(env.WEIBO_TOKEN)"}
    EXAMPLE_SECRETS = {"WEIBO_APP_SECRET": "xyz123xyz", "WEIBO_TOKEN": "fan-service-token"}
    grant = Grant(2 * DAY_S)
    capabilities = Capabilities(text_cap=299, grants={"message": grant, "follow": grant, "menu": grant, "scan": grant})
    example = Delivery(
        external_key="k",
        address="1902538057",
        body='{"type":"text","receiver_id":1902538057,"sender_id":2489518277,"created_at":'
        '"Mon Jul 16 18:09:20 +0800 2012","text":"我的订单在哪里？","data":{}}'.encode(),
    )

    def receive(self, request: Request, account: Account) -> Received:
        """The handshake, or one event."""
        asked = request.query
        crypt.prove(
            asked.get("signature", ""), account.options.app_secret, asked.get("timestamp", ""), asked.get("nonce", "")
        )
        if request.method == "GET":
            return Received(body=asked.get("echostr", "").encode("utf-8", "replace"))
        signed_at = instant(asked.get("timestamp", ""))  # the body is not signed: an old proof must not carry a new one
        if signed_at is None or abs(request.at - signed_at) > CLOCKS_S:
            raise Forged("too old, or from the future")
        body = _read(request.body)
        sender = text(body.get("sender_id"))
        if not sender or not text(body.get("type")):
            raise Malformed("no sender or type")
        proof = f"{asked.get('timestamp', '')}:{asked.get('nonce', '')}"
        if _is_ours(body, account):
            return Received((Delivery(_key(body), sender, request.body, proof=proof),))
        whose = text(body.get("receiver_id"))
        return Received((Delivery(_key(body), "", request.body, whose=whose, proof=proof),))

    def own_id(self, account: Account) -> str:
        """The app's one URL gets the messages of all accounts that allowed it."""
        return str(account.options.uid)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """One event a request."""
        try:
            body = _read(raw.body)
        except Malformed:
            body = {}
        kind, told = text(body.get("type")), mapping(body.get("data"))
        if not _is_ours(body, account):
            return [InboundEvent(kind=Kind.UNKNOWN, address="", event=kind[:40])]
        common: dict[str, Any] = {
            "address": raw.address or text(body.get("sender_id")),
            "language": "zh",
            "at": _created(text(body.get("created_at"))),
        }
        if kind == "mention":  # they spoke of the account in public: nothing that a message may answer
            return [InboundEvent(kind=Kind.EVENT, event="mention", text=text(body.get("text"))[:500], **common)]
        if kind == "event":
            return [_event(told, common)]
        words = text(body.get("text")) if kind == "text" else ""
        attachments = tuple(_attachments(kind, told))
        known = Kind.TEXT if words or attachments else Kind.UNKNOWN
        identity = _key(body) if body else ""
        return [InboundEvent(kind=known, text=words, attachments=attachments, provider_id=identity, **common)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """``messages/reply``: words, or a card as an article."""
        card = outgoing.card
        if card:
            names = {"display_name": "title", "summary": "description", "image": "picurl", "url": "url"}
            told: dict[str, Any] = {"articles": [{name: text(card.get(key)) for name, key in names.items()}]}
        else:
            told = {"text": outgoing.text}
        form = {
            "access_token": account.options.token,
            "type": "articles" if card else "text",
            "data": json.dumps(told, ensure_ascii=False),
            "receiver_id": outgoing.address,
            "save_sender_box": "1",
        }
        return _judged(tools.ask(account, "POST", f"{account.api(API)}/2/messages/reply.json", form=form))

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """By file id."""
        base = account.options.api.rstrip("/") or UPLOADS
        asked = {"access_token": account.options.token, "fid": attachment.ref}
        answer = fetched(tools.ask(account, "GET", f"{base}/2/mss/msget", params=asked, cap=FILE_CAP, within_s=60.0))
        if said := refusal_in(answer):  # a limit, a token that has ended: it may come yet
            raise Unreachable(text(said.get("error")) or "Weibo gives no file", may_have_arrived=True)
        kind = answer.headers.get("content-type", "")
        return OutboundFile(kind=attachment.kind, name=attachment.name, content_type=kind, content=answer.body)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the token is good, and whose it is."""
        base, form = account.options.api.rstrip("/") or TOKENS, {"access_token": account.options.token}
        said = tools.ask(account, "POST", f"{base}/oauth2/get_token_info", form=form).json_object()
        whose, ends_s = text(said.get("uid")), integer(said.get("expire_in"))
        if not whose or (ends_s is not None and ends_s <= 0):
            why = f"{text(said.get('error_code'))} {text(said.get('error'))}".strip() or "it has ended"
            return [f"Weibo refuses the token ({why}); take a new one from the fan service's developer page"]
        if not account.options.uid:
            return [f"without uid we would answer what is written to other accounts of the app; write uid: '{whose}'"]
        if account.options.uid != whose:
            return [f"the token is that of {whose}, uid is {account.options.uid}; take both from the same account"]
        return []


def _read(body: bytes) -> dict[str, Any]:
    """What Weibo says, in its JSON's names whichever of its two forms it comes in. ``Malformed`` for broken XML."""
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"<":
        found = json_object(body)
        data = found.get("data")
        return found | {"data": json_object(data.encode("utf-8", "replace"))} if isinstance(data, str) else found
    fields = xml_fields(body)
    kind = fields.get("MsgType", "")
    data = {
        name: next((fields[one] for one in names if fields.get(one)), "")
        for name, names in DATA_AS_XML.items()
        if any(fields.get(one) for one in names)
    }
    told = {name: fields.get(tag, "") for name, tag in AS_XML.items()}
    return {**told, "type": KINDS_AS_XML.get(kind, kind), "data": data}


def _event(told: dict[str, Any], common: dict[str, Any]) -> InboundEvent:
    """In XML ``subtype`` is WeChat's word: CLICK, SCAN; and a scan that makes them follow is told by its scene."""
    subtype, key = text(told.get("subtype")), text(told.get("key"))[:200]
    name = EVENTS.get(subtype.lower())
    if name is None:
        return InboundEvent(kind=Kind.UNKNOWN, event=subtype[:40], **common)
    if name == "follow" and key.startswith("qrscene_"):
        name = "scan"
    return InboundEvent(kind=Kind.EVENT, event=name, text=key.removeprefix("qrscene_"), **common)


def _is_ours(body: dict[str, Any], account: Account) -> bool:
    return not account.options.uid or text(body.get("receiver_id")) in ("", account.options.uid)


def _key(body: dict[str, Any]) -> str:
    names = ("sender_id", "created_at", "type", "text", "data")
    whole = json.dumps([body.get(name) for name in names], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def _created(written: str) -> float | None:
    """``Mon Jul 16 18:09:20 +0800 2012``: a year at the end of an e-mail's date."""
    words = written.split()
    if len(words) != 6:
        return instant(written)
    try:
        return parsedate_to_datetime(f"{words[0]}, {words[2]} {words[1]} {words[5]} {words[3]} {words[4]}").timestamp()
    except (ValueError, OverflowError):
        return None


def _attachments(kind: str, told: dict[str, Any]) -> Iterator[Attachment]:
    if kind in ("image", "voice") and text(told.get("tovfid")):
        yield Attachment(kind="audio" if kind == "voice" else "image", ref=text(told["tovfid"]))
    elif kind == "position":
        facts = {"latitude": number(told.get("latitude")), "longitude": number(told.get("longitude"))}
        yield Attachment(kind="location", facts=facts)


def _judged(answer: Answer) -> SendResult:
    """``{"result": true}``, or an error's number."""
    said = answer.json_object()
    code = integer(said.get("error_code"))
    if code is None:
        odd = stumble(answer)
        if odd is not None:
            return odd
        state = SendState.SENT if said.get("result") is True else SendState.UNKNOWN
        return SendResult(state)
    why = f"{code} {text(said.get('error'))}"
    if code in LATER:
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=30.0, detail=why)
    return SendResult(SendState.FAILED, error=NEVER.get(code, f"weibo-{code}"), detail=why)
