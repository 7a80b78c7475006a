"""WhatsApp by Meta's Cloud API: batches of messages and states in, messages out.

Owns: Meta's handshake and signature (shared with ``messenger``), payloads split into single events, sending, error
codes. Source: developers.facebook.com/docs/whatsapp/cloud-api.
Not here: templates' texts (they are Meta's own, named by the sender).

A contact may have no phone number: then the address is their business-scoped id, and we answer to that.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eslapp.outside import Answer, Unreachable
from eslapp.store.inbox import RawEvent

from .. import whatsapp_items
from ..pace import Pace
from ..whatsapp_items import NEVER
from .access import Gone
from .answers import before_sending, fetched, stumble
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
    ChannelOptions,
    Delivery,
    Forged,
    Grant,
    InboundEvent,
    Malformed,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
    Takes,
)
from .reading import integer, json_object, mapping, sequence, text
from .refusals import RATE_LIMITED

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://graph.facebook.com/v23.0"
FILE_CAP = 20 * 1024 * 1024
BUTTONS, ROWS, ASKED = 3, 10, 1024  # ASKED: characters of a question above buttons or a list
LATER = {131056: 6.0, 130429: 2.0, 131048: 60.0, 4: 30.0, 80007: 30.0, 131016: 10.0}


class MetaOptions(ChannelOptions):
    """From the app's console; ``verify_token`` is the one typed into the webhook's settings; ``old_app_secret`` is good
    too while the secret is being changed."""

    SECRETS = frozenset({"app_secret", "old_app_secret", "token", "verify_token"})
    app_secret: str = Field(min_length=8)
    old_app_secret: str = Field(default="", pattern=r"^(.{8,})?$")
    token: str = Field(min_length=8)
    verify_token: str = Field(min_length=8)


class WhatsAppMetaOptions(MetaOptions):
    """``phone_id``: of the number, not the number itself."""

    phone_id: str = Field(pattern=r"^[0-9]{5,20}$")


class WhatsAppMeta(Channel):
    """One number of a WhatsApp business account."""

    type = "whatsapp_meta"
    signed_with = "app_secret"
    Options = WhatsAppMetaOptions
    EXAMPLE_OPTIONS = {
        "phone_id": "106540352242922",
        "app_secret": "$(env.META_APP_SECRET)",
        "token": "$(env.META_TOKEN)",
        "verify_token": "$(env.META_VERIFY_TOKEN)",
    }
    EXAMPLE_SECRETS = {"META_APP_SECRET": "app-secret", "META_TOKEN": "access-token", "META_VERIFY_TOKEN": "verify-me"}
    capabilities = Capabilities(
        text_cap=4096,
        has_buttons=True,
        has_receipts=True,
        pace=Pace(6.0, burst=45),  # of one pair of numbers: more are borrowed, and refused by 131056
        signals=frozenset({READ, TYPING}),
        sends=frozenset({"image", "audio", "video", "file"}),
        takes={
            "image": Takes(PICTURES, 5 * MIB, "image/jpeg"),
            "audio": Takes(frozenset({"audio/mpeg", "audio/mp4", "audio/amr", "audio/ogg"}), 16 * MIB, "audio/mpeg"),
            "video": Takes(frozenset({"video/mp4"}), 16 * MIB),
        },
        grants={"message": Grant(DAY_S)},
        has_templates=True,
        body_cap=3 * 1024 * 1024,
    )
    example = Delivery(
        external_key="wamid.1",
        address="16505551234",
        body=b'{"kind":"message","person":{"profile":{"name":"Ada"}},"told":{"from":"16505551234","id":"wamid.1","timestamp":"1603059201",'
        b'"type":"text","text":{"body":"Where is my order?"}}}',
    )

    def receive(self, request: Request, account: Account) -> Received:
        """Each message and each state by itself; what concerns other numbers of the account is not ours."""
        if request.method == "GET":
            return greeted(request, account)
        proved(request, account)
        body = json_object(request.body)
        if not isinstance(body.get("entry"), list):
            raise Malformed("no entry")
        return Received(tuple(whatsapp_items.deliveries(body, account.options.phone_id)))

    def own_id(self, account: Account) -> str:
        """Meta has one URL for all numbers of an app."""
        return str(account.options.phone_id)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """A message, a change of who the contact is, or the state of one of ours."""
        return whatsapp_items.events(json_object(raw.body), raw.address, f"{account.type}:{account.name}")

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A file, or words with buttons or a list; a template where one is given."""
        for file in outgoing.files:
            found = before_sending(partial(self._upload, file, account, tools))
            if isinstance(found, SendResult):
                return found
            kind = "document" if file.kind == "file" else file.kind
            told = {"id": found} | ({"filename": file.name} if kind == "document" else {})
            return self._post(outgoing, {"type": kind, kind: told}, account, tools)
        return self._post(outgoing, worded(outgoing), account, tools)

    def _post(self, outgoing: OutboundText, message: dict[str, Any], account: Account, tools: Tools) -> SendResult:
        whom = {"to": outgoing.address} if outgoing.address.isdigit() else {"recipient": outgoing.address}
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", **whom, **message}
        if outgoing.reply_to:
            body["context"] = {"message_id": outgoing.reply_to}
        url = f"{account.api(API)}/{account.options.phone_id}/messages"
        return judged(tools.ask(account, "POST", url, headers=bearer(account), json_body=body))

    def _upload(self, file: OutboundFile, account: Account, tools: Tools) -> str | SendResult:
        form = {
            "messaging_product": "whatsapp",
            "type": file.content_type,
            "file": (file.name or "file", file.content, file.content_type),
        }
        url = f"{account.api(API)}/{account.options.phone_id}/media"
        answer = tools.ask(account, "POST", url, headers=bearer(account), multipart=form, within_s=25.0)
        return text(answer.json_object().get("id")) or judged(answer)

    def signal(self, signal: str, address: str, newest: str, account: Account, tools: Tools) -> None:
        """The blue ticks; typing is shown with them, for 25 s or until a message comes."""
        body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": newest}
        if signal == TYPING:
            body["typing_indicator"] = {"type": "text"}
        url = f"{account.api(API)}/{account.options.phone_id}/messages"
        tools.ask(account, "POST", url, headers=bearer(account), json_body=body, within_s=3.0)

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """Two steps, both with the token: the second address lives five minutes."""
        where = fetched(tools.ask(account, "GET", f"{account.api(API)}/{attachment.ref}", headers=bearer(account)))
        url = text(where.json_object().get("url"))
        if not url:
            raise Gone("Meta names no address for it")
        headers = {**bearer(account), "User-Agent": "zongji"}
        answer = tools.ask(account, "GET", url, headers=headers, cap=FILE_CAP, within_s=60.0)
        if answer.status in (404, 410):  # the address has ended, not the file: the next try gets another
            raise Unreachable(f"{answer.status} at the file's own address", may_have_arrived=True)
        fetched(answer)
        kind = answer.headers.get("content-type", attachment.content_type)
        return OutboundFile(kind=attachment.kind, name=attachment.name, content_type=kind, content=answer.body)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the token sees the number, and is of the app whose secret we have."""
        url = f"{account.api(API)}/{account.options.phone_id}"
        answer = tools.ask(account, "GET", url, headers=bearer(account))
        if not answer.is_good:
            code, why = refusal(answer)
            if code == 190:
                return [
                    f"Meta refuses the token ({why}); make a permanent one for a system user in the business settings"
                ]
            return [
                f"Meta does not know phone_id {account.options.phone_id} ({why}); take it from WhatsApp > API Setup"
            ]
        return wrong_secret(url, account, tools)


def greeted(request: Request, account: Account) -> Received:
    """Meta's handshake."""
    given = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, account.options.verify_token.encode()):
        raise Forged("verify token")
    return Received(body=request.query.get("hub.challenge", "").encode("utf-8", "replace"))


def proved(request: Request, account: Account) -> None:
    """``X-Hub-Signature-256`` over the raw bytes, as they are."""
    given = request.header("X-Hub-Signature-256").encode("utf-8", "replace")
    secrets = [one for one in (account.options.app_secret, account.options.old_app_secret) if one]
    digests = [hmac.new(one.encode(), request.body, hashlib.sha256).hexdigest() for one in secrets]
    if not any([hmac.compare_digest(given, f"sha256={one}".encode()) for one in digests]):
        raise Forged("signature")


def refusal(answer: Answer) -> tuple[int, str]:
    """The Graph API's error, and its words."""
    error = mapping(answer.json_object().get("error"))
    return integer(error.get("code")) or 0, text(error.get("message")) or str(answer.status)


def wrong_secret(url: str, account: Account, tools: Tools) -> list[str]:
    """Meta takes a token with a proof by the app's secret: where it does not, the secret is another app's."""
    proof = hmac.new(account.options.app_secret.encode(), account.options.token.encode(), hashlib.sha256).hexdigest()
    answer = tools.ask(account, "GET", url, params={"appsecret_proof": proof}, headers=bearer(account))
    if answer.is_good:
        return []
    return [f"Meta refuses app_secret ({refusal(answer)[1]}); take it from the app's basic settings"]


def bearer(account: Account) -> dict[str, str]:
    """The API's credentials."""
    return {"Authorization": f"Bearer {account.options.token}"}


def worded(outgoing: OutboundText) -> dict[str, Any]:
    """A template, buttons (3), a list (10), or plain words, as a menu is whose words are too long for buttons."""
    if outgoing.template:
        return {"type": "template", "template": dict(outgoing.template)}
    if len(outgoing.question) > ASKED:
        return {"type": "text", "text": {"body": outgoing.text, "preview_url": False}}
    if 0 < len(outgoing.options) <= BUTTONS:
        buttons = [{"type": "reply", "reply": {"id": key, "title": label[:20]}} for key, label in outgoing.options]
        action: dict[str, Any] = {"buttons": buttons}
        kind = "button"
    elif 0 < len(outgoing.options) <= ROWS:
        rows = [{"id": key, "title": label[:24]} for key, label in outgoing.options]
        action, kind = {"button": "菜单 Menu", "sections": [{"title": "菜单 Menu", "rows": rows}]}, "list"
    else:
        return {"type": "text", "text": {"body": outgoing.text, "preview_url": False}}
    body = {"text": outgoing.question}
    return {"type": "interactive", "interactive": {"type": kind, "body": body, "action": action}}


def judged(answer: Answer) -> SendResult:
    """What the Graph API's answer means."""
    said = answer.json_object()
    error = mapping(said.get("error"))
    if not error:
        odd = stumble(answer)
        if odd is not None:
            return odd
    if answer.is_good:
        sent = mapping(next(iter(sequence(said.get("messages"))), None))
        return SendResult(SendState.SENT, provider_id=text(sent.get("id")) or text(said.get("message_id")))
    code, why = integer(error.get("code")) or 0, text(error.get("message"))
    if code in LATER or answer.status == 429:
        pause = LATER.get(code, 5.0)
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=pause, detail=f"{code} {why}")
    if answer.status >= 500 and code not in NEVER:
        return SendResult(SendState.UNKNOWN, error="no-answer", detail=f"{code} {why}")
    return SendResult(SendState.FAILED, error=NEVER.get(code, f"whatsapp-{code}"), detail=f"{code} {why}")
