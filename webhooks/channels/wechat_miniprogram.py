"""Customer service of WeChat mini-programs (小程序客服): the same transport as official accounts, its own windows.

Owns: what differs: no voice or video from customers, 5 messages in 48 hours after one of theirs, 2 in a minute after
entering; links and mini-program pages out. Not here: the rest (``wechat``).

The customer sees an error of WeChat's where our answer takes over 5 seconds: we answer before anything else happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eslapp.store.inbox import RawEvent

from ..wechat import api, callbacks
from .base import (
    DAY_S,
    MIB,
    NOT_SUPPORTED,
    PICTURES,
    Account,
    Attachment,
    Capabilities,
    Channel,
    Delivery,
    Grant,
    InboundEvent,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
    Takes,
)
from .reading import text
from .wechat import checked

if TYPE_CHECKING:
    from ..provider_tools import Tools


class MiniProgram(Channel):
    """One mini-program."""

    type = "wechat_miniprogram"
    Options = callbacks.WeChatOptions
    EXAMPLE_OPTIONS = {
        "appid": "wxba5fad812f8e6fb9",
        "secret": "$(env.MINI_SECRET)",
        "token": "$(env.MINI_TOKEN)",
        "aes_key": "$(env.MINI_AES_KEY)",
    }
    EXAMPLE_SECRETS = {"MINI_SECRET": "0" * 32, "MINI_TOKEN": "AAAAA", "MINI_AES_KEY": "A" * 43}
    capabilities = Capabilities(
        text_cap=2000,
        text_unit="bytes",
        sends=frozenset({"image", "card"}),
        takes={"image": Takes(PICTURES | {"image/gif"}, 10 * MIB, "image/jpeg")},
        grants={"message": Grant(2 * DAY_S, 5), "enter": Grant(60.0, 2)},
    )
    example = Delivery(
        external_key="49d7b6d2_1555684067",
        address="o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        body='{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
        '"MsgType":"text","Content":"我的订单在哪里？","MsgId":"49d7b6d2_1555684067"}'.encode(),
    )

    def receive(self, request: Request, account: Account) -> Received:
        """See ``webhooks.wechat.callbacks``."""
        return callbacks.receive(request, account)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """See ``webhooks.wechat.callbacks``."""
        return callbacks.parse(raw.body, raw.address)

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """Pictures, then the words, or a link or page."""
        result = SendResult(SendState.SENT)
        for file in outgoing.files:
            if file.kind != "image":
                return SendResult(SendState.FAILED, error=NOT_SUPPORTED, detail=f"mini-programs take no {file.kind}")
            media = api.upload(account, tools, file)
            if isinstance(media, SendResult):
                return media
            result = api.send_custom(account, tools, _message(outgoing, "image", {"media_id": media}))
            if result.state != SendState.SENT:
                return result
        if outgoing.text or outgoing.card or not outgoing.files:
            result = api.send_custom(account, tools, _worded(outgoing))
        return result

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """By media id, within three days."""
        return api.download(account, tools, attachment.ref, attachment.kind, attachment.name)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """As for official accounts; and the trap that only the console shows."""
        return checked(account, tools)


def _worded(outgoing: OutboundText) -> dict[str, Any]:
    card = outgoing.card
    if card.get("pagepath"):
        names = ("title", "pagepath", "thumb_media_id")
        return _message(outgoing, "miniprogrampage", {name: text(card.get(name)) for name in names})
    if card:
        names = ("title", "description", "url")
        link = {name: text(card.get(name)) for name in names} | {"thumb_url": text(card.get("picurl"))}
        return _message(outgoing, "link", link)
    return _message(outgoing, "text", {"content": outgoing.text})


def _message(outgoing: OutboundText, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"touser": outgoing.address, "msgtype": kind, kind: content}
