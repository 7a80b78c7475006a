"""WeChat Official Accounts (公众号, 服务号): customers' messages in, customer-service messages out.

Owns: which messages the account sends and how our menus and cards look there. Source:
developers.weixin.qq.com. Not here: the envelope and the forms of callbacks (``webhooks.wechat``).

The window: 48 hours and 5 messages after a customer's message, one minute and 3 after following, scanning or a menu.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eslapp.store.inbox import RawEvent

from ..wechat import api, callbacks
from .base import (
    DAY_S,
    MIB,
    PICTURES,
    Account,
    Attachment,
    Capabilities,
    Channel,
    Delivery,
    Grant,
    InboundEvent,
    NoToken,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
    Takes,
)
from .reading import text

if TYPE_CHECKING:
    from ..provider_tools import Tools

SOON = Grant(60.0, 3)
MENU_OPTIONS = 10


class WeChat(Channel):
    """One official account."""

    type = "wechat"
    Options = callbacks.WeChatOptions
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
        takes={
            "image": Takes(PICTURES | {"image/gif"}, 10 * MIB, "image/jpeg"),
            "audio": Takes(frozenset({"audio/amr", "audio/mpeg"}), 2 * MIB, "audio/mpeg"),
            "video": Takes(frozenset({"video/mp4"}), 10 * MIB),
        },
        grants={"message": Grant(2 * DAY_S, 5), "follow": SOON, "scan": SOON, "menu": SOON},
    )
    example = Delivery(
        external_key="6054768590064713728",
        address="oyORnuP8q7ou2gfYjqLzSIWZf0rs",
        body=b"<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><FromUserName>"
        b"<![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName><CreateTime>1409735668</CreateTime><MsgType>"
        b"<![CDATA[text]]></MsgType><Content><![CDATA[abcdteT]]></Content><MsgId>6054768590064713728</MsgId></xml>",
    )

    def receive(self, request: Request, account: Account) -> Received:
        """See ``webhooks.wechat.callbacks``."""
        return callbacks.receive(request, account)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """See ``webhooks.wechat.callbacks``."""
        return callbacks.parse(raw.body, raw.address)

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """Files, then the words, or a card."""
        result = SendResult(SendState.SENT)
        for file in outgoing.files:
            media = api.upload(account, tools, file)
            if isinstance(media, SendResult):
                return media
            kind = api.KINDS[file.kind]
            result = api.send_custom(account, tools, _to(outgoing, kind, {"media_id": media}))
            if result.state != SendState.SENT:
                return result
        if outgoing.text or outgoing.card or not outgoing.files:
            result = api.send_custom(account, tools, worded(outgoing))
        return result

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """By media id, within three days."""
        return api.download(account, tools, attachment.ref, attachment.kind, attachment.name)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether we get a token, which also shows whether this machine is on the IP list."""
        return checked(account, tools)


def worded(outgoing: OutboundText) -> dict[str, Any]:
    """A text, a menu of choices, a news card or a mini-program card, as the API wants it."""
    card = outgoing.card
    if card.get("appid"):
        names = ("title", "appid", "pagepath", "thumb_media_id")
        return _to(outgoing, "miniprogrampage", {name: text(card.get(name)) for name in names})
    if card:
        article = {name: text(card.get(name)) for name in ("title", "description", "url", "picurl")}
        return _to(outgoing, "news", {"articles": [article]})
    if outgoing.options and len(outgoing.options) <= MENU_OPTIONS:
        listed = [{"id": key, "content": label} for key, label in outgoing.options]
        return _to(outgoing, "msgmenu", {"head_content": outgoing.question, "list": listed, "tail_content": ""})
    return _to(outgoing, "text", {"content": outgoing.text})


def _to(outgoing: OutboundText, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"touser": outgoing.address, "msgtype": kind, kind: content}


def checked(account: Account, tools: Tools) -> list[str]:
    """What a token request shows of the account's settings."""
    problems = []
    if account.options.mode != "safe":
        problems.append(f"mode is {account.options.mode}: bodies are not signed; choose 安全模式 in the console")
    try:
        tools.with_token(account, lambda: api.fetch_token(account, tools), lambda token: token)
    except NoToken as error:
        problems.append(str(error))
    return problems
