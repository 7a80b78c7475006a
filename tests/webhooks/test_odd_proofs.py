"""Genuine requests in unusual forms are taken, and forged ones that look genuine are not: proofs at their edges.

Not here: the providers' own samples (``test_channel_vectors``), what a delivery holds (``test_hooks_odd``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from test_channel_vectors import account, request

from webhooks.channels import CHANNELS
from webhooks.channels.base import Account, Forged, Request
from webhooks.channels.generic import signature
from webhooks.wechat import crypt

KEY, APP = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxba5fad812f8e6fb9"
TEXT = (
    "<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><CreateTime>1409304348</CreateTime>"
    "<MsgType>text</MsgType><Content>a\r\nb 你好😀</Content><MsgId>7</MsgId></xml>"
)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"message","data":{"address":"1","text":"你好"}}'.encode()


def is_taken(whose: Account, given: Request) -> bool:
    try:
        return bool(CHANNELS[whose.type].receive(given, whose))
    except Forged:
        return False


def wechat() -> Account:
    return account("wechat", appid=APP, secret="0" * 32, token="spamtest", aes_key=KEY)


def sealed(form: str, *, receiver: str = APP, inside: str = "{}", **query: str) -> Request:
    """``form``: the envelope around ``{}``; ``inside``: what stands there around the sealed text."""
    wrapped = crypt.seal(TEXT.encode(), KEY, receiver, b"0123456789abcdef")
    if inside == "76":
        wrapped = "\n".join(wrapped[at : at + 76] for at in range(0, len(wrapped), 76))
    told = {"timestamp": "1409304348", "nonce": "n1"}
    told["msg_signature"] = crypt.signature("spamtest", *told.values(), wrapped)
    body = form.replace("{}", wrapped if inside == "76" else inside.replace("{}", wrapped))
    return request(body.encode(), query=told | query)


XML = "<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{}]]></Encrypt></xml>"
PRETTY = "<xml>\r\n  <ToUserName>gh</ToUserName>\r\n  <Encrypt>\r\n    {}\r\n  </Encrypt>\r\n</xml>\r\n"


@pytest.mark.parametrize(
    "given",
    [
        sealed(XML),
        sealed(PRETTY),
        sealed(XML, inside="76"),
        sealed('{"ToUserName":"gh","Encrypt":"{}"}'),
    ],
)
def test_an_envelope_may_be_wrapped(given: Request) -> None:
    found = CHANNELS["wechat"].receive(given, wechat())
    assert found.body == b"success" and found.deliveries[0].external_key == "7"


@pytest.mark.parametrize(
    "given",
    [
        sealed(XML, receiver="wx0000000000000000"),
        sealed(XML, receiver=APP + "x"),
        sealed(XML, receiver=""),
        sealed(XML, nonce="n2"),
        sealed(XML, timestamp="1409304349"),
        sealed(XML, msg_signature=""),
        sealed(XML, msg_signature=crypt.signature("spamtest", "1409304348", "n1")),
        sealed(XML.replace("{}", "{}A")),
    ],
)
def test_an_envelope_of_another_is_forged(given: Request) -> None:
    assert not is_taken(wechat(), given)


def hub(secret: str) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), META, hashlib.sha256).hexdigest()}"}


def of_line(secret: str) -> dict[str, str]:
    return {"x-line-signature": base64.b64encode(hmac.new(secret.encode(), LINE, hashlib.sha256).digest()).decode()}


META = b'{"object":"page","entry":[]}'
LINE = rb'{"destination":"U","events":[]}'


@pytest.mark.parametrize(
    ("kind", "new", "old", "more", "body", "sign"),
    [
        ("whatsapp_meta", "app_secret", "old_app_secret", {"phone_id": "12345", "verify_token": "v" * 9}, META, hub),
        ("messenger", "app_secret", "old_app_secret", {"page_id": "12345", "verify_token": "v" * 9}, META, hub),
        ("line", "secret", "old_secret", {}, LINE, of_line),
    ],
)
def test_both_secrets_are_good_while_one_is_changed(
    kind: str, new: str, old: str, more: dict[str, Any], body: bytes, sign: Any
) -> None:
    both = account(kind, token="t" * 9, **{new: "new-secret", old: "old-secret"}, **more)
    after = account(kind, token="t" * 9, **{new: "new-secret"}, **more)
    for whose, secret, taken in (
        (both, "new-secret", True),
        (both, "old-secret", True),
        (after, "old-secret", False),
        (after, "", False),
    ):
        assert is_taken(whose, request(body, sign(secret))) is taken, (whose, secret)


def standard(signatures: str, at: float = 1000.0, stamp: str = "1000") -> Request:
    told = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": signatures}
    return request(BODY, told, at=at)


GOOD = signature(SECRET, "msg_1", "1000", BODY)
BAD = "v1," + base64.b64encode(b"x" * 32).decode()


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (standard(f"v1a,{'A' * 88} {BAD} {GOOD}"), True),
        (standard(" ".join([BAD] * 30 + [GOOD])), True),
        (standard(f"{BAD}  {GOOD}"), True),
        (standard(GOOD, at=1300.0), True),
        (standard(GOOD, at=700.0), True),
        (standard(GOOD, at=1301.0), False),
        (standard(GOOD, at=699.0), False),
        (standard("v1a" + GOOD[2:]), False),
        (standard("v2" + GOOD[2:]), False),
        (standard(GOOD[3:]), False),
        (standard(GOOD, stamp="1001"), False),
        (standard(signature(SECRET, "msg_1", "soon", BODY), stamp="soon"), False),
    ],
)
def test_several_signatures_versions_and_the_edges_of_time(given: Request, taken: bool) -> None:
    assert is_taken(account("generic", secrets=[SECRET]), given) is taken


def test_what_is_escaped_is_signed_as_it_stands() -> None:
    event = (
        rb'{"type":"message","timestamp":1,"source":{"type":"user","userId":"U4af"},"webhookEventId":"01F",'
        rb'"message":{"id":"1","type":"text","text":"\u4f60\u597d \ud83d\ude00 \/"}}'
    )
    body = b'{"destination":"U","events":[' + event + b"]}"
    whose = account("line", secret="channel_secret", token="t" * 9)
    proof = base64.b64encode(hmac.new(b"channel_secret", body, hashlib.sha256).digest()).decode()
    assert is_taken(whose, request(body, {"X-LINE-SIGNATURE": proof}))
    assert not is_taken(whose, request(json.dumps(json.loads(body)).encode(), {"X-Line-Signature": proof}))
