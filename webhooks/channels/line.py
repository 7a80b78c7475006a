"""LINE official accounts: signed events in, push messages out.

Owns: the signature over the raw body, events of a request one by one, push with a retry key. Source:
developers.line.biz/en/reference/messaging-api.
Not here: reply tokens (they live about a minute: an agent rarely answers so fast, so we push).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import Field

from eslapp.outside import Answer, Unreachable
from eslapp.store.inbox import RawEvent

from . import hook_address
from .answers import fetched, stumble
from .base import (
    MIB,
    PICTURES,
    Account,
    Attachment,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    Forged,
    InboundEvent,
    Kind,
    Malformed,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
    Takes,
)
from .reading import instant, integer, json_object, mapping, sequence, text
from .refusals import ACCOUNT_BROKEN, BAD_ADDRESS, QUOTA_USED, RATE_LIMITED

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://api.line.me"
CONTENT = "https://api-data.line.me"
FILE_CAP = 20 * 1024 * 1024
NEARLY = 0.9
BUTTONS = 13  # quick replies of one message
OURS = uuid.UUID("6b1f0f5e-7d5c-4f0e-9a3b-2f6b1c9f7a10")  # retry keys are made of our message ids in this space
KINDS = {"image": "image", "video": "video", "audio": "audio", "file": "file"}
EVENTS = {"follow": "follow", "unfollow": "unfollow"}


class LineOptions(ChannelOptions):
    """From the LINE Developers console."""

    SECRETS = frozenset({"secret", "old_secret", "token"})
    secret: str = Field(min_length=8)
    old_secret: str = Field(default="", pattern=r"^(.{8,})?$")  # good too while it is being changed
    token: str = Field(min_length=8)  # the channel access token
    bot: str = Field(default="", pattern=r"^(U[0-9a-f]{32})?$")  # "destination": where several bots have one URL


class Line(Channel):
    """One-to-one chats with an official account."""

    type = "line"
    Options = LineOptions
    EXAMPLE_OPTIONS = {"secret": "$(env.LINE_SECRET)", "token": "$(env.LINE_TOKEN)"}
    EXAMPLE_SECRETS = {"LINE_SECRET": "channel-secret", "LINE_TOKEN": "channel-token"}
    capabilities = Capabilities(
        text_cap=5000,
        has_buttons=True,
        is_idempotent=True,
        sends=frozenset({"image"}),  # videos want a picture of theirs too, sounds their length
        takes={"image": Takes(PICTURES, MIB, "image/jpeg")},  # one address for the picture and its preview
        is_fetching=True,
    )
    example = Delivery(
        external_key="01FZ74A0TDDPYRVKNK77XKC3ZR",
        address="U4af4980629",
        body=b'{"type":"message","mode":"active","timestamp":1462629479859,"source":{"type":"user","userId":'
        b'"U4af4980629"},"webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR","deliveryContext":{"isRedelivery":false},'
        b'"message":{"id":"444573844083572737","type":"text","text":"Where is my order?"}}',
    )

    def receive(self, request: Request, account: Account) -> Received:
        """Every event of the request by itself, in LINE's order."""
        given = request.header("X-Line-Signature").encode("utf-8", "replace")
        secrets = [one for one in (account.options.secret, account.options.old_secret) if one]
        digests = [hmac.new(one.encode(), request.body, hashlib.sha256).digest() for one in secrets]
        if not any([hmac.compare_digest(given, base64.b64encode(one)) for one in digests]):
            raise Forged("signature")
        body = json_object(request.body)
        if not isinstance(body.get("events"), list):
            raise Malformed("no events")
        found = sorted(map(mapping, body["events"]), key=lambda one: integer(one.get("timestamp")) or 0)
        whose = text(body.get("destination"))
        if account.options.bot and whose not in ("", account.options.bot):
            return Received(tuple(replace(_delivery({"elsewhere": one}), whose=whose) for one in found))
        return Received(tuple(_delivery(one) for one in found))

    def own_id(self, account: Account) -> str:
        """Bots may have one URL, each with its own secret."""
        return str(account.options.bot)

    def claimed(self, request: Request) -> str:
        """The bot that was written to."""
        return text(json_object(request.body).get("destination"))

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """Messages, button presses, follows, and messages taken back."""
        return [_event(json_object(raw.body), raw.address)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A push; LINE drops a repeat of the same retry key for a day and says 409."""
        headers = {
            "Authorization": f"Bearer {account.options.token}",
            "X-Line-Retry-Key": str(uuid.uuid5(OURS, f"{outgoing.message}-{outgoing.key}")),
        }
        body = {"to": outgoing.address, "messages": [_shown(outgoing)]}
        url = f"{account.api(API)}/v2/bot/message/push"
        return _judged(tools.ask(account, "POST", url, headers=headers, json_body=body))

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """By message id; LINE deletes it after a while."""
        if attachment.ref.startswith("https://"):  # kept elsewhere, by whoever sent it
            answer = fetched(tools.ask(account, "GET", attachment.ref, cap=FILE_CAP, within_s=60.0, redirects=2))
            return OutboundFile(
                kind=attachment.kind,
                name=attachment.name,
                content_type=answer.headers.get("content-type", ""),
                content=answer.body,
            )
        base = account.options.api.rstrip("/") or CONTENT
        headers = {"Authorization": f"Bearer {account.options.token}"}
        url = f"{base}/v2/bot/message/{attachment.ref}/content"
        answer = fetched(tools.ask(account, "GET", url, headers=headers, cap=FILE_CAP, within_s=60.0))
        if answer.status == 202:
            raise Unreachable("LINE is still preparing it", may_have_arrived=True)
        kind = answer.headers.get("content-type", "")
        return OutboundFile(kind=attachment.kind, name=attachment.name, content_type=kind, content=answer.body)

    def called(self, address: str, account: Account, tools: Tools) -> str:
        """The name in their profile."""
        headers = {"Authorization": f"Bearer {account.options.token}"}
        answer = tools.ask(account, "GET", f"{account.api(API)}/v2/bot/profile/{quote(address)}", headers=headers)
        if answer.status == 429 or answer.status >= 500:
            raise Unreachable(f"profile: {answer.status}", may_have_arrived=False)
        return text(answer.json_object().get("displayName"))[:80]

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the token is taken and the webhook is ours and switched on."""
        headers = {"Authorization": f"Bearer {account.options.token}"}
        answer = tools.ask(account, "GET", f"{account.api(API)}/v2/bot/channel/webhook/endpoint", headers=headers)
        if answer.status == 401:
            return ["the channel access token is refused; issue a new one in the LINE Developers console"]
        found = answer.json_object()
        problems, told = [], text(found.get("endpoint"))
        if not hook_address.is_ours(told, account, tools):
            problems.append(f"the webhook is {told or 'not set'}; set it to {hook_address.wanted(account, tools)}")
        if found.get("active") is not True:
            problems.append("the webhook is switched off; switch on 'Use webhook' and 'Webhook redelivery'")
        return (problems or self._tried(account, tools)) + self._month(account, tools)

    def _month(self, account: Account, tools: Tools) -> list[str]:
        """Whether this month's messages are nearly used: every answer of ours is one."""
        headers = {"Authorization": f"Bearer {account.options.token}"}
        url = f"{account.api(API)}/v2/bot/message/quota"
        most = integer(tools.ask(account, "GET", url, headers=headers).json_object().get("value"))
        used = integer(tools.ask(account, "GET", f"{url}/consumption", headers=headers).json_object().get("totalUsage"))
        if most is None or used is None or used < most * NEARLY:
            return []
        return [f"{used} of this month's {most} messages are used; then nothing goes out: take a larger plan in time"]

    def _tried(self, account: Account, tools: Tools) -> list[str]:
        """LINE tries the webhook for us: an empty delivery, signed like any."""
        headers = {"Authorization": f"Bearer {account.options.token}"}
        url = f"{account.api(API)}/v2/bot/channel/webhook/test"
        said = tools.ask(account, "POST", url, headers=headers, json_body={}, within_s=15.0).json_object()
        if said.get("success") is not False:
            return []
        if integer(said.get("statusCode")) == 403:
            return ["we refuse what LINE delivers; secret is not the channel secret of the LINE Developers console"]
        why = f"{text(said.get('reason'))} {text(said.get('statusCode'))}".strip()
        return [f"LINE cannot deliver: {why}; is this site reachable by https from outside?"]


def _delivery(event: dict[str, Any]) -> Delivery:
    body = json.dumps(event, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    key = text(event.get("webhookEventId")) or hashlib.sha256(body).hexdigest()
    return Delivery(key, text(mapping(event.get("source")).get("userId")), body)


def _event(event: dict[str, Any], address: str) -> InboundEvent:
    source = mapping(event.get("source"))
    common: dict[str, Any] = {
        "address": address or text(source.get("userId")),
        "at": instant(event.get("timestamp")),
    }
    kind = text(event.get("type"))
    if text(source.get("type")) != "user" or text(event.get("mode")) == "standby":
        return InboundEvent(kind=Kind.UNKNOWN, **common)
    if kind in EVENTS:
        return InboundEvent(kind=Kind.EVENT, event=EVENTS[kind], **common)
    if kind == "unsend":
        return InboundEvent(
            kind=Kind.RECALLED, provider_id=text(mapping(event.get("unsend")).get("messageId")), **common
        )
    if kind == "postback":
        words = text(mapping(event.get("postback")).get("data"))
        return InboundEvent(kind=Kind.TEXT, text=words, provider_id=text(event.get("webhookEventId")), **common)
    if kind == "message":
        return _message(mapping(event.get("message")), common)
    return InboundEvent(kind=Kind.UNKNOWN, **common)


def _message(message: dict[str, Any], common: dict[str, Any]) -> InboundEvent:
    identity = text(message.get("id"))
    attachments = tuple(_attachments(message, identity))
    words = text(message.get("text"))
    reply_to = text(message.get("quotedMessageId"))
    kind = Kind.TEXT if words or attachments else Kind.UNKNOWN
    return InboundEvent(
        kind=kind, text=words, attachments=attachments, provider_id=identity, reply_to=reply_to, **common
    )


def _attachments(message: dict[str, Any], identity: str) -> Iterator[Attachment]:
    kind = text(message.get("type"))
    if kind in KINDS and identity:
        place = mapping(message.get("contentProvider"))
        elsewhere = text(place.get("originalContentUrl"))[:2000] if text(place.get("type")) == "external" else ""
        ref = elsewhere if elsewhere.startswith("https://") else identity
        yield Attachment(kind=KINDS[kind], ref=ref, name=text(message.get("fileName"))[:120])
    elif kind == "sticker":
        words = ", ".join(text(one) for one in sequence(message.get("keywords"))[:5])
        facts = {"package": text(message.get("packageId")), "id": text(message.get("stickerId")), "title": words}
        yield Attachment(kind="sticker", facts=facts)
    elif kind == "location":
        facts = {name: message.get(name) for name in ("latitude", "longitude")}
        facts |= {"title": text(message.get("title")), "description": text(message.get("address"))}
        yield Attachment(kind="location", facts=facts)


def _judged(answer: Answer) -> SendResult:
    """409 is: taken already. 429 is too fast, or the month's messages are used."""
    if answer.status == 409:
        return SendResult(SendState.SENT, provider_id=_sent_id(answer))
    odd = stumble(answer)
    if odd is not None:
        return odd
    said = answer.json_object()
    why = text(said.get("message"))
    if answer.is_good:
        return SendResult(SendState.SENT, provider_id=_sent_id(answer))
    if answer.status == 429:
        if "monthly" in why.lower():
            return SendResult(SendState.FAILED, error=QUOTA_USED, detail=why)
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=10.0, detail=why)
    known = {400: BAD_ADDRESS, 401: ACCOUNT_BROKEN, 403: ACCOUNT_BROKEN}.get(answer.status, f"line-{answer.status}")
    return SendResult(SendState.FAILED, error=known, detail=why)


def _shown(outgoing: OutboundText) -> dict[str, Any]:
    """A picture, or words with quick replies."""
    for file in outgoing.files:
        return {"type": "image", "originalContentUrl": file.url, "previewImageUrl": file.url}
    message: dict[str, Any] = {"type": "text", "text": outgoing.question}
    if 0 < len(outgoing.options) <= BUTTONS:
        items = [
            {"type": "action", "action": {"type": "message", "label": label[:20], "text": key}}
            for key, label in outgoing.options
        ]
        message["quickReply"] = {"items": items}
    elif outgoing.options:
        message["text"] = outgoing.text
    return message


def _sent_id(answer: Answer) -> str:
    sent = sequence(answer.json_object().get("sentMessages"))
    return text(mapping(sent[0] if sent else None).get("id"))
