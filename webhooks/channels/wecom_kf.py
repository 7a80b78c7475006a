"""WeCom customer service (微信客服): a nudge by callback, messages by ``sync_msg``, answers by ``send_msg``.

Owns: the nudge, the pull, session states, WeCom's errors. Source: developer.work.weixin.qq.com, document/path/94670
and 94677. Not here: the envelope and the forms of messages (``webhooks.wechat``), one pull at a time and where the
cursor is kept (``webhooks.puller``).

A session must stay in state 1 (answered by API): once WeCom's app has it, our sends fail; so it is taken back when a
send says so. ``msgid`` of ours is unique per account: a lost answer may be sent again.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eslapp.outside import Answer, Unreachable
from eslapp.store.inbox import RawEvent

from ..wechat import callbacks, crypt
from ..wechat.wecom_items import WELCOME, delivery, event
from .access import NoToken, Token, TokenRefused
from .answers import before_sending, fetched, no_token, refusal_in, refused_file, stumble, uploaded_again
from .base import (
    DAY_S,
    MIB,
    PICTURES,
    Account,
    Attachment,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    Forged,
    Grant,
    InboundEvent,
    Kind,
    Malformed,
    OutboundFile,
    OutboundText,
    Page,
    Received,
    Request,
    SendResult,
    SendState,
    Takes,
)
from .reading import integer, json_object, mapping, sequence, text
from .refusals import (
    ACCOUNT_BROKEN,
    BAD_ADDRESS,
    MEDIA_ENDED,
    NOT_SUPPORTED,
    QUOTA_USED,
    RATE_LIMITED,
    TOO_LONG,
    WINDOW_OVER,
)

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://qyapi.weixin.qq.com"
FILE_CAP = 20 * 1024 * 1024
PAGE_ITEMS = 1000
TOKEN_ENDED = frozenset({40001, 40014, 42001})
TOKEN_MENDS = {
    60020: "add this machine's address to the app's trusted IPs",
    40013: "the corpid is wrong: copy it from 我的企业 > 企业信息",
    40001: "the secret is wrong: it is that of the app under 微信客服 > 可调用接口的应用",
}
WRONG_STATE = 95018
BY_API, BY_PERSON = 1, 3  # states of a session
ELSEWHERE = "session-elsewhere"  # somebody answers in WeCom's own app
UPLOADS = {"image": "image", "audio": "voice", "video": "video", "file": "file"}
LATER = {-1: 2.0, 45009: 60.0, 45033: 2.0}
NEVER = {
    95001: QUOTA_USED,
    95002: WINDOW_OVER,
    40058: TOO_LONG,
    40003: BAD_ADDRESS,
    60020: ACCOUNT_BROKEN,
    95011: ACCOUNT_BROKEN,
    48002: ACCOUNT_BROKEN,
    40096: BAD_ADDRESS,
    40007: MEDIA_ENDED,
    95013: WINDOW_OVER,  # the session is over
}


class WeComOptions(ChannelOptions):
    """``secret`` of the app that may use 微信客服; ``token`` and ``aes_key`` of its callback."""

    SECRETS = frozenset({"secret", "token", "aes_key"})
    corpid: str = Field(pattern=r"^(ww|wx)[0-9a-zA-Z]{10,40}$")
    secret: str = Field(min_length=8)
    token: str = Field(pattern=r"^[A-Za-z0-9]{3,32}$")
    aes_key: str = Field(pattern=r"^[A-Za-z0-9]{43}$")
    open_kfid: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    open_platform: str = ""  # a name of yours for the 开放平台 account the company is bound to: joins people by unionid


class WeComKf(Channel):
    """One customer-service account."""

    type = "wecom_kf"
    signed_with = "token"
    Options = WeComOptions
    EXAMPLE_OPTIONS = {
        "corpid": "ww1436e0e65a779aee",
        "secret": "$(env.WECOM_SECRET)",
        "token": "$(env.WECOM_TOKEN)",
        "aes_key": "$(env.WECOM_AES_KEY)",
        "open_kfid": "wkAJ2GCAAASSm4",
    }
    EXAMPLE_SECRETS = {"WECOM_SECRET": "0" * 32, "WECOM_TOKEN": "QDG6eK", "WECOM_AES_KEY": "A" * 43}
    capabilities = Capabilities(
        text_cap=2000,
        text_unit="bytes",
        has_buttons=True,
        is_idempotent=True,
        sends=frozenset({"image", "audio", "video", "file", "card"}),
        takes={
            "image": Takes(PICTURES, 2 * MIB, "image/jpeg"),
            "audio": Takes(frozenset({"audio/amr"}), 2 * MIB, "audio/amr"),
            "video": Takes(frozenset({"video/mp4"}), 10 * MIB),
        },
        grants={"message": Grant(2 * DAY_S, 5), "enter": Grant(20.0, 1)},
        pulls_every_s=180.0,
    )
    example = Delivery(
        external_key="from_msgid_1",
        address="wmAJ2GCAAAme1",
        body='{"msgid":"from_msgid_1","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","send_time":'
        '1615478585,"origin":3,"msgtype":"text","text":{"content":"我的订单在哪里？"}}'.encode(),
    )

    def receive(self, request: Request, account: Account) -> Received:
        """The handshake answers what is inside the envelope; a callback only says that there is something."""
        options: WeComOptions = account.options
        asked = request.query
        stamp, nonce, proof = (asked.get(name, "") for name in ("timestamp", "nonce", "msg_signature"))
        if request.method == "GET":
            sealed = asked.get("echostr", "").replace(" ", "+")
            crypt.prove(proof, options.token, stamp, nonce, sealed)
            return Received(body=crypt.open_envelope(sealed, options.aes_key, options.corpid))
        envelope = _envelope(request.body)
        crypt.prove(proof, options.token, stamp, nonce, envelope)
        content = crypt.open_envelope(envelope, options.aes_key, options.corpid)
        fields = callbacks.fields_of(content)
        if fields.get("Event") == "kf_msg_or_event":
            told = {"nudge": fields.get("Token", ""), "open_kfid": fields.get("OpenKfId", "")}
            key = f"nudge:{fields.get('Token', '')}:{stamp}"
        else:  # of another kind: kept, shown nowhere
            told, key = {"callback": fields.get("Event", ""), "fields": fields}, hashlib.sha256(content).hexdigest()
        return Received((Delivery(key, "", json.dumps(told, ensure_ascii=False).encode()),), body=b"success")

    def pull(self, account: Account, tools: Tools, cursor: str, nudge: str = "") -> Page:
        """One page, in WeCom's own order; an empty one may still say that there is more. Without the token of a nudge
        we may ask less often."""
        asked: dict[str, Any] = {"open_kfid": account.options.open_kfid, "limit": PAGE_ITEMS, "voice_format": 0}
        asked |= {name: told for name, told in (("cursor", cursor), ("token", nudge)) if told}
        said = self._call(account, tools, "kf/sync_msg", asked)
        code = integer(said.get("errcode"))
        if code != 0:
            raise Unreachable(f"sync_msg: {code} {text(said.get('errmsg'))}", may_have_arrived=True)
        items = [mapping(one) for one in sequence(said.get("msg_list"))]
        found = [delivery(one) for one in items if text(one.get("open_kfid")) in ("", account.options.open_kfid)]
        return Page(tuple(found), text(said.get("next_cursor")) or cursor, integer(said.get("has_more")) == 1)

    def own_id(self, account: Account) -> str:
        """WeCom tells of all accounts of a company at the one callback its app has."""
        return str(account.options.open_kfid)

    def has_unions(self, account: Account) -> bool:
        """Where the company is bound to an account of the open platform."""
        return bool(account.options.open_platform)

    def unions(self, address: str, account: Account, tools: Tools) -> tuple[tuple[str, str], ...]:
        """The customer's unionid, the same as at official accounts and mini-programs of one open platform account."""
        said = self._call(account, tools, "kf/customer/batchget", {"external_userid_list": [address]})
        code = integer(said.get("errcode"))
        if code is None or code in LATER:
            raise Unreachable(f"customer/batchget: {code} {text(said.get('errmsg'))}", may_have_arrived=False)
        found = next((mapping(one) for one in sequence(said.get("customer_list"))), {})
        union = text(found.get("unionid"))
        return ((f"unionid:{account.options.open_platform}", union),) if union else ()

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """A nudge, a customer's message, an answer given in WeCom, or an event."""
        body = json_object(raw.body)
        if "nudge" in body:
            whose = text(body.get("open_kfid"))
            is_ours = whose in ("", account.options.open_kfid)
            return [InboundEvent(kind=Kind.PULL, address="", text=text(body["nudge"]), event="" if is_ours else whose)]
        if "callback" in body:
            return [InboundEvent(kind=Kind.UNKNOWN, address="", event=text(body["callback"])[:40])]
        return [event(body, raw.address)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A file, or words, a menu or a link; our message id is WeCom's too."""
        for file in outgoing.files:
            media = before_sending(partial(self._upload, file, account, tools))
            if isinstance(media, SendResult):
                return media
            return uploaded_again(self._send(outgoing, UPLOADS[file.kind], {"media_id": media}, account, tools))
        return self._send(outgoing, *_worded(outgoing), account, tools)

    def _send(
        self, outgoing: OutboundText, kind: str, content: dict[str, Any], account: Account, tools: Tools
    ) -> SendResult:
        key = _message_id(outgoing.message, outgoing.key)
        message = {"msgid": key, "msgtype": kind, kind: content}
        welcome = text(outgoing.last_facts.get(WELCOME))
        if welcome:  # they have entered and not said anything yet: one message, and only by this
            said = self._call_answer(account, tools, "kf/send_msg_on_event", {"code": welcome, **message})
            return _judged(said, key)
        message |= {"touser": outgoing.address, "open_kfid": account.options.open_kfid}
        said = self._call_answer(account, tools, "kf/send_msg", message)
        result = _judged(said, key)
        return self._taken_back(outgoing, account, tools) if result.error == f"wecom-{WRONG_STATE}" else result

    def _taken_back(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """The session is not ours: take it back, try again. What a person in WeCom's app has, or what is over, cannot
        be taken: the contact's next message makes it new."""
        session = {"open_kfid": account.options.open_kfid, "external_userid": outgoing.address}
        said = self._call(account, tools, "kf/service_state/trans", session | {"service_state": BY_API})
        code = integer(said.get("errcode"))
        if code == 0:
            return SendResult(SendState.RETRY, error="no-answer", retry_after_s=1.0, detail=f"{WRONG_STATE}")
        state = integer(self._call(account, tools, "kf/service_state/get", session).get("service_state"))
        error = ELSEWHERE if state == BY_PERSON else WINDOW_OVER
        return SendResult(SendState.FAILED, error=error, detail=f"{WRONG_STATE}: state {state}, trans: {code}")

    def _upload(self, file: OutboundFile, account: Account, tools: Tools) -> str | SendResult:
        kind = UPLOADS.get(file.kind)
        if kind is None:
            return SendResult(SendState.FAILED, error=NOT_SUPPORTED, detail=f"WeCom takes no {file.kind}")
        form = {"media": (file.name or "file", file.content, file.content_type)}
        answer = self._call_answer(account, tools, "media/upload", None, multipart=form, params={"type": kind})
        return text(answer.json_object().get("media_id")) or _judged(answer, "")

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """By media id."""
        answer = fetched(
            self._call_answer(
                account, tools, "media/get", None, method="GET", params={"media_id": attachment.ref}, cap=FILE_CAP
            )
        )
        if said := refusal_in(answer):
            raise refused_file(answer, said)
        kind = answer.headers.get("content-type", "")
        return OutboundFile(kind=attachment.kind, name=attachment.name, content_type=kind, content=answer.body)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the app gets a token and may see the account."""
        try:
            said = self._call(account, tools, "kf/account/list", {"offset": 0, "limit": 100})
        except NoToken as error:
            return [str(error)]
        known = [text(mapping(one).get("open_kfid")) for one in sequence(said.get("account_list"))]
        if account.options.open_kfid not in known:
            why = text(said.get("errmsg")) or f"the app sees {', '.join(known) or 'none'}"
            return [
                f"the app may not use {account.options.open_kfid} ({why}); add it under 微信客服 > 可调用接口的应用"
            ]
        return []

    def _call(self, account: Account, tools: Tools, name: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call_answer(account, tools, name, body).json_object()

    def _call_answer(
        self, account: Account, tools: Tools, name: str, body: dict[str, Any] | None, **how: Any
    ) -> Answer:
        method, params = how.pop("method", "POST"), how.pop("params", {})

        def work(token: str) -> Answer:
            url = f"{account.api(API)}/cgi-bin/{name}"
            asked = {"access_token": token, **params}
            answer = tools.ask(account, method, url, params=asked, json_body=body, within_s=25.0, **how)
            if integer(refusal_in(answer).get("errcode")) in TOKEN_ENDED:
                raise TokenRefused(text(answer.json_object().get("errmsg")))
            return answer

        return tools.with_token(account, lambda: _fetch_token(account, tools), work)


def _envelope(body: bytes) -> str:
    """XML, or the JSON in small letters that some products send."""
    try:
        fields = callbacks.fields_of(body)
    except Malformed:
        raise Forged("envelope") from None
    return fields.get("Encrypt", "") or fields.get("encrypt", "")


def _fetch_token(account: Account, tools: Tools) -> Token:
    asked = {"corpid": account.options.corpid, "corpsecret": account.options.secret}
    answer = tools.ask(account, "GET", f"{account.api(API)}/cgi-bin/gettoken", params=asked)
    said = answer.json_object()
    value, lives_s = text(said.get("access_token")), integer(said.get("expires_in"))
    if not value or not lives_s:
        code = integer(said.get("errcode"))
        mend = TOKEN_MENDS.get(code or 0, "check corpid and secret")
        raise no_token(answer, code, f"gettoken: {code} {text(said.get('errmsg'))}; {mend}")
    return Token(value, float(lives_s))


def _worded(outgoing: OutboundText) -> tuple[str, dict[str, Any]]:
    card = outgoing.card
    if card.get("appid"):
        return "miniprogram", {name: text(card.get(name)) for name in ("appid", "title", "thumb_media_id", "pagepath")}
    if card:
        names = {"title": "title", "desc": "description", "url": "url", "thumb_media_id": "thumb_media_id"}
        return "link", {name: text(card.get(key)) for name, key in names.items()}
    if 0 < len(outgoing.options) <= 10:
        listed = [{"type": "click", "click": {"id": key, "content": label}} for key, label in outgoing.options]
        return "msgmenu", {"head_content": outgoing.question, "list": listed}
    return "text", {"content": outgoing.text}


def _message_id(message: str, part: str) -> str:
    """At most 32 of ``[0-9a-zA-Z_-]``, the same for the same part of the same message."""
    kept = "".join(one for one in message if one.isascii() and (one.isalnum() or one in "_-"))
    return f"{kept[: 31 - len(part)]}_{part}"


def _judged(answer: Answer, key: str) -> SendResult:
    """95xxx are WeCom's own; a message id that is known already has been taken before."""
    odd = stumble(answer)
    if odd is not None:
        return odd
    said = answer.json_object()
    code, why = integer(said.get("errcode")), text(said.get("errmsg"))
    if code == 0 or code == 95014:  # 95014: this msgid was sent already
        return SendResult(SendState.SENT, provider_id=text(said.get("msgid")) or key)
    if code is None:
        return SendResult(SendState.UNKNOWN, error="no-answer", detail=why)
    if code in LATER:
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=LATER[code], detail=f"{code} {why}")
    return SendResult(SendState.FAILED, error=NEVER.get(code, f"wecom-{code}"), detail=f"{code} {why}")
