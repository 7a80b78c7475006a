"""WeChat Official Accounts (公众号, 服务号): customers' messages in, customer-service messages out.

Owns: which messages the account sends and how our menus and cards look there. Source:
developers.weixin.qq.com. Not here: callbacks, files, tokens (``webhooks.wechat``).

The window: 48 hours and 5 messages after a customer's message, one minute and 3 after following, scanning or a menu
(of its items those that click or scan: Tencent counts no others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..wechat import api
from ..wechat.service import TencentService, to
from .base import DAY_S, MIB, PICTURES, Account, Capabilities, Delivery, Grant, OutboundText, Takes
from .reading import text

if TYPE_CHECKING:
    from ..provider_tools import Tools

SOON = Grant(60.0, 3)
MENU_OPTIONS = 10


class WeChat(TencentService):
    """One official account."""

    type = "wechat"
    EXAMPLE_OPTIONS = {
        "appid": "wx2c2769f8efd9abc2",
        "secret": "$(env.WECHAT_SECRET)",
        "token": "$(env.WECHAT_TOKEN)",
        "aes_key": "$(env.WECHAT_AES_KEY)",
    }
    EXAMPLE_SECRETS = {
        "WECHAT_SECRET": "0123456789abcdef0123456789abcdef",
        "WECHAT_TOKEN": "spamtest",
        "WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    }
    capabilities = Capabilities(
        text_cap=2000,
        text_unit="bytes",
        has_buttons=True,
        sends=frozenset({"image", "audio", "video", "card"}),
        has_templates=True,
        takes={
            "image": Takes(PICTURES | {"image/gif"}, 10 * MIB, "image/jpeg"),
            "audio": Takes(frozenset({"audio/amr", "audio/mpeg"}), 2 * MIB, "audio/mpeg"),
            "video": Takes(frozenset({"video/mp4"}), 10 * MIB),
        },
        grants={"message": Grant(2 * DAY_S, 5), "follow": SOON, "scan": SOON, "menu": SOON, "menu_scan": SOON},
    )
    example = Delivery(
        external_key="6054768590064713728",
        address="oyORnuP8q7ou2gfYjqLzSIWZf0rs",
        body=b"<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><FromUserName>"
        b"<![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName><CreateTime>1409735668</CreateTime><MsgType>"
        b"<![CDATA[text]]></MsgType><Content><![CDATA[abcdteT]]></Content><MsgId>6054768590064713728</MsgId></xml>",
    )

    def has_unions(self, account: Account) -> bool:
        """Where it is bound to an account of the open platform."""
        return bool(account.options.open_platform)

    def unions(self, address: str, account: Account, tools: Tools) -> tuple[tuple[str, str], ...]:
        """The follower's unionid, the same at all accounts of one open platform account."""
        found = api.union_of(account, tools, address)
        return ((f"unionid:{account.options.open_platform}", found),) if found else ()

    def template_way(self, template: Mapping[str, Any]) -> str:
        """A template message (模板消息), or a subscription's (订阅通知), which alone names a ``page``."""
        return "subscribe/bizsend" if "page" in template else "template/send"

    def worded(self, outgoing: OutboundText) -> dict[str, Any]:
        """A text, a menu of choices, a news card or a mini-program card, as the API wants it."""
        card = outgoing.card
        if card.get("appid"):
            names = ("title", "appid", "pagepath", "thumb_media_id")
            return to(outgoing, "miniprogrampage", {name: text(card.get(name)) for name in names})
        if card:
            article = {name: text(card.get(name)) for name in ("title", "description", "url", "picurl")}
            return to(outgoing, "news", {"articles": [article]})
        if outgoing.options and len(outgoing.options) <= MENU_OPTIONS:
            listed = [{"id": key, "content": label} for key, label in outgoing.options]
            return to(outgoing, "msgmenu", {"head_content": outgoing.question, "list": listed, "tail_content": ""})
        return to(outgoing, "text", {"content": outgoing.text})
