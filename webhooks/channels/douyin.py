"""Douyin private messages (抖音私信) of an authorised account.

Owns: the signature, echoes of our own sends, sending as a reply to a customer's message, Douyin's errors. Source:
developer.open-douyin.com. Not here: live comments, mini-games, local-life SPIs.

Access is gated: web apps no longer get the permission; mini-app operators may. A reply names the customer's message it
answers, within 24 hours; who has only opened the conversation may be greeted once within 30 seconds. Nothing else can
be sent. With a ``refresh_token`` access tokens are fetched as they end, and its own 30 days are renewed in time, as
often as Douyin allows (five times); ``token`` alone serves for its 15 days.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from eslapp.outside import Answer, Unreachable
from eslapp.store.inbox import RawEvent

from .access import Token, TokenRefused
from .answers import no_token, stumble
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
    OutboundText,
    Page,
    Received,
    Request,
    SendResult,
    SendState,
)
from .reading import instant, integer, json_object, mapping, number, sequence, text
from .refusals import ACCOUNT_BROKEN, BLOCKED, QUOTA_USED, RATE_LIMITED, WINDOW_OVER

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://open.douyin.com"
KINDS = {
    "image": "image",
    "user_local_image": "image",
    "video": "video",
    "user_local_video": "video",
    "emoji": "sticker",
}
TOKEN_ENDED = frozenset({28001003, 28001008, 28001016})
REPLY, WELCOME = "im_reply_msg", "im_enter_direct_msg"  # scenes of a send
ENDS_SOON_S = 5 * DAY_S
LOOKED_AFTER_S = 6 * 3600.0
REFRESH_S = 30 * DAY_S
NEVER = {
    28001008: ACCOUNT_BROKEN,
    28001015: ACCOUNT_BROKEN,
    28001018: ACCOUNT_BROKEN,
    28001012: BLOCKED,
    28003017: QUOTA_USED,
    28003019: WINDOW_OVER,
}
LATER = {28001005: 5.0, 28001006: 5.0, 28003018: 10.0, 28003070: 60.0}


class DouyinOptions(ChannelOptions):
    """From the app's console; ``open_id`` and ``refresh_token`` (or only ``token``) of the account that answers."""

    SECRETS = frozenset({"client_secret", "token", "refresh_token"})
    client_key: str = Field(min_length=1)
    client_secret: str = Field(min_length=8)
    open_id: str = Field(min_length=1)
    token: str = Field(default="", pattern=r"^(.{8,})?$")
    refresh_token: str = Field(default="", pattern=r"^(.{8,})?$")

    @model_validator(mode="after")
    def _has_a_token(self) -> DouyinOptions:
        if not self.token and not self.refresh_token:
            raise ValueError("token or refresh_token is needed: of the account that answers")
        return self


class Douyin(Channel):
    """One account."""

    type = "douyin"
    signed_with = "client_secret"
    Options = DouyinOptions
    EXAMPLE_OPTIONS = {
        "client_key": "aw0123456789abcd",
        "client_secret": "$(env.DOUYIN_SECRET)",
        "open_id": "operator-open-id",
        "token": "$(env.DOUYIN_TOKEN)",
    }
    EXAMPLE_SECRETS = {"DOUYIN_SECRET": "test_client_secret", "DOUYIN_TOKEN": "user-access-token"}
    capabilities = Capabilities(
        text_cap=1000, grants={"message": Grant(DAY_S, 6), "enter": Grant(30.0, 1)}, pulls_every_s=LOOKED_AFTER_S
    )
    example = Delivery(
        external_key="k",
        address="customer-1",
        body='{"event":"im_receive_msg","from_user_id":"customer-1","to_user_id":"operator-open-id","content":'
        '{"conversation_short_id":"7","server_message_id":"m1","message_type":"text","text":"在吗","create_time":1}}'.encode(),
    )

    def receive(self, request: Request, account: Account) -> Received:
        """The handshake is a signed POST like any other."""
        digest = hashlib.sha1(account.options.client_secret.encode() + request.body).hexdigest()
        if not hmac.compare_digest(request.header("X-Douyin-Signature").encode("utf-8", "replace"), digest.encode()):
            raise Forged("signature")
        body = json_object(request.body)
        name = text(body.get("event"))
        if not name:
            raise Malformed("no event")
        if name == "verify_webhook":
            challenge = content_of(body).get("challenge")
            return Received(body=json.dumps({"challenge": challenge}).encode(), content_type="application/json")
        content = content_of(body)
        key = text(content.get("server_message_id")) or request.header("Msg-Id")
        if name == "im_message_read":  # tells of the newest that was read: the same message may be told more than once
            key = ":".join(text(content.get(one)) for one in ("conversation_short_id", "index")) + f":{key}"
        whose = text(body.get("to_user_id" if name == "im_send_msg" else "from_user_id"))
        key = f"{name}:{key}" if key.strip(":") else hashlib.sha256(request.body).hexdigest()
        if _is_ours(name, body, account):
            return Received((Delivery(key, whose, request.body),))
        return Received((Delivery(key, "", request.body, whose=_our_side(name, body)),))

    def own_id(self, account: Account) -> str:
        """The app's one webhook brings the messages of every account that allowed it."""
        return str(account.options.open_id)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """Messages of customers, echoes of answers given in the app, recalls, entries."""
        body = json_object(raw.body)
        name = text(body.get("event"))
        if not _is_ours(name, body, account):
            return [InboundEvent(kind=Kind.UNKNOWN, address="", event=name[:40])]
        if name == "im_message_read":
            return [_read(content_of(body), raw)]
        return [_event(name, content_of(body), raw.address, account)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A reply to the customer's newest message: its id and conversation are both in what we kept of it. Or the
        greeting of who has opened the conversation and said nothing."""
        conversation, _, message = outgoing.last_inbound.partition("/")
        body = {
            "scene": text(outgoing.last_facts.get("scene")) or REPLY,
            "content": {"msg_type": 1, "text": {"text": outgoing.text}},
            "msg_id": message,
            "conversation_id": conversation,
            "to_user_id": outgoing.address,
        }

        def work(token: str) -> SendResult:
            url, asked = f"{account.api(API)}/im/send/msg/", {"open_id": account.options.open_id}
            answer = tools.ask(account, "POST", url, params=asked, headers={"access-token": token}, json_body=body)
            code = integer(mapping(answer.json_object().get("data")).get("error_code"))
            if code in TOKEN_ENDED and account.options.refresh_token:
                raise TokenRefused(f"{code}")
            return _judged(answer)

        if not account.options.refresh_token:
            return work(account.options.token)
        return tools.with_token(account, lambda: _refreshed(account, tools)[0], work)

    def pull(self, account: Account, tools: Tools, cursor: str, nudge: str = "") -> Page:
        """Nothing waits there; but the permission is looked after: the cursor is the refresh token in use, and its
        end."""
        given = account.options.refresh_token
        if not given:
            return Page((), "-")
        word, ends_at = _in_use(given, cursor)
        now = tools.clock()
        if ends_at is None:
            left_s = _ends_in(account, tools)
            ends_at = now + (REFRESH_S if left_s is None else left_s)
        if ends_at - now < ENDS_SOON_S and (renewed := _renewed(account, tools, word)) is not None:
            word, ends_at = renewed[0], now + renewed[1]
        return Page((), f"{_mark(given)} {int(ends_at)} {word}")

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the account's permission is still good, and for how long."""
        if not account.options.refresh_token:
            return ["without refresh_token the token ends after 15 days; put the account's refresh_token there too"]
        left_s = _refreshed(account, tools)[1]
        if left_s is not None and left_s < ENDS_SOON_S:
            return [f"the account's permission ends in {int(left_s // DAY_S)} days; let it authorise the app again"]
        return []


def _refreshed(account: Account, tools: Tools) -> tuple[Token, float | None]:
    """A new access token, and how long the refresh token in use is good for."""
    options: DouyinOptions = account.options
    word, _ = _in_use(options.refresh_token, tools.cursor(account))
    form = {"client_key": options.client_key, "grant_type": "refresh_token", "refresh_token": word}
    answer = tools.ask(account, "POST", f"{account.api(API)}/oauth/refresh_token/", form=form)
    told = mapping(answer.json_object().get("data"))
    value, lives_s = text(told.get("access_token")), integer(told.get("expires_in"))
    if not value or not lives_s:
        why = f"{text(told.get('error_code'))} {text(told.get('description'))}".strip()
        mend = "check client_key, or let the account authorise the app again"
        raise no_token(answer, integer(told.get("error_code")), f"refresh_token: {why}; {mend}")
    return Token(value, float(lives_s)), number(told.get("refresh_expires_in"))


def _ends_in(account: Account, tools: Tools) -> float | None:
    """How long the refresh token is good for, told with an access token, which serves all who send."""
    told: list[float | None] = []

    def fetch() -> Token:
        token, left_s = _refreshed(account, tools)
        told.append(left_s)
        return token

    token = tools.tokens.get(account.name, fetch)
    if not told:
        tools.tokens.get(account.name, fetch, refused=token)
    return told[-1]


def _renewed(account: Account, tools: Tools, word: str) -> tuple[str, float] | None:
    """Another refresh token, and for how long; None where Douyin gives no more."""
    form = {"client_key": account.options.client_key, "refresh_token": word}
    answer = tools.ask(account, "POST", f"{account.api(API)}/oauth/renew_refresh_token/", form=form)
    told = mapping(answer.json_object().get("data"))
    renewed, lives_s = text(told.get("refresh_token")), number(told.get("expires_in"))
    if renewed and lives_s:
        return renewed, lives_s
    if answer.status == 429 or answer.status >= 500 or not told:
        raise Unreachable(f"renew_refresh_token: {answer.status}", may_have_arrived=True)
    return None


def _in_use(given: str, cursor: str) -> tuple[str, float | None]:
    """The refresh token that took the place of the ``given`` one, and its end; None: nothing was asked of it yet."""
    mark, _, rest = cursor.partition(" ")
    ends_at, _, word = rest.partition(" ")
    if mark != _mark(given) or not word:
        return given, None
    return word, number(ends_at)


def _mark(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()[:16]


def _is_ours(name: str, body: dict[str, Any], account: Account) -> bool:
    """Whether it is of the account that answers: the app's webhook brings those of every account that allowed it."""
    return _our_side(name, body) in ("", account.options.open_id)


def _our_side(name: str, body: dict[str, Any]) -> str:
    return text(body.get("from_user_id" if name == "im_send_msg" else "to_user_id"))


def _read(content: dict[str, Any], raw: RawEvent) -> InboundEvent:
    """Douyin tells the ``index`` of the newest message that was read: all that went before it are read too. Of ours we
    know when they went, so the instant stands for the index."""
    at = instant(content.get("create_time"))
    until = raw.received_at if at is None else at
    return InboundEvent(kind=Kind.RECEIPT, address=raw.address, receipt="read", until=until)


def content_of(body: dict[str, Any]) -> dict[str, Any]:
    """``content`` is an object in some documents and a string of JSON in others."""
    content = body.get("content")
    return json_object(content.encode("utf-8", "replace")) if isinstance(content, str) else mapping(content)


def _event(name: str, content: dict[str, Any], address: str, account: Account) -> InboundEvent:
    conversation, message = text(content.get("conversation_short_id")), text(content.get("server_message_id"))
    people = [mapping(one) for one in sequence(content.get("user_infos"))]
    nickname = next((text(one.get("nick_name")) for one in people if text(one.get("open_id")) == address), "")
    common: dict[str, Any] = {
        "address": address,
        "language": "zh",
        "name": nickname[:80],
        "at": instant(content.get("create_time")),
        "turn": (integer(content.get("index")) or 0) % 1000 / 1e6,
        "provider_id": f"{conversation}/{message}" if message else "",
    }
    if name == "im_receive_msg":
        return _message(content, common)
    if name == "im_send_msg":
        is_ours = text(content.get("source")) == account.options.client_key
        if is_ours:
            return InboundEvent(kind=Kind.RECEIPT, receipt="sent", text=text(content.get("text")), **common)
        return InboundEvent(kind=Kind.ECHO, text=text(content.get("text")), **common)
    if name == "im_recall_msg":
        return InboundEvent(kind=Kind.RECALLED, **common)
    if name == "im_enter_direct_msg":
        entry = (Attachment(kind="entry", facts={"scene": WELCOME}),)
        return InboundEvent(kind=Kind.EVENT, event="enter", attachments=entry, **common)
    return InboundEvent(kind=Kind.UNKNOWN, event=name[:40], **common)


def _message(content: dict[str, Any], common: dict[str, Any]) -> InboundEvent:
    kind = text(content.get("message_type"))
    words = text(content.get("text")) if kind == "text" else ""
    attachments: tuple[Attachment, ...] = ()
    if kind in KINDS:  # web apps get no address for it: it can be seen in the app only
        attachments = (Attachment(kind=KINDS[kind], facts={"title": "仅可在抖音中查看 / shown in Douyin only"}),)
    known = Kind.TEXT if words or attachments else Kind.UNKNOWN
    return InboundEvent(kind=known, text=words, attachments=attachments, **common)


def _judged(answer: Answer) -> SendResult:
    """``data.error_code`` 0 has taken it."""
    odd = stumble(answer)
    if odd is not None:
        return odd
    told = mapping(answer.json_object().get("data"))
    code, why = number(told.get("error_code")), text(told.get("description"))
    if code is None:
        return SendResult(SendState.UNKNOWN, error="no-answer", detail=why)
    if code == 0:
        return SendResult(SendState.SENT)
    if int(code) in LATER:
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=LATER[int(code)], detail=why)
    return SendResult(SendState.FAILED, error=NEVER.get(int(code), f"douyin-{int(code)}"), detail=f"{code} {why}")
