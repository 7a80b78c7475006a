"""Facebook Messenger pages (and Instagram, which speaks the same).

Owns: pages' events one by one, echoes of answers given elsewhere, watermarks, sending with the 24-hour window.
Source: developers.facebook.com/docs/messenger-platform. Not here: Meta's handshake,
signature and Graph errors (``whatsapp_meta``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eslapp.outside import Answer
from eslapp.store.inbox import RawEvent

from .answers import fetched, stumble
from .base import (
    DAY_S,
    MIB,
    PICTURES,
    READ,
    TYPING,
    Account,
    Attachment,
    Capabilities,
    Channel,
    Delivery,
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
    Takes,
)
from .reading import instant, integer, json_object, mapping, number, sequence, text
from .refusals import ACCOUNT_BROKEN, BAD_ADDRESS, BLOCKED, RATE_LIMITED, WINDOW_OVER
from .whatsapp_meta import MetaOptions, bearer, greeted, proved, refusal, wrong_secret

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://graph.facebook.com/v23.0"
FILE_CAP = 20 * 1024 * 1024
QUICK_REPLIES = 13
FILES = frozenset({"image", "audio", "video", "file"})
LATER = frozenset({4, 32, 613})
PASSING = frozenset({1, 2})  # "temporary", "service": nothing is said of the message
GRANT = Grant(DAY_S, person_within_s=7 * DAY_S)  # the tag HUMAN_AGENT, which Meta allows the app on request
PAGES = frozenset({"page", "instagram"})


class MessengerOptions(MetaOptions):
    """``page_id`` of the page; ``app_id`` of our app, by which echoes of our own messages are known."""

    page_id: str = Field(pattern=r"^[0-9]{5,20}$")
    app_id: str = Field(default="", pattern=r"^[0-9]*$")


class Messenger(Channel):
    """One page."""

    type = "messenger"
    signed_with = "app_secret"
    Options = MessengerOptions
    EXAMPLE_OPTIONS = {
        "page_id": "1906385232743451",
        "app_id": "1517776481860111",
        "app_secret": "$(env.META_APP_SECRET)",
        "token": "$(env.PAGE_TOKEN)",
        "verify_token": "$(env.META_VERIFY_TOKEN)",
    }
    EXAMPLE_SECRETS = {"META_APP_SECRET": "app-secret", "PAGE_TOKEN": "page-token", "META_VERIFY_TOKEN": "verify-me"}
    capabilities = Capabilities(
        text_cap=2000,
        has_buttons=True,
        has_receipts=True,
        grants={"message": GRANT, "start": GRANT},
        signals=frozenset({READ, TYPING}),
        sends=FILES,
        takes={
            "image": Takes(PICTURES | {"image/gif"}, 8 * MIB, "image/jpeg"),
            "audio": Takes(frozenset({"audio/mpeg", "audio/mp4", "audio/wav"}), 25 * MIB, "audio/mpeg"),
            "video": Takes(frozenset({"video/mp4"}), 25 * MIB),
        },
    )
    example = Delivery(
        external_key="m_1457764197618",
        address="5504332612984142",
        body=b'{"sender":{"id":"5504332612984142"},"recipient":{"id":"1906385232743451"},"timestamp":1458692752478,'
        b'"message":{"mid":"m_1457764197618","text":"Where is my order?"}}',
    )

    def receive(self, request: Request, account: Account) -> Received:
        """Each event of each entry by itself; events of other pages of the app are not ours."""
        if request.method == "GET":
            return greeted(request, account)
        proved(request, account)
        body = json_object(request.body)
        if text(body.get("object")) not in PAGES or not isinstance(body.get("entry"), list):
            raise Malformed("no page's entry")
        return Received(tuple(_deliveries(body, account.options.page_id)))

    def own_id(self, account: Account) -> str:
        """Meta has one URL for all pages of an app."""
        return str(account.options.page_id)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """Messages, button presses, echoes, receipts."""
        event = json_object(raw.body)
        told = [text(one) for one in sequence(mapping(event.get("delivery")).get("mids"))]
        named = [
            InboundEvent(kind=Kind.RECEIPT, address=raw.address, receipt="delivered", provider_id=one)
            for one in told
            if one
        ]
        return [*named, _event(event, raw.address, account)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A file, or words with quick replies, as a response within the window, or a person's answer within seven
        days."""
        kind = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if outgoing.is_late else {}
        common = {"recipient": {"id": outgoing.address}, "messaging_type": "RESPONSE", **kind}
        url = f"{account.api(API)}/{account.options.page_id}/messages"
        for file in outgoing.files:
            form: dict[str, Any] = {
                **common,
                "recipient": json.dumps(common["recipient"]),
                "message": json.dumps({"attachment": {"type": file.kind, "payload": {}}}),
                "filedata": (file.name or "file", file.content, file.content_type),
            }
            return _judged(tools.ask(account, "POST", url, headers=bearer(account), multipart=form, within_s=25.0))
        message: dict[str, Any] = {"text": outgoing.question}
        if 0 < len(outgoing.options) <= QUICK_REPLIES:
            message["quick_replies"] = [
                {"content_type": "text", "title": label[:20], "payload": key} for key, label in outgoing.options
            ]
        elif outgoing.options:
            message["text"] = outgoing.text
        body = {**common, "message": message}
        return _judged(tools.ask(account, "POST", url, headers=bearer(account), json_body=body))

    def signal(self, signal: str, address: str, newest: str, account: Account, tools: Tools) -> None:
        """A sender action; typing ends by itself after 20 s, or with a message."""
        body = {"recipient": {"id": address}, "sender_action": "mark_seen" if signal == READ else "typing_on"}
        url = f"{account.api(API)}/{account.options.page_id}/messages"
        tools.ask(account, "POST", url, headers=bearer(account), json_body=body, within_s=3.0)

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """The address in the event; it expires."""
        answer = fetched(tools.ask(account, "GET", attachment.ref, cap=FILE_CAP, within_s=60.0, redirects=2))
        kind = answer.headers.get("content-type", "")
        return OutboundFile(kind=attachment.kind, name=attachment.name, content_type=kind, content=answer.body)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the page still delivers to us: Meta unsubscribes apps that did not answer for long."""
        url = f"{account.api(API)}/{account.options.page_id}/subscribed_apps"
        answer = tools.ask(account, "GET", url, headers=bearer(account))
        if not answer.is_good:
            code, why = refusal(answer)
            if code == 190:
                return ["Meta refuses the page's token; make a new one in the app's Messenger settings"]
            return [f"Meta does not know page_id {account.options.page_id} ({why}); take it from the page's settings"]
        if not answer.json_object().get("data"):
            return ["no app is subscribed to the page; add the webhook again and subscribe the page"]
        return wrong_secret(url, account, tools)


def _deliveries(body: dict[str, Any], page: str) -> Iterator[Delivery]:
    for entry in map(mapping, sequence(body.get("entry"))):
        if text(entry.get("id")) not in ("", page):  # another page of the same app: kept as it came
            raw = _written({"elsewhere": entry})
            yield Delivery(hashlib.sha256(raw).hexdigest(), "", raw, whose=text(entry.get("id")))
            continue
        aside = [{"standby": one} for one in sequence(entry.get("standby"))]  # another app answers: kept
        aside += [{"change": one, "at": entry.get("time")} for one in sequence(entry.get("changes"))]
        for event in aside:
            yield Delivery(hashlib.sha256(_written(event)).hexdigest(), "", _written(event))
        for event in map(mapping, sequence(entry.get("messaging"))):
            is_echo = mapping(event.get("message")).get("is_echo") is True
            whose = mapping(event.get("recipient" if is_echo else "sender"))
            raw = _written(event)
            yield Delivery(_identity(event) or hashlib.sha256(raw).hexdigest(), text(whose.get("id")), raw)


def _written(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def _identity(event: dict[str, Any]) -> str:
    """The message's id; what takes a message back has the same one and is another event."""
    message = mapping(event.get("message"))
    identity = text(message.get("mid")) or text(mapping(event.get("postback")).get("mid"))
    return f"{identity}:deleted" if identity and message.get("is_deleted") is True else identity


def _event(event: dict[str, Any], address: str, account: Account) -> InboundEvent:
    common: dict[str, Any] = {"address": address, "at": instant(event.get("timestamp"))}
    message = mapping(event.get("message"))
    if message:
        return _message(message, common, account)
    if "postback" in event:
        pressed = mapping(event["postback"])
        payload = text(pressed.get("payload"))
        if payload == "GET_STARTED":
            return InboundEvent(kind=Kind.EVENT, event="start", **common)
        identity = text(pressed.get("mid"))
        return InboundEvent(kind=Kind.TEXT, text=payload or text(pressed.get("title")), provider_id=identity, **common)
    edited = mapping(event.get("message_edit"))
    if text(edited.get("mid")):
        return InboundEvent(kind=Kind.EDITED, text=text(edited.get("text")), provider_id=text(edited["mid"]), **common)
    liked = mapping(event.get("reaction"))
    if text(liked.get("emoji")) and text(liked.get("action")) == "react":
        return InboundEvent(kind=Kind.TEXT, text=text(liked["emoji"]), reply_to=text(liked.get("mid")), **common)
    for name, state in (("delivery", "delivered"), ("read", "read")):
        watermark = number(mapping(event.get(name)).get("watermark"))
        if watermark is not None:
            return InboundEvent(kind=Kind.RECEIPT, receipt=state, until=watermark / 1000, **common)
    return InboundEvent(kind=Kind.UNKNOWN, **common)


def _message(message: dict[str, Any], common: dict[str, Any], account: Account) -> InboundEvent:
    words = text(mapping(message.get("quick_reply")).get("payload")) or text(message.get("text"))
    attachments = tuple(_attachments(message))
    common |= {
        "provider_id": text(message.get("mid")),
        "reply_to": text(mapping(message.get("reply_to")).get("mid")),
    }
    if message.get("is_echo") is True:
        is_ours = bool(account.options.app_id) and text(message.get("app_id")) == account.options.app_id
        if is_ours:  # told back to us: it has been sent
            return InboundEvent(kind=Kind.RECEIPT, receipt="sent", text=words, **common)
        return InboundEvent(kind=Kind.ECHO, text=words, **common)
    if message.get("is_deleted") is True:
        return InboundEvent(kind=Kind.RECALLED, **common)
    if not words and not attachments:
        return InboundEvent(kind=Kind.UNKNOWN, **common)
    return InboundEvent(kind=Kind.TEXT, text=words, attachments=attachments, **common)


def _attachments(message: dict[str, Any]) -> Iterator[Attachment]:
    for one in map(mapping, sequence(message.get("attachments"))[:20]):
        kind, payload = text(one.get("type")), mapping(one.get("payload"))
        if kind in FILES and text(payload.get("url")):
            yield Attachment(kind=kind, ref=text(payload["url"])[:2000])
        elif kind == "location":
            place = mapping(payload.get("coordinates"))
            yield Attachment(kind="location", facts={"latitude": place.get("lat"), "longitude": place.get("long")})
        elif kind in ("fallback", "template"):
            facts = {"title": text(one.get("title") or payload.get("title")), "url": text(one.get("url"))[:500]}
            yield Attachment(kind="link", facts=facts)


def _judged(answer: Answer) -> SendResult:
    """Meta's error codes for pages."""
    said = answer.json_object()
    error = mapping(said.get("error"))
    if not error:
        odd = stumble(answer)
        return odd if odd is not None else SendResult(SendState.SENT, provider_id=text(said.get("message_id")))
    code, sub = integer(error.get("code")) or 0, integer(error.get("error_subcode")) or 0
    why = f"{code}/{sub} {text(error.get('message'))}"
    if code in LATER or answer.status == 429:
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=30.0, detail=why)
    if code in PASSING or answer.status >= 500:  # Meta stumbled: it may have been taken
        return SendResult(SendState.UNKNOWN, error="no-answer", detail=why)
    if sub == 2018278:
        known = WINDOW_OVER
    elif sub == 2018001:
        known = BAD_ADDRESS
    else:
        known = {551: BLOCKED, 190: ACCOUNT_BROKEN, 10: ACCOUNT_BROKEN, 200: ACCOUNT_BROKEN}.get(code, f"meta-{code}")
    return SendResult(SendState.FAILED, error=known, detail=why)
