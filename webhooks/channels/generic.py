"""Any other system, both ways, by Standard Webhooks (standardwebhooks.com): no code of ours is needed on their side.

In:  POST /hooks/<account> with ``webhook-id``, ``webhook-timestamp``, ``webhook-signature`` and
     {"type": "message", "data": {"address": "42", "text": "...", "id": "m-1", "name": "...", "language": "en",
     "at": 1790000000, "attachments": [{"kind": "image", "url": "https://...", "name": "..."}], "member_id": "..."}}
     ``type`` may also be "event" (data.event), "receipt" (data.id, data.state), "ended".
Out: the same form to ``url``: {"type": "message", "timestamp": ..., "data": {"address", "text", "id", "options",
     "attachments"}}

Owns: signatures (and X-Hub-Signature-256 where ``style: hub``), both written forms. Not here: retries (the outbox).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from eslapp.store.inbox import RawEvent

from .answers import fetched
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
    Malformed,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
)
from .reading import instant, integer, json_object, mapping, sequence, text
from .refusals import ACCOUNT_BROKEN, NOT_SUPPORTED

if TYPE_CHECKING:
    from ..provider_tools import Tools

TOLERANCE_S = 300.0
SHORTEST_KEY = 16  # bytes; the standard says 24, other senders are less careful
SIGNATURES = 64  # of one request: by several keys, in several versions
FILE_CAP = 20 * 1024 * 1024
GONE = frozenset({404, 410})


class GenericOptions(ChannelOptions):
    """``secrets``: one or two (the new and the old one) as ``whsec_<base64>``; ``url`` takes our messages."""

    SECRETS = frozenset({"secrets"})
    secrets: list[str] = Field(min_length=1, max_length=2)
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    style: Literal["standard", "hub"] = "standard"

    @model_validator(mode="after")
    def _has_keys(self) -> GenericOptions:
        """A secret that is none is told at the start, not at the first request."""
        for one in self.secrets if self.style == "standard" else ():
            if len(_key(one)) < SHORTEST_KEY:
                raise ValueError("each secret must be whsec_ and the Base64 of 24 to 64 random bytes")
        return self


class Generic(Channel):
    """Signed JSON, both ways."""

    type = "generic"
    signed_with = "secrets"
    Options = GenericOptions
    EXAMPLE_OPTIONS = {"secrets": ["$(env.SHOP_WEBHOOK_SECRET)"], "url": "https://shop.example.com/from-zongji"}
    EXAMPLE_SECRETS = {"SHOP_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    capabilities = Capabilities(
        text_cap=10_000,
        has_buttons=True,
        has_receipts=True,
        is_idempotent=True,
        sends=frozenset({"image", "audio", "video", "file"}),
        is_fetching=True,
    )
    example = Delivery(
        external_key="msg_1",
        address="42",
        body=b'{"type":"message","data":{"address":"42","text":"Where is my order?","id":"m-1","language":"en"}}',
    )

    def receive(self, request: Request, account: Account) -> Received:
        """One event a request; its key is the sender's ``webhook-id``."""
        key = _proved(request, account)
        body = json_object(request.body)
        kind, address = text(body.get("type")), text(mapping(body.get("data")).get("address"))
        if not kind:
            raise Malformed("no type")
        if kind == "message" and not address:  # it could be shown to nobody: who sent it should hear of that
            raise Malformed("a message without data.address")
        return Received((Delivery(key, address, request.body),))

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """By ``type``."""
        body = json_object(raw.body)
        return [_event(text(body.get("type")), mapping(body.get("data")), raw.address)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A signed POST; any 2xx but a page of HTML has taken it, 410 means: never again."""
        options: GenericOptions = account.options
        if not options.url:
            return SendResult(SendState.FAILED, error=NOT_SUPPORTED, detail="no url: this account only receives")
        key = f"{outgoing.message}-{outgoing.key}"
        data = {
            "address": outgoing.address,
            "text": outgoing.text,
            "id": key,
            "options": [{"key": choice, "label": label} for choice, label in outgoing.options],
            "reply_to": outgoing.reply_to,
            "attachments": [
                {"kind": one.kind, "url": one.url, "name": one.name, "content_type": one.content_type}
                for one in outgoing.files
            ],
        }
        body = json.dumps({"type": "message", "timestamp": tools.clock(), "data": data}, ensure_ascii=False).encode()
        headers = signed_headers(options.secrets, key, int(tools.clock()), body, options.style)
        answer = tools.ask(account, "POST", options.url, headers=headers, body=body)
        if answer.is_good:
            is_page = answer.headers.get("content-type", "").startswith("text/html")
            return SendResult(SendState.UNKNOWN if is_page else SendState.SENT, provider_id=key)
        said = f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}"
        if answer.status in GONE or answer.status in (401, 403):
            return SendResult(SendState.FAILED, error=ACCOUNT_BROKEN, detail=said)
        if answer.status == 429 or answer.status >= 500:
            wait = integer(answer.headers.get("retry-after")) or 0
            return SendResult(SendState.RETRY, error="no-answer", retry_after_s=float(wait), detail=said)
        return SendResult(SendState.FAILED, error=f"http-{answer.status}", detail=said)

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """The address they named; only a public one, or on the host of ``api``."""
        answer = fetched(tools.ask(account, "GET", attachment.ref, cap=FILE_CAP, within_s=60.0, redirects=2))
        kind = answer.headers.get("content-type", attachment.content_type)
        return OutboundFile(kind=attachment.kind, name=attachment.name, content_type=kind, content=answer.body)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether anybody answers at ``url``, by a message that is none."""
        options: GenericOptions = account.options
        if not options.url:
            return ["without url nobody gets our answers; write url: the address of your system"]
        if options.url.startswith("http://") and not options.api:
            return [f"{options.url} is not https: our messages could be read on the way; correct url"]
        answer = tools.ask(account, "GET", options.url)
        if answer.status in GONE:
            return [f"{options.url} answers {answer.status}; correct url"]
        return []


def _proved(request: Request, account: Account) -> str:
    """The event's id, where the signature is one of the account's secrets'."""
    options: GenericOptions = account.options
    if options.style == "hub":
        given = request.header("X-Hub-Signature-256")
        wanted = [hub_signature(secret, request.body) for secret in options.secrets]
        if not any(hmac.compare_digest(given.encode("utf-8", "replace"), one.encode()) for one in wanted):
            raise Forged("signature")
        return request.header("X-GitHub-Delivery") or hashlib.sha256(request.body).hexdigest()
    key, stamp = request.header("webhook-id"), request.header("webhook-timestamp")
    instant = integer(stamp)
    if not key or len(key) > 256 or instant is None:
        raise Forged("no id or timestamp")
    wanted = [signature(secret, key, stamp, request.body) for secret in options.secrets]
    given_all = [one.encode("utf-8", "replace") for one in request.header("webhook-signature").split()[:SIGNATURES]]
    if not any([hmac.compare_digest(one, ours.encode()) for one in given_all for ours in wanted]):
        raise Forged("signature")
    if abs(request.at - instant) > TOLERANCE_S:
        raise Forged("too old, or from the future")
    return key


def signature(secret: str, key: str, stamp: str, body: bytes) -> str:
    """``v1,<base64>`` over id, timestamp and body."""
    raw = _key(secret)
    signed = key.encode() + b"." + stamp.encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    """The key of a secret, b"" where it is none."""
    written = secret.removeprefix("whsec_")
    try:
        return base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def hub_signature(secret: str, body: bytes) -> str:
    """``sha256=<hex>`` over the body, as GitHub and Meta do."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed_headers(
    secrets: Sequence[str], key: str, stamp: int, body: bytes, style: str = "standard"
) -> dict[str, str]:
    """The headers of a request of ours. While a secret is changed both sign: the other side may know either."""
    headers = {"Content-Type": "application/json; charset=utf-8", "webhook-id": key, "webhook-timestamp": str(stamp)}
    if style == "hub":
        return headers | {"X-Hub-Signature-256": hub_signature(secrets[0], body)}
    return headers | {"webhook-signature": " ".join(signature(one, key, str(stamp), body) for one in secrets)}


def _event(kind: str, told: dict[str, Any], address: str) -> InboundEvent:
    common: dict[str, Any] = {
        "address": address,
        "name": text(told.get("name"))[:80],
        "language": text(told.get("language"))[:10],
        "at": instant(told.get("at")),
        "member_id": text(told.get("member_id"))[:128],
    }
    identity = text(told.get("id"))[:128]
    if kind == "message":
        attachments = tuple(_attachments(told))
        words = text(told.get("text"))
        known = Kind.TEXT if words or attachments else Kind.UNKNOWN
        reply_to = text(told.get("reply_to"))[:128]
        return InboundEvent(
            kind=known, text=words, attachments=attachments, provider_id=identity, reply_to=reply_to, **common
        )
    if kind == "event" and text(told.get("event")):
        return InboundEvent(kind=Kind.EVENT, event=text(told["event"])[:40], **common)
    if kind == "receipt":
        state, error = text(told.get("state")), text(told.get("error"))[:100]
        return InboundEvent(kind=Kind.RECEIPT, provider_id=identity, receipt=state, error=error, **common)
    if kind == "ended":
        return InboundEvent(kind=Kind.ENDED, **common)
    return InboundEvent(kind=Kind.UNKNOWN, **common)


def _attachments(told: dict[str, Any]) -> Iterator[Attachment]:
    for one in map(mapping, sequence(told.get("attachments"))[:20]):
        kind = text(one.get("kind"))
        if kind in ("image", "audio", "video", "file", "sticker") and text(one.get("url")):
            name, content_type = text(one.get("name"))[:120], text(one.get("content_type"))[:80]
            yield Attachment(kind=kind, ref=text(one["url"])[:2000], name=name, content_type=content_type)
        elif kind in ("location", "link", "contact", "card"):
            facts = {key[:40]: text(value)[:500] for key, value in list(one.items())[:20] if key != "kind"}
            yield Attachment(kind=kind, facts=facts)
