"""Web chat: the visitor's page is our own provider.

Owns: the written form of a visitor's events (JSON) and their meaning. Not here: the HTTP endpoints and the page
(``webhooks.chat``), who may write as whom (the session token, ``chat.visitors``).

Sending is done when the row is stored: the visitor's live stream, or the next reload, shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eslapp.store.inbox import RawEvent

from .base import Capabilities, Channel, Delivery, Forged, InboundEvent, Kind, OutboundText, SendResult, SendState

TYPE = "webchat"


class WebChat(Channel):
    """Messages of our own chat page."""

    type = TYPE
    capabilities = Capabilities(text_cap=10_000, has_buttons=True, has_receipts=False, is_idempotent=True)
    example = Delivery(
        external_key="v-7d0c:m-1",
        address="v-7d0c",
        body='{"type":"text","text":"我的订单在哪里？","client_id":"m-1","language":"zh"}'.encode(),
    )

    def verify(self, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """There is no provider: the session token was checked before the delivery was made."""
        if secrets.get("visitor", "") == "":
            raise Forged("no chat session")

    def parse(self, raw: RawEvent) -> list[InboundEvent]:
        """One event per row."""
        body = _object(raw.body)
        kind = body.get("type")
        if kind == "text":
            said = {name: str(body.get(name, "")) for name in ("text", "client_id", "language", "name")}
            return [InboundEvent(kind=Kind.TEXT, address=raw.address, at=raw.received_at, **said)]
        if kind == "ended":
            return [InboundEvent(kind=Kind.ENDED, address=raw.address, interaction=str(body.get("interaction", "")))]
        return [InboundEvent(kind=Kind.UNKNOWN, address=raw.address)]

    def send(self, outgoing: OutboundText) -> SendResult:
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
