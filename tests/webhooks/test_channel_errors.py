"""What each provider's answer means for a message, by the providers' own tables.

Source: the error lists named in each channel's module. The provider here is a list of answers and knows no rules.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from answers import Answers, account, meta, we

from webhooks.channels import CHANNELS
from webhooks.channels.access import NoToken, TokenRefused
from webhooks.channels.base import (
    OutboundFile,
    OutboundText,
    SendResult,
)
from webhooks.provider_tools import Tools

pytestmark = pytest.mark.slow


def sent(kind: str, answers: Answers, *said: tuple[int, Any], tools: Tools | None = None) -> SendResult:
    answers.queue = list(said)
    address = "16505551234" if kind.startswith("whatsapp") else "a1"
    words = OutboundText(message="m1", account="line", address=address, text="你好 👋", last_inbound="c/s")
    try:
        return CHANNELS[kind].send(words, account(kind, answers), tools or Tools())
    except (NoToken, TokenRefused) as error:
        return SendResult("failed", error=type(error).__name__)  # type: ignore[arg-type]


TABLE = [
    *[
        (kind, we(code), state, error)
        for kind in ("wechat", "wechat_miniprogram")
        for code, state, error in [
            (0, "sent", ""),
            (-1, "retry", "rate-limited"),
            (45011, "retry", "rate-limited"),
            (45015, "failed", "window-over"),
            (45047, "failed", "quota-used"),
            (45002, "failed", "too-long"),
            (40003, "failed", "bad-address"),
            (43004, "failed", "blocked"),
            (48002, "failed", "blocked"),
            (40164, "failed", "account-broken"),
            (61004, "failed", "account-broken"),
            (45009, "failed", "account-broken"),
            (48001, "failed", "account-broken"),
            (50002, "failed", "account-broken"),
            (99999, "failed", "wechat-99999"),
        ]
    ],
    ("wecom_kf", we(0), "sent", ""),
    ("wecom_kf", we(45009), "retry", "rate-limited"),
    ("wecom_kf", we(60020), "failed", "account-broken"),
    ("whatsapp_meta", meta(131047), "failed", "window-over"),
    ("whatsapp_meta", meta(470), "failed", "window-over"),
    ("whatsapp_meta", meta(131026), "failed", "bad-address"),
    ("whatsapp_meta", meta(131049), "failed", "whatsapp-131049"),
    ("whatsapp_meta", meta(131056), "retry", "rate-limited"),
    ("whatsapp_meta", meta(130429), "retry", "rate-limited"),
    ("whatsapp_meta", meta(190), "failed", "account-broken"),
    ("whatsapp_meta", meta(131031), "failed", "account-broken"),
    ("whatsapp_meta", meta(368), "failed", "account-broken"),
    ("messenger", meta(10, 2018278), "failed", "window-over"),
    ("messenger", meta(100, 2018001), "failed", "bad-address"),
    ("messenger", meta(551), "failed", "blocked"),
    ("messenger", meta(2), "unknown", "no-answer"),
    ("messenger", (500, {"error": {"code": 1200, "message": "temporary send failure"}}), "unknown", "no-answer"),
    ("messenger", meta(613), "retry", "rate-limited"),
    ("messenger", meta(4), "retry", "rate-limited"),
    ("messenger", meta(190), "failed", "account-broken"),
    *[
        (kind, (400, {"code": code, "message": "x"}), state, error)
        for kind in ("sms_twilio", "whatsapp_twilio")
        for code, state, error in [
            (21211, "failed", "bad-address"),
            (21614, "failed", "bad-address"),
            (21610, "failed", "blocked"),
            (21408, "failed", "account-broken"),
            (20003, "failed", "account-broken"),
            (63016, "failed", "window-over"),
            (20429, "retry", "rate-limited"),
            (63018, "retry", "rate-limited"),
            (30007, "failed", "twilio-30007"),
            (30005, "failed", "bad-address"),
            (30006, "failed", "bad-address"),
            (63032, "failed", "blocked"),
        ]
    ],
    ("sms_twilio", (429, {"code": 20429}), "retry", "rate-limited"),
    ("sms_twilio", (401, {"code": 20003}), "failed", "account-broken"),
    ("telegram", (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 7}}), "retry", "rate-limited"),
    ("telegram", (403, {"ok": False, "error_code": 403, "description": "blocked by user"}), "failed", "blocked"),
    ("telegram", (400, {"ok": False, "error_code": 400, "description": "chat not found"}), "failed", "bad-address"),
    ("telegram", (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}), "failed", "account-broken"),
    ("line", (200, {"sentMessages": [{"id": "9"}]}), "sent", ""),
    ("line", (409, {"message": "accepted", "sentMessages": [{"id": "9"}]}), "sent", ""),
    ("line", (429, {"message": "You have reached your monthly limit."}), "failed", "quota-used"),
    ("line", (429, {"message": "rate"}), "retry", "rate-limited"),
    ("line", (400, {"message": "bad"}), "failed", "bad-address"),
    ("line", (403, {"message": "no"}), "failed", "account-broken"),
    *[
        ("douyin", (200, {"data": {"error_code": code, "description": "x"}}), state, error)
        for code, state, error in [
            (0, "sent", ""),
            (28001005, "retry", "rate-limited"),
            (28001006, "retry", "rate-limited"),
            (28003018, "retry", "rate-limited"),
            (28003070, "retry", "rate-limited"),
            (28003017, "failed", "quota-used"),
            (28001012, "failed", "blocked"),
            (28001018, "failed", "account-broken"),
            (28001007, "failed", "douyin-28001007"),
        ]
    ],
    ("weibo", (200, {"result": True}), "sent", ""),
    ("weibo", (400, {"error_code": 21332, "error": "x"}), "failed", "account-broken"),
    ("generic", (204, b""), "sent", ""),
    ("generic", (410, b""), "failed", "account-broken"),
    ("generic", (429, b""), "retry", "no-answer"),
]


@pytest.mark.parametrize(("kind", "said", "state", "error"), TABLE, ids=lambda one: str(one)[:24])
def test_what_an_answer_means(kind: str, said: tuple[int, Any], state: str, error: str, answers: Answers) -> None:
    found = sent(kind, answers, said)
    assert (str(found.state), found.error) == (state, error)


@pytest.mark.parametrize("kind", sorted(set(CHANNELS) - {"webchat", "email", "sip_trunk", "twilio_voice"}))
def test_a_front_door_is_no_answer_of_the_api(kind: str, answers: Answers) -> None:
    """503 was not taken; 502 and a page of HTML may have been; nothing of it is "sent"."""
    assert str(sent(kind, answers, (503, b"busy")).state) == "retry"
    assert str(sent(kind, answers, (502, b"<html>")).state) in ("unknown", "retry")


@pytest.mark.parametrize("kind", ["wechat", "wechat_miniprogram", "wecom_kf"])
def test_a_token_is_renewed_once_and_then_the_account_is_broken(kind: str, answers: Answers) -> None:
    tools = Tools()
    assert str(sent(kind, answers, we(42001), we(0), tools=tools).state) == "sent"
    assert answers.tokens == 2
    answers.asked.clear()
    assert sent(kind, answers, we(40001), tools=tools).error == "TokenRefused"
    assert len(answers.asked) == 2  # not for ever
    assert answers.tokens == 3


@pytest.mark.parametrize("kind", ["wechat", "wechat_miniprogram"])
def test_a_token_that_is_refused_though_still_given_is_renewed_by_force(kind: str, answers: Answers) -> None:
    """The stable token: without force the same one comes again; with it the old one ends, so not at every failure."""
    given, forced = ["token-1"], []
    usual = answers.next

    def stable(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        if "stable_token" not in path:
            return usual(path, body, headers)
        if json.loads(body)["force_refresh"]:
            forced.append(path)
            given[0] = f"token-{len(forced) + 1}"
        return 200, {"access_token": given[0], "expires_in": 7200}

    answers.next = stable  # type: ignore[method-assign]
    clock = [1000.0]
    tools = Tools(clock=lambda: clock[0])
    assert str(sent(kind, answers, we(40001), we(0), tools=tools).state) == "sent"
    assert len(forced) == 1 and "access_token=token-2" in answers.asked[-1][0]
    assert sent(kind, answers, we(40001), tools=tools).error == "TokenRefused" and len(forced) == 1
    clock[0] += 61
    assert str(sent(kind, answers, we(40001), we(0), tools=tools).state) == "sent" and len(forced) == 2


@pytest.mark.parametrize("kind", ["wechat", "wechat_miniprogram", "wecom_kf"])
def test_a_file_that_the_provider_lost_is_handed_over_once_more(kind: str, answers: Answers) -> None:
    answers.queue = [(200, {"media_id": "m"}), we(40007)]
    file = OutboundFile(kind="image", name="a.png", content_type="image/png", content=b"png")
    words = OutboundText(message="m1", account="line", address="a1", text="", files=(file,))
    assert str(CHANNELS[kind].send(words, account(kind, answers), Tools()).state) == "retry"
    card = replace(words, files=(), card={"appid": "wx1", "pagepath": "p", "thumb_media_id": "old"})
    answers.queue = [we(40007)]
    found = CHANNELS[kind].send(card, account(kind, answers), Tools())
    assert (str(found.state), found.error) == ("failed", "media-ended")  # an admin's: the same comes again


def test_words_go_out_as_they_are(answers: Answers) -> None:
    """JSON in UTF-8: WeChat shows escapes as they stand."""
    for kind in ("wechat", "wecom_kf", "telegram", "line", "whatsapp_meta", "messenger", "douyin", "generic"):
        answers.asked.clear()
        sent(kind, answers, (200, {}))
        assert "你好 👋".encode() in answers.asked[-1][1], kind


@pytest.mark.parametrize(
    ("kind", "more", "way"),
    [
        ("wechat", {}, "template/send"),
        ("wechat", {"page": "p/1"}, "subscribe/bizsend"),
        ("wechat_miniprogram", {"page": "p/1"}, "subscribe/send"),
    ],
)
def test_wechats_templates_go_as_the_site_has_them(kind: str, more: dict[str, str], way: str, answers: Answers) -> None:
    answers.queue = [(200, {"errcode": 0, "msgid": 7})]
    template = {"template_id": "t", "data": {"thing1": {"value": "水壶"}}, **more}
    words = OutboundText(message="m1", account="line", address="a1", text="", template=template)
    result = CHANNELS[kind].send(words, account(kind, answers), Tools())
    ((path, body, _),) = answers.asked
    assert path.partition("?")[0] == f"/cgi-bin/message/{way}" and result.provider_id == "7"
    assert json.loads(body) == {"touser": "a1", **template}
