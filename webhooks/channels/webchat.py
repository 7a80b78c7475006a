"""Web chat: the visitor's page is our own provider.

Owns: the written form of a visitor's events (JSON) and their meaning. Not here: the HTTP endpoints and the page
(``webhooks.chat``), who may write as whom (the session token, ``chat.visitors``).

Sending is done when the row is stored: the visitor's live stream, or the next reload, shows it. What a visitor uploads
lies in a folder of ours until the media worker takes it over, as it does from any provider.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from eslapp.store.inbox import RawEvent

from .access import Gone
from .base import (
    Account,
    Attachment,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    Forged,
    InboundEvent,
    Kind,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
)

if TYPE_CHECKING:
    from ..provider_tools import Tools

TYPE = "webchat"


UPLOAD = re.compile(r"[0-9a-f]{8,64}")  # what our own ids look like
LABELS = {  # of the questions that need no words of the site's own
    "name": {"en": "Your name", "zh": "您的姓名"},
    "phone": {"en": "Phone number", "zh": "手机号码"},
    "email": {"en": "E-mail", "zh": "电子邮箱"},
    "order": {"en": "Order number", "zh": "订单号"},
}
CLAIMS = {"phone": "tel", "email": "email"}  # said, not proved: a reason to suggest that two contacts are one


Number = Annotated[str, Field(pattern=r"^(\+?[0-9*#]{2,20})?$")]


class FormField(BaseModel):
    """One question before the chat."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
    label: dict[str, str] = {}
    required: bool = False

    def labels(self) -> dict[str, str]:
        """Its words by language."""
        return {**LABELS.get(self.key, {"en": self.key, "zh": self.key}), **self.label}


def _field(value: Any) -> Any:
    return {"key": value} if isinstance(value, str) else value


class WebChatOptions(ChannelOptions):
    """``embed``: the sites that may frame the page. ``identity_secret``: with it a site's own pages name their members.

    ``form``: asked before the chat, a name of ``LABELS`` or ``{key, label, required}``. ``calendar``: outside its hours
    the page shows ``closed`` (by language) and takes messages as ever. ``phone``: offered for calling instead.
    ``callback``: visitors may ask to be called back; who is not in line yet waits in this queue. ``call``: visitors may
    call from the page itself, this one of the site's ``numbers``.
    """

    SECRETS: ClassVar[frozenset[str]] = frozenset({"identity_secret"})
    embed: list[str] = []
    identity_secret: str = ""
    form: Annotated[list[Annotated[FormField, BeforeValidator(_field)]], Field(max_length=8)] = []
    calendar: str = ""
    closed: dict[str, str] = {}
    callback: str = ""
    phone: Number = ""
    call: Number = ""


def is_member(secret: str, user_id: str, given: str) -> bool:
    """Whether the site's server named this member: hex HMAC-SHA256 of the id under the secret, in constant time."""
    true = hmac.new(secret.encode(), user_id.encode("utf-8", "replace"), sha256).hexdigest()
    return hmac.compare_digest(given.strip().lower().encode("utf-8", "replace"), true.encode())


class WebChat(Channel):
    """Messages of our own chat page."""

    type = TYPE
    Options = WebChatOptions
    capabilities = Capabilities(
        text_cap=10_000,
        has_buttons=True,
        has_receipts=True,
        is_idempotent=True,
        sends=frozenset({"image", "audio", "video", "file"}),
        is_whole=True,
    )
    example = Delivery(
        external_key="v-7d0c:m-1",
        address="v-7d0c",
        body='{"type":"text","text":"我的订单在哪里？","client_id":"m-1","language":"zh"}'.encode(),
    )

    def receive(self, request: Request, account: Account) -> Received:
        """There is no provider: the chat page's own endpoints make the deliveries, after the session was checked."""
        raise Forged("no chat session")

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """One event per row."""
        body = _object(raw.body)
        kind = body.get("type")
        if kind == "text":
            said = {name: str(body.get(name, "")) for name in ("text", "client_id", "language", "name")}
            return [
                InboundEvent(
                    kind=Kind.TEXT,
                    address=raw.address,
                    at=raw.received_at,
                    attachments=tuple(_attachments(body)),
                    claims=tuple(_claims(body)),
                    **said,
                )
            ]
        if kind == "ended":
            return [InboundEvent(kind=Kind.ENDED, address=raw.address, interaction=str(body.get("interaction", "")))]
        return [InboundEvent(kind=Kind.UNKNOWN, address=raw.address)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """The stored row is the delivery."""
        return SendResult(SendState.SENT)

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """What a visitor uploaded, from our own folder."""
        ref = attachment.ref
        if tools.uploads is None or not UPLOAD.fullmatch(ref):
            raise Gone("no such upload")
        path = tools.uploads / ref[:2] / ref
        if not path.is_file():
            raise Gone("the upload is gone")
        content = path.read_bytes()
        return OutboundFile(
            kind=attachment.kind, name=attachment.name, content_type=attachment.content_type, content=content
        )


def _attachments(body: Mapping[str, Any]) -> list[Attachment]:
    found = []
    if isinstance(form := body.get("form"), dict):
        found.append(Attachment(kind="form", facts={str(key): str(value) for key, value in form.items()}))
    if isinstance(file := body.get("file"), dict):
        told = {key: str(file.get(key, "")) for key in ("kind", "ref", "name", "content_type")}
        found.append(Attachment(**told))
    return found


def _claims(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    form = body.get("form")
    said = {key: re.sub(r"[\s()-]", "", str(form.get(key, ""))) for key in CLAIMS} if isinstance(form, dict) else {}
    return [(CLAIMS[key], value) for key, value in said.items() if value]


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def text_delivery(
    *,
    address: str,
    client_id: str,
    text: str,
    language: str,
    name: str = "",
    form: Mapping[str, str] | None = None,
    file: Mapping[str, str] | None = None,
) -> Delivery:
    """A visitor's message as the inbox keeps it. ``form``: their answers to the questions before the chat."""
    body: dict[str, Any] = {"type": "text", "text": text, "client_id": client_id, "language": language, "name": name}
    body |= {key: dict(value) for key, value in (("form", form), ("file", file)) if value}
    return Delivery(f"{address}:{client_id}", address, json.dumps(body, ensure_ascii=False).encode())


def end_delivery(*, address: str, interaction: str) -> Delivery:
    """A visitor's "end chat" for one interaction; asking twice is once."""
    body = {"type": "ended", "interaction": interaction}
    return Delivery(f"{address}:end:{interaction}", address, json.dumps(body).encode())
