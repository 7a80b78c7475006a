"""Signed and encrypted samples of the providers themselves (``data/vectors.json``): accepted; one bit changed: not.

The samples' sources stand in the file. Each builder makes the request that the sample belongs to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from webhooks.channel_accounts import account_of
from webhooks.channels import CHANNELS
from webhooks.channels.base import Account, Forged, Malformed, Request

VECTORS = json.loads((Path(__file__).parent / "data" / "vectors.json").read_text(encoding="utf-8"))
URL = "https://desk.example.com/hooks/line"


@dataclass(frozen=True)
class Entry:
    """An entry of ``channels:``."""

    type: str
    flow: str
    options: dict[str, Any]


def account(kind: str, **options: Any) -> Account:
    """An account of this channel with the sample's secrets."""
    channel = CHANNELS[kind]
    filled = {
        name: f"$(env.{name.upper()})" if name in channel.Options.SECRETS else one for name, one in options.items()
    }
    words = {name.upper(): one for name, one in options.items()}
    secrets = filled.get("secrets")
    if isinstance(secrets, str):
        filled["secrets"], words = ["$(env.SECRET)"], {"SECRET": options["secrets"][0]}
    return account_of("line", Entry(kind, "main", filled), channel, words.get)


def request(body: bytes, headers: dict[str, str] | None = None, at: float = 0.0, **more: Any) -> Request:
    """A POST with these headers."""
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    return Request(more.pop("method", "POST"), more.pop("url", URL), more.pop("query", {}), lower, body, at)


def generic_standard(one: dict[str, Any]) -> tuple[Account, Request]:
    told, wanted = one["inputs"], one["expected"]
    headers = {
        "webhook-id": told["webhook_id"],
        "webhook-timestamp": str(told["webhook_timestamp"]),
        "webhook-signature": wanted["webhook-signature"],
    }
    body = told["raw_body"].encode()
    return account("generic", secrets=[told["secret"]]), request(body, headers, at=float(told["webhook_timestamp"]))


def generic_hub(one: dict[str, Any]) -> tuple[Account, Request]:
    told, wanted = one["inputs"], one["expected"]
    whose = account("generic", secrets=[told["secret"]], style="hub")
    return whose, request(told["raw_body"].encode(), dict(wanted))


def wechat_callback(kind: str) -> Callable[[dict[str, Any]], tuple[Account, Request]]:
    def build(one: dict[str, Any]) -> tuple[Account, Request]:
        told = one["inputs"]
        whose = account(
            kind,
            appid=told.get("appid", "wxba5fad812f8e6fb9"),
            secret="0" * 32,
            token=told["token"],
            aes_key=told["encoding_aes_key"],
            receiver=told.get("receive_id", ""),
        )
        query = {
            "timestamp": told["timestamp"],
            "nonce": told["nonce"],
            "msg_signature": one["expected"]["msg_signature"],
        }
        body = told.get("body") or f"<xml><ToUserName>g</ToUserName><Encrypt>{told['Encrypt']}</Encrypt></xml>"
        return whose, request(body.encode(), query=query)

    return build


def wechat_handshake(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    whose = account("wechat", appid="wxba5fad812f8e6fb9", secret="0" * 32, token=told["token"], mode="plain")
    query = {name: told[name] for name in ("timestamp", "nonce", "echostr")}
    return whose, request(b"", method="GET", query=query | {"signature": one["expected"]["signature"]})


def wechat_plain(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    whose = account("wechat", appid="wxba5fad812f8e6fb9", secret="0" * 32, token=told["token"], mode="plain")
    query = {name: told[name] for name in ("timestamp", "nonce")} | {"signature": one["expected"]["signature"]}
    return whose, request(told["body"].encode(), at=float(told["timestamp"]), query=query)


def twilio(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    url = told.get("url") or told["signed_url"]
    hook = url.partition("?")[0] if "@" in url else ""
    whose = account("sms_twilio", sid="AC" + "0" * 32, token=told["auth_token"], number="+15005550006", hook=hook)
    body = told["raw_body"] if "raw_body" in told else urlencode(told["params"])
    headers = {"X-Twilio-Signature": one["expected"]["X-Twilio-Signature"]}
    if "raw_body" in told:
        headers["Content-Type"] = "application/json"
    return whose, request(body.encode(), headers, url=url.replace("user:pass@", ""))


def line(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    whose = account("line", secret=told["channel_secret"], token="channel-token")
    return whose, request(told["raw_body"].encode(), dict(one["expected"]))


def whatsapp(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    whose = account(
        "whatsapp_meta", phone_id="277321005464405", app_secret=told["app_secret"], token="t" * 8, verify_token="v" * 8
    )
    return whose, request(told["raw_body"].encode(), dict(one["expected"]))


def wecom_callback(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    whose = account(
        "wecom_kf",
        corpid=told["receive_id"],
        secret="0" * 32,
        token=told["token"],
        aes_key=told["encoding_aes_key"],
        open_kfid="wk1",
    )
    query = {name: told[name] for name in ("timestamp", "nonce")} | {
        "msg_signature": one["expected"].get("msg_signature") or one["expected"]["MsgSignature"]
    }
    if "echostr" in told or "echostr_urldecoded" in told:
        echo = told.get("echostr") or told["echostr_urldecoded"]
        return whose, request(b"", method="GET", query=query | {"echostr": echo})
    sealed = told.get("Encrypt") or one["expected"]["Encrypt"]
    return whose, request(f"<xml><ToUserName>c</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode(), query=query)


def weibo(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    whose = account("weibo", app_secret=told["appsecret"], token="t" * 8)
    query = {name: told[name] for name in ("timestamp", "nonce", "echostr")}
    at = int(told["timestamp"]) / 1000
    return whose, request(b"", method="GET", query=query | {"signature": one["expected"]["signature"]}, at=at)


def douyin(one: dict[str, Any]) -> tuple[Account, Request]:
    told = one["inputs"]
    whose = account("douyin", client_key="abc", client_secret=told["client_secret"], open_id="o1", token="t" * 8)
    headers = {"X-Douyin-Signature": one["expected"]["X-Douyin-Signature"]}
    return whose, request(told["raw_body"].encode(), headers)


UNSIGNED_BODY = {"plaintext_mode_POST_signature"}  # and so ``mode: safe`` is the default

# (channel, sample) -> the request it belongs to. A sample without a builder is a test elsewhere, or a failure here.
BUILDERS: dict[tuple[str, str], Callable[[dict[str, Any]], tuple[Account, Request]]] = {
    ("generic_webhook", "standard_webhooks_v1"): generic_standard,
    ("wechat_oa+miniprogram", "url_verification_GET"): wechat_handshake,
    ("wechat_oa+miniprogram", "plaintext_mode_POST_signature"): wechat_plain,
    ("wechat_oa+miniprogram", "safe_mode_POST_json_decrypt"): wechat_callback("wechat_miniprogram"),
    ("wechat_open_platform(third-party)", "component_xml_decrypt"): wechat_callback("wechat"),
    ("wechat_oa", "WXBizMsgCrypt_python_sample_decrypt"): wechat_callback("wechat"),
    **{
        ("twilio", name): twilio
        for name in (
            "docs_worked_example",
            "form_post",
            "https_signed_with_:443",
            "http_signed_with_:1234",
            "url_with_basic_auth_credentials",
            "json_body_bodySHA256",
        )
    },
    ("line", "python_sdk"): line,
    ("whatsapp_cloud(meta)", "real_inbound_text_signed_by_meta"): whatsapp,
    ("wecom", "url_verification_GET"): wecom_callback,
    ("wecom", "callback_xml_decrypt"): wecom_callback,
    ("wecom", "wechatpy_check_signature_echostr"): wecom_callback,
    ("wecom", "wechatpy_encrypt_message"): wecom_callback,
    ("weibo", "url_verification_GET"): weibo,
    ("douyin", "X-Douyin-Signature (derived)"): douyin,
    ("generic_webhook / meta-style", "X-Hub-Signature-256 algorithm"): generic_hub,
}


def mutations(one: Request, is_body_signed: bool) -> Iterator[Request]:
    """The same request with one thing changed."""
    for name, value in one.query.items():
        if name != "echostr":
            yield replace(one, query={**one.query, name: value[:-1] + ("0" if not value.endswith("0") else "1")})
            yield replace(one, query={key: word for key, word in one.query.items() if key != name})
    middle = len(one.body) // 2
    for place in (middle - 3, middle, middle + 3) if is_body_signed and one.body else ():
        body = bytearray(one.body)
        body[place] ^= 1
        yield replace(one, body=bytes(body))
    for name, value in one.headers.items():
        if "signature" in name or name.startswith("webhook-"):
            end = "0" if not value.endswith("0") else "1"
            yield replace(one, headers={**one.headers, name: value[:-1] + end})
            yield replace(one, headers={key: word for key, word in one.headers.items() if key != name})


def samples() -> list[Any]:
    """Those that have a builder."""
    pairs = [(one, BUILDERS.get((one["channel"], one["name"]))) for one in VECTORS]
    return [pytest.param(one, build, id=f"{one['channel']}-{one['name']}") for one, build in pairs if build]


@pytest.mark.parametrize(("sample", "build"), samples())
def test_the_providers_own_samples(sample: dict[str, Any], build: Callable[..., tuple[Account, Request]]) -> None:
    whose, genuine = build(sample)
    channel = CHANNELS[whose.type]
    with suppress(Malformed):  # proved; some samples are no event of the channel
        channel.receive(genuine, whose)
    for changed in mutations(genuine, sample["name"] not in UNSIGNED_BODY):
        with pytest.raises(Forged):
            channel.receive(changed, whose)
