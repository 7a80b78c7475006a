"""Web chat: the visitor's page is our own provider.

Owns: the written form of a visitor's events (JSON) and their meaning. Not here: the HTTP endpoints and the page
(``webhooks.chat``), who may write as whom (the session token, ``chat.visitors``).

Sending is done when the row is stored: the visitor's live stream, or the next reload, shows it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eslapp.store.inbox import RawEvent

from .base import (
    Account,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    Forged,
    InboundEvent,
    Kind,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
)

if TYPE_CHECKING:
    from ..provider_tools import Tools

TYPE = "webchat"


class WebChatOptions(ChannelOptions):
    """``embed``: the sites that may frame the page."""

    embed: list[str] = []


class WebChat(Channel):
    """Messages of our own chat page."""

    type = TYPE
    Options = WebChatOptions
    capabilities = Capabilities(text_cap=10_000, has_buttons=True, has_receipts=False, is_idempotent=True)
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
            return [InboundEvent(kind=Kind.TEXT, address=raw.address, at=raw.received_at, **said)]
        if kind == "ended":
            return [InboundEvent(kind=Kind.ENDED, address=raw.address, interaction=str(body.get("interaction", "")))]
        return [InboundEvent(kind=Kind.UNKNOWN, address=raw.address)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """The stored row is the delivery."""
        return SendResult(SendState.SENT)


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def text_delivery(*, address: str, client_id: str, text: str, language: str, name: str = "") -> Delivery:
    """A visitor's message as the inbox keeps it."""
    body = {"type": "text", "text": text, "client_id": client_id, "language": language, "name": name}
    return Delivery(f"{address}:{client_id}", address, json.dumps(body, ensure_ascii=False).encode())


def end_delivery(*, address: str, interaction: str) -> Delivery:
    """A visitor's "end chat" for one interaction; asking twice is once."""
    body = {"type": "ended", "interaction": interaction}
    return Delivery(f"{address}:end:{interaction}", address, json.dumps(body).encode())
