"""WeChat's server API as channels use it: stable tokens, customer-service messages, media, errors by a table.

Owns: what each error code means. Not here: WeCom's API (``channels.wecom_kf``), one token for all who ask
(``webhooks.provider_tools``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from eslapp.outside import Answer, Unreachable

from ..channels.access import Token, TokenRefused
from ..channels.answers import before_sending, fetched, no_token, refusal_in, refused_file, stumble
from ..channels.base import Account, OutboundFile, SendResult, SendState
from ..channels.reading import integer, text
from ..channels.refusals import (
    ACCOUNT_BROKEN,
    BAD_ADDRESS,
    BLOCKED,
    MEDIA_ENDED,
    NOT_SUPPORTED,
    QUOTA_USED,
    RATE_LIMITED,
    TOO_LONG,
    WINDOW_OVER,
)

if TYPE_CHECKING:
    from ..provider_tools import Tools

T = TypeVar("T")
API = "https://api.weixin.qq.com"
FILE_CAP = 20 * 1024 * 1024
TOKEN_ENDED = frozenset({40001, 40014, 42001})
SECRET_LENGTH = 32
LATER = {-1: 2.0, 45011: 60.0}
NEVER = {
    45015: WINDOW_OVER,
    45047: QUOTA_USED,
    45002: TOO_LONG,
    40003: BAD_ADDRESS,
    43004: BLOCKED,
    48002: BLOCKED,
    40007: MEDIA_ENDED,
    40164: ACCOUNT_BROKEN,
    61004: ACCOUNT_BROKEN,
    45009: ACCOUNT_BROKEN,
    48001: ACCOUNT_BROKEN,
    50002: ACCOUNT_BROKEN,
}
MENDS = {
    40164: "add this machine's address to the account's IP list",
    61004: "add this machine's address to the account's IP list",
    45009: "the day's API quota is used; clear_quota works ten times a month",
    48001: "the account may not send customer-service messages: only verified service accounts may",
    40013: "the appid is wrong: copy it from the console (开发 > 基本配置)",
    40125: "the secret is wrong: reset it in the console (开发 > 基本配置) and copy it",
    50002: "the account is limited by WeChat",
}
KINDS = {"image": "image", "audio": "voice", "video": "video"}


def with_token(account: Account, tools: Tools, work: Callable[[str], T]) -> T:
    """``work`` with the account's token. One that is refused though WeChat still gives it is renewed by force."""
    fetch, force = partial(fetch_token, account, tools), partial(fetch_token, account, tools, is_forced=True)
    return tools.with_token(account, fetch, work, force)


def fetch_token(account: Account, tools: Tools, *, is_forced: bool = False) -> Token:
    """A token that others who ask this way share; the old one stays good while it lives, unless ``is_forced``."""
    asked = {
        "grant_type": "client_credential",
        "appid": account.options.appid,
        "secret": account.options.secret,
        "force_refresh": is_forced,
    }
    answer = tools.ask(account, "POST", f"{account.api(API)}/cgi-bin/stable_token", json_body=asked)
    said = answer.json_object()
    value, lives_s = text(said.get("access_token")), integer(said.get("expires_in"))
    if not value or not lives_s:
        code = integer(said.get("errcode"))
        why = f"stable_token: {code} {text(said.get('errmsg'))}; {_mend(code or 0, account.options.secret)}"
        raise no_token(answer, code, why)
    return Token(value, float(lives_s))


def _mend(code: int, secret: str) -> str:
    """How to mend it; of a wrong secret also whether it has the length of one (32)."""
    if code == 40125 and len(secret) != SECRET_LENGTH:
        return f"the secret has {len(secret)} characters, an AppSecret has {SECRET_LENGTH}: copy it again"
    return MENDS.get(code, "see the console")


def send_custom(account: Account, tools: Tools, message: dict[str, Any], way: str = "custom/send") -> SendResult:
    """``message/custom/send``, once; ``way``: that of a template, which needs no window."""

    def work(token: str) -> SendResult:
        url = f"{account.api(API)}/cgi-bin/message/{way}"
        return judged(tools.ask(account, "POST", url, params={"access_token": token}, json_body=message))

    return with_token(account, tools, work)


def union_of(account: Account, tools: Tools, openid: str) -> str:
    """The follower's unionid; "" where there is none, or we may not know."""

    def work(token: str) -> str:
        asked = {"access_token": token, "openid": openid, "lang": "zh_CN"}
        said = tools.ask(account, "GET", f"{account.api(API)}/cgi-bin/user/info", params=asked).json_object()
        code = integer(said.get("errcode")) or 0
        if code in TOKEN_ENDED:
            raise TokenRefused(f"{code} {text(said.get('errmsg'))}")
        if not said or code in LATER:
            raise Unreachable(f"user/info: {code} {text(said.get('errmsg'))}", may_have_arrived=False)
        return text(said.get("unionid"))

    return with_token(account, tools, work)


def judged(answer: Answer) -> SendResult:
    """What an answer means; ``TokenRefused`` where the token has ended. Only templates' sends get an id."""
    odd = stumble(answer)
    if odd is not None:
        return odd
    said = answer.json_object()
    code, why = integer(said.get("errcode")), text(said.get("errmsg"))
    if code == 0:
        return SendResult(SendState.SENT, provider_id=text(said.get("msgid")))
    if code is None:
        return SendResult(SendState.UNKNOWN, error="no-answer", detail=why)
    if code in TOKEN_ENDED:
        raise TokenRefused(f"{code} {why}")
    if code in LATER:
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=LATER[code], detail=f"{code} {why}")
    mend = f"; {MENDS[code]}" if code in MENDS else ""
    return SendResult(SendState.FAILED, error=NEVER.get(code, f"wechat-{code}"), detail=f"{code} {why}{mend}")


def upload(account: Account, tools: Tools, file: OutboundFile) -> str | SendResult:
    """The media id of a file for three days, or why there is none."""
    kind = KINDS.get(file.kind)
    if kind is None:
        return SendResult(SendState.FAILED, error=NOT_SUPPORTED, detail=f"WeChat takes no {file.kind}")

    def work(token: str) -> str | SendResult:
        answer = tools.ask(
            account,
            "POST",
            f"{account.api(API)}/cgi-bin/media/upload",
            params={"access_token": token, "type": kind},
            multipart={"media": (file.name or "file", file.content, file.content_type)},
            within_s=25.0,
        )
        media = text(answer.json_object().get("media_id"))
        return media or judged(answer)

    return before_sending(lambda: with_token(account, tools, work))


def download(account: Account, tools: Tools, media_id: str, kind: str, name: str) -> OutboundFile:
    """The file of a contact's message, within three days. An answer in JSON is an error, or names a video's address."""

    def work(token: str) -> Answer:
        where = {"access_token": token, "media_id": media_id}
        url = f"{account.api(API)}/cgi-bin/media/get"
        answer = fetched(tools.ask(account, "GET", url, params=where, cap=FILE_CAP, within_s=60.0))
        if integer(refusal_in(answer).get("errcode")) in TOKEN_ENDED:
            raise TokenRefused(text(answer.json_object().get("errmsg")))
        return answer

    answer = with_token(account, tools, work)
    said = refusal_in(answer)
    if text(said.get("video_url")):
        address = text(said["video_url"])
        answer = fetched(tools.ask(account, "GET", address, cap=FILE_CAP, within_s=60.0, redirects=2))
    elif said:
        raise refused_file(answer, said)
    kind_of = answer.headers.get("content-type", "")
    return OutboundFile(kind=kind, name=name, content_type=kind_of, content=answer.body)
