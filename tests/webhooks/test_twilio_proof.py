"""Twilio's signature where its habits differ: ports, credentials in the address, repeated names, bodies in JSON."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest

from webhooks.channels.base import Account, Forged, Malformed, Request
from webhooks.twilio_proof import prove, signature

URL = "https://desk.example.com/hooks/sms"
PAIRS = [("MessageSid", "SM1"), ("Body", "你好 & +="), ("X", "b"), ("X", "a"), ("X", "a"), ("Empty", "")]


@dataclass
class Options:
    token: str = "new"
    old_token: str = ""
    hook: str = ""


def account(**options: Any) -> Account:
    return Account("sms", "sms_twilio", "main", Options(**options))


def asked(url: str, given: str, body: bytes = urlencode(PAIRS).encode(), kind: str = "") -> Request:
    headers = {"x-twilio-signature": given, "content-type": kind or "application/x-www-form-urlencoded"}
    return Request("POST", url, {}, headers, body, 0.0)


@pytest.mark.parametrize(
    ("called", "signed"),
    [
        (URL, URL),
        (URL, URL.replace(".com/", ".com:443/")),
        (URL.replace(".com/", ".com:8443/"), URL),
        ("http://u:p@h.example/x?a=%E4%BD%A0", "http://u:p@h.example:80/x?a=%E4%BD%A0"),
        ("http://u:p@h.example:1234/x", "http://u:p@h.example/x"),
    ],
)
def test_the_port_may_be_signed_or_not(called: str, signed: str) -> None:
    assert prove(asked(called, signature("new", signed, PAIRS)), account()) == PAIRS


def test_the_old_token_is_good_while_it_is_changed() -> None:
    request = asked(URL, signature("old", URL, PAIRS))
    assert prove(request, account(old_token="old")) == PAIRS
    for wrong in (request, replace(request, headers={}), replace(request, body=request.body + b"&Y=1")):
        with pytest.raises(Forged):
            prove(wrong, account(old_token="" if wrong is request else "old"))


def test_a_body_in_json_is_proved_by_its_digest() -> None:
    body = '{"MessageSid": "SM2", "Body": "你好"}'.encode()
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    request = asked(url, signature("new", url), body, "application/json; charset=utf-8")
    assert dict(prove(request, account())) == {"MessageSid": "SM2", "Body": "你好"}
    bare = asked(URL, signature("new", URL), body, "application/json")
    for wrong in (replace(request, body=body + b" "), bare, replace(request, url=f"{URL}?bodySHA256=")):
        with pytest.raises(Forged):
            prove(wrong, account())


def test_what_is_called_may_differ_from_what_arrives() -> None:
    hook = "https://proxy.example/twilio"
    given = signature("new", f"{hook}?after=dial", PAIRS)
    request = asked("http://127.0.0.1:8080/hooks/sms?after=dial", given)
    assert prove(request, account(hook=hook)) == PAIRS


def test_a_flood_of_parameters_is_malformed() -> None:
    with pytest.raises(Malformed):
        prove(asked(URL, "x", b"&".join(b"a%d=1" % number for number in range(600))), account())
