"""Signs any bytes as each provider would: what is odd is inside. Not here: what is delivered (``test_hooks_odd``)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from eslapp.demo.providers.base import Provider, Signed
from webhooks.channels.generic import signed_headers
from webhooks.twilio_proof import signature

JSON = {"Content-Type": "application/json"}


def telegram(provider: Any, body: bytes, key: str) -> Signed:
    return Signed(body, {**JSON, "X-Telegram-Bot-Api-Secret-Token": provider.words["secret"]})


def line(provider: Any, body: bytes, key: str) -> Signed:
    digest = hmac.new(provider.words["secret"].encode(), body, hashlib.sha256).digest()
    return Signed(body, {**JSON, "X-Line-Signature": base64.b64encode(digest).decode()})


def meta(provider: Any, body: bytes, key: str) -> Signed:
    digest = hmac.new(provider.words["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    return Signed(body, {**JSON, "X-Hub-Signature-256": f"sha256={digest}"})


def douyin(provider: Any, body: bytes, key: str) -> Signed:
    digest = hashlib.sha1(provider.words["client_secret"].encode() + body).hexdigest()
    return Signed(body, {**JSON, "X-Douyin-Signature": digest})


def weibo(provider: Any, body: bytes, key: str) -> Signed:
    return Signed(body, JSON, provider._query())


def generic(provider: Any, body: bytes, key: str) -> Signed:
    return Signed(body, signed_headers([provider.words["secret"]], key, int(provider.clock()), body))


def sealed(provider: Any, body: bytes, key: str) -> Signed:
    return replace(provider.sealed_document(body))


def twilio(provider: Any, body: bytes, key: str) -> Signed:
    digest = hashlib.sha256(body).hexdigest()
    url = f"{provider.hook}?bodySHA256={digest}"
    proof = signature(provider.words["token"], url)
    return Signed(body, {**JSON, "X-Twilio-Signature": proof}, f"?bodySHA256={digest}")


SIGN: dict[str, Callable[[Provider, bytes, str], Signed]] = {
    "telegram": telegram,
    "line": line,
    "whatsapp_meta": meta,
    "messenger": meta,
    "douyin": douyin,
    "weibo": weibo,
    "generic": generic,
    "wechat_miniprogram": sealed,
    "sms_twilio": twilio,
}
