"""Customer service of WeChat mini-programs (小程序客服): the same transport as official accounts, its own windows.

Owns: what differs: no voice or video from customers, 5 messages in 48 hours after one of theirs, 2 in a minute after
entering; links and mini-program pages out. Not here: the rest (``webhooks.wechat``).

The customer sees an error of WeChat's where our answer takes over 5 seconds: we answer before anything else happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..wechat import api
from ..wechat.service import TencentService, to
from .base import DAY_S, MIB, PICTURES, TYPING, Account, Capabilities, Delivery, Grant, OutboundText, Takes
from .reading import text

if TYPE_CHECKING:
    from ..provider_tools import Tools


class MiniProgram(TencentService):
    """One mini-program."""

    type = "wechat_miniprogram"
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
        signals=frozenset({TYPING}),
        sends=frozenset({"image", "card"}),
        has_templates=True,
        takes={"image": Takes(PICTURES | {"image/gif"}, 10 * MIB, "image/jpeg")},
        grants={"message": Grant(2 * DAY_S, 5), "enter": Grant(60.0, 2)},
    )
    example = Delivery(
        external_key="49d7b6d2_1555684067",
        address="o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        body='{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
        '"MsgType":"text","Content":"我的订单在哪里？","MsgId":"49d7b6d2_1555684067"}'.encode(),
    )

    def signal(self, signal: str, address: str, newest: str, account: Account, tools: Tools) -> None:
        """客服输入状态."""
        api.send_custom(account, tools, {"touser": address, "command": "Typing"}, "custom/typing")

    def template_way(self, template: Mapping[str, Any]) -> str:
        """A message that the customer subscribed to (订阅消息)."""
        return "subscribe/send"

    def worded(self, outgoing: OutboundText) -> dict[str, Any]:
        """A text, a link, or a page of the mini-program."""
        card = outgoing.card
        if card.get("pagepath"):
            names = ("title", "pagepath", "thumb_media_id")
            return to(outgoing, "miniprogrampage", {name: text(card.get(name)) for name in names})
        if card:
            names = ("title", "description", "url")
            link = {name: text(card.get(name)) for name in names} | {"thumb_url": text(card.get("picurl"))}
            return to(outgoing, "link", link)
        return to(outgoing, "text", {"content": outgoing.text})
