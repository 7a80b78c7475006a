"""Telegram bots: updates by webhook, answers by the Bot API.

Owns: the secret header, updates and their meaning, the Bot API's errors. Source: core.telegram.org/bots/api.
Not here: albums as one message (each item is an update of its own and arrives as such).

The body is not signed: the secret header is all there is, so the address of the hook is not published either.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eslapp.outside import Answer, Unreachable
from eslapp.store.inbox import RawEvent

from ..pace import Pace
from . import hook_address
from .access import Gone
from .answers import fetched, stumble
from .base import (
    MIB,
    PICTURES,
    TYPING,
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
from .refusals import ACCOUNT_BROKEN, BAD_ADDRESS, BLOCKED, RATE_LIMITED, TOO_LONG

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://api.telegram.org"
PRESSED = "q"  # before the id of a callback query, which is no message's
FILE_CAP = 20 * 1024 * 1024  # the Bot API gives no larger ones
FILES = {"voice": "audio", "audio": "audio", "video": "video", "video_note": "video", "document": "file"}
TURNS = 1_000_000  # messages of a chat that have each a turn of their own in one second
SENDERS = {"image": ("sendPhoto", "photo"), "audio": ("sendAudio", "audio"), "video": ("sendVideo", "video")}


class TelegramOptions(ChannelOptions):
    """``token`` of the bot from @BotFather; ``secret`` the one given to setWebhook."""

    SECRETS = frozenset({"token", "secret"})
    token: str = Field(pattern=r"^[0-9]+:[A-Za-z0-9_-]{20,}$")
    secret: str = Field(pattern=r"^[A-Za-z0-9_-]{16,256}$")


class Telegram(Channel):
    """Private chats with a bot."""

    type = "telegram"
    Options = TelegramOptions
    EXAMPLE_OPTIONS = {"token": "$(env.TELEGRAM_TOKEN)", "secret": "$(env.TELEGRAM_SECRET)"}
    EXAMPLE_SECRETS = {"TELEGRAM_TOKEN": "123456:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc", "TELEGRAM_SECRET": "s" * 32}
    capabilities = Capabilities(
        text_cap=4096,
        has_buttons=True,
        pace=Pace(1.0),
        signals=frozenset({TYPING}),
        sends=frozenset({"image", "audio", "video", "file"}),
        takes={"image": Takes(PICTURES, 10 * MIB, "image/jpeg")},
    )
    example = Delivery(
        external_key="10000",
        address="1111111",
        body=b'{"update_id":10000,"message":{"message_id":1365,"date":1441645532,"chat":{"id":1111111,"type":"private"},'
        b'"from":{"id":1111111,"is_bot":false,"first_name":"Ada","language_code":"en"},"text":"Where is my order?"}}',
    )

    def receive(self, request: Request, account: Account) -> Received:
        """One update a request."""
        given = request.header("X-Telegram-Bot-Api-Secret-Token")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), account.options.secret.encode()):
            raise Forged("secret token")
        update = json_object(request.body)
        number = integer(update.get("update_id"))
        if number is None:
            raise Malformed("no update_id")
        return Received((Delivery(str(number), _chat(update), request.body),))

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """A message, a pressed button, a block; what else there is stays unknown."""
        return [_event(json_object(raw.body), raw.address, raw.received_at)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A file, or words with their buttons; before the first, a pressed button stops turning."""
        if outgoing.part == 0 and outgoing.last_inbound.startswith(PRESSED):
            _release(outgoing.last_inbound.removeprefix(PRESSED), account, tools)
        for file in outgoing.files:
            return self._send_file(file, outgoing, account, tools)
        body: dict[str, Any] = {"chat_id": outgoing.address, "text": outgoing.question}
        if outgoing.options:
            rows = [[{"text": label[:64], "callback_data": key[:64]}] for key, label in outgoing.options]
            body["reply_markup"] = {"inline_keyboard": rows}
        return _judged(tools.ask(account, "POST", _method(account, "sendMessage"), json_body=body))

    def _send_file(self, file: OutboundFile, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        method, field = SENDERS.get(file.kind, ("sendDocument", "document"))
        form = {"chat_id": outgoing.address, field: (file.name or "file", file.content, file.content_type)}
        return _judged(tools.ask(account, "POST", _method(account, method), multipart=form))

    def signal(self, signal: str, address: str, newest: str, account: Account, tools: Tools) -> None:
        """Shown for five seconds, or until a message comes."""
        body = {"chat_id": address, "action": "typing"}
        tools.ask(account, "POST", _method(account, "sendChatAction"), json_body=body, within_s=3.0)

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """Two steps; the second address holds the bot's token and is seen by nobody."""
        found = fetched(tools.ask(account, "POST", _method(account, "getFile"), json_body={"file_id": attachment.ref}))
        path = text(mapping(found.json_object().get("result")).get("file_path"))
        if not path:
            raise Gone("getFile names no file")
        url = f"{account.api(API)}/file/bot{account.options.token}/{path}"
        answer = fetched(tools.ask(account, "GET", url, cap=FILE_CAP, within_s=60.0))
        name = attachment.name or path.rpartition("/")[2]
        return OutboundFile(kind=attachment.kind, name=name, content_type=attachment.content_type, content=answer.body)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the bot exists and its webhook is ours."""
        me = tools.ask(account, "GET", _method(account, "getMe")).json_object()
        if not me.get("ok"):
            return [f"the bot's token is refused ({text(me.get('description'))}); take a new one from @BotFather"]
        hook = mapping(tools.ask(account, "GET", _method(account, "getWebhookInfo")).json_object().get("result"))
        url, error = text(hook.get("url")), text(hook.get("last_error_message"))
        problems = []
        if not hook_address.is_ours(url, account, tools):
            wanted = hook_address.wanted(account, tools)
            problems.append(f"the bot's webhook is {url or 'not set'}; call setWebhook with {wanted}")
        if "403" in error:
            problems.append(
                f"we refuse what Telegram delivers ({error}); call setWebhook with secret_token set to secret"
            )
        elif error:
            problems.append(f"Telegram could not deliver: {error}; is this site reachable by https from outside?")
        return problems


def _release(query: str, account: Account, tools: Tools) -> None:
    """The button shows that it works until somebody says so; too late, or said before, is no harm to the answer."""
    with suppress(Unreachable):
        tools.ask(
            account,
            "POST",
            _method(account, "answerCallbackQuery"),
            json_body={"callback_query_id": query},
            within_s=3.0,
        )


def _method(account: Account, name: str) -> str:
    return f"{account.api(API)}/bot{account.options.token}/{name}"


def _subject(update: dict[str, Any]) -> dict[str, Any]:
    """The part of an update that says who and where."""
    for name in (
        "message",
        "edited_message",
        "my_chat_member",
        "callback_query",
        "channel_post",
        "edited_channel_post",
    ):
        if isinstance(update.get(name), dict):
            found = mapping(update[name])
            return mapping(found.get("message")) | {"from": found.get("from")} if name == "callback_query" else found
    return {}


def _chat(update: dict[str, Any]) -> str:
    number = integer(mapping(_subject(update).get("chat")).get("id"))
    return "" if number is None else str(number)


def _event(update: dict[str, Any], address: str, received_at: float) -> InboundEvent:
    subject = _subject(update)
    sender = mapping(subject.get("from"))
    name = " ".join(part for part in (text(sender.get("first_name")), text(sender.get("last_name"))) if part)
    common: dict[str, Any] = {
        "address": address or _chat(update),
        "name": name[:80],
        "language": text(sender.get("language_code"))[:10],
        "at": instant(subject.get("date")),
        "turn": (integer(subject.get("message_id")) or 0) % TURNS / TURNS,
    }
    if mapping(subject.get("chat")).get("type") != "private":
        return InboundEvent(kind=Kind.UNKNOWN, **common)
    if isinstance(update.get("callback_query"), dict):
        pressed = mapping(update["callback_query"])
        shown_at = (common["at"] or 0) + 1 - 1 / TURNS  # the date is that of our message with the button
        common |= {"at": max(shown_at, received_at), "turn": 0.0}
        return InboundEvent(
            kind=Kind.TEXT, text=text(pressed.get("data")), provider_id=PRESSED + text(pressed.get("id")), **common
        )
    if isinstance(update.get("my_chat_member"), dict):
        status = text(mapping(subject.get("new_chat_member")).get("status"))
        return InboundEvent(kind=Kind.EVENT, event="unfollow" if status == "kicked" else "follow", **common)
    if isinstance(update.get("message"), dict) or isinstance(update.get("edited_message"), dict):
        found = _message(subject, common)
        is_edit = "message" not in update and found.kind == Kind.TEXT and bool(found.text)
        return replace(found, kind=Kind.EDITED) if is_edit else found
    return InboundEvent(kind=Kind.UNKNOWN, **common)


def _message(message: dict[str, Any], common: dict[str, Any]) -> InboundEvent:
    words = text(message.get("text")) or text(message.get("caption"))
    own = mapping(message.get("contact"))
    whose = integer(own.get("user_id"))
    if whose is not None and whose == integer(mapping(message.get("from")).get("id")):  # vouched for: one's own only
        common["unions"] = (("tel", "+" + text(own.get("phone_number")).lstrip("+")),)
    attachments = tuple(_attachments(message))
    number = integer(message.get("message_id"))
    answered = integer(mapping(message.get("reply_to_message")).get("message_id"))
    common |= {
        "provider_id": "" if number is None else f"{common['address']}:{number}",
        "reply_to": "" if answered is None else f"{common['address']}:{answered}",
    }
    if words == "/start" or words.startswith("/start "):
        return InboundEvent(kind=Kind.EVENT, event="start", **common)
    if not words and not attachments:
        return InboundEvent(kind=Kind.UNKNOWN, **common)
    return InboundEvent(kind=Kind.TEXT, text=words, attachments=attachments, **common)


def _attachments(message: dict[str, Any]) -> Iterator[Attachment]:
    photos = [mapping(one) for one in sequence(message.get("photo"))]
    if photos and text(photos[-1].get("file_id")):
        yield Attachment(kind="image", ref=text(photos[-1]["file_id"]), content_type="image/jpeg")
    for field, kind in FILES.items():
        file = mapping(message.get(field))
        if text(file.get("file_id")):
            name, content_type = text(file.get("file_name"))[:120], text(file.get("mime_type"))
            yield Attachment(kind=kind, ref=text(file["file_id"]), name=name, content_type=content_type)
    sticker = mapping(message.get("sticker"))
    if sticker:
        yield Attachment(kind="sticker", ref=text(sticker.get("file_id")), facts={"emoji": text(sticker.get("emoji"))})
    place = mapping(message.get("location"))
    if place:
        facts = {"latitude": place.get("latitude"), "longitude": place.get("longitude")}
        title = text(mapping(message.get("venue")).get("title"))
        facts |= {"title": title} if title else {}
        yield Attachment(kind="location", facts=facts)
    person = mapping(message.get("contact"))
    if person:
        whose = integer(person.get("user_id"))
        is_own = whose is not None and whose == integer(mapping(message.get("from")).get("id"))
        facts = {"phone": text(person.get("phone_number")), "is_own": is_own, "name": text(person.get("first_name"))}
        yield Attachment(kind="contact", facts=facts)


def _judged(answer: Answer) -> SendResult:
    """What the Bot API's answer means."""
    odd = stumble(answer)
    if odd is not None:
        return odd
    said = answer.json_object()
    if said.get("ok") is True:
        result = mapping(said.get("result"))
        chat, number = integer(mapping(result.get("chat")).get("id")), integer(result.get("message_id"))
        return SendResult(SendState.SENT, provider_id=f"{chat}:{number}" if number is not None else "")
    code, why = integer(said.get("error_code")) or 0, text(said.get("description"))
    if code == 429:
        pause = integer(mapping(said.get("parameters")).get("retry_after")) or 1
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=float(pause), detail=why)
    known = {401: ACCOUNT_BROKEN, 404: ACCOUNT_BROKEN, 403: BLOCKED}.get(code)
    if known is None:
        known = BAD_ADDRESS if "chat not found" in why else TOO_LONG if "too long" in why else f"telegram-{code}"
    return SendResult(SendState.FAILED, error=known, detail=why)
