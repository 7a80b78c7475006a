"""What each provider's answer means for a file of a contact: it is there, it may come yet, or it is gone for good."""

from __future__ import annotations

from typing import Any

import pytest
from answers import Answers, account, meta, we

from eslapp.outside import Unreachable
from webhooks.channels import CHANNELS
from webhooks.channels.access import Gone, NoToken, TokenRefused
from webhooks.channels.base import Attachment, OutboundFile, OutboundText, SendResult
from webhooks.provider_tools import Tools

pytestmark = pytest.mark.slow
FETCHERS = ("wechat", "wechat_miniprogram", "wecom_kf", "whatsapp_meta", "messenger", "telegram", "line", "generic")
FETCHERS += ("sms_twilio", "whatsapp_twilio", "weibo")
FIRST = {
    "whatsapp_meta": lambda url: (200, {"url": f"{url}/file"}),
    "telegram": lambda url: (200, {"ok": True, "result": {"file_path": "photos/1.jpg"}}),
}
LATER, GONE = "later", "gone"


def fetched(kind: str, answers: Answers, *said: tuple[int, Any]) -> str | OutboundFile:
    answers.queue = list(said)
    wanted = Attachment(kind="image", ref=f"{answers.url}/m" if kind in WITH_ADDRESS else "m1")
    try:
        return CHANNELS[kind].fetch(wanted, account(kind, answers), Tools())
    except Gone:
        return GONE
    except (Unreachable, TokenRefused, NoToken):
        return LATER


WITH_ADDRESS = ("messenger", "generic", "sms_twilio", "whatsapp_twilio")


@pytest.mark.parametrize("kind", FETCHERS)
@pytest.mark.parametrize(
    ("status", "meant"),
    [(401, LATER), (403, LATER), (408, LATER), (425, LATER), (429, LATER), (500, LATER), (503, LATER), (404, GONE)],
)
def test_only_what_is_gone_is_given_up(kind: str, status: int, meant: str, answers: Answers) -> None:
    assert fetched(kind, answers, (status, b"<html>")) == meant
    if kind in FIRST:  # and at the second address, which ends before the file does
        said = fetched(kind, answers, FIRST[kind](answers.url), (status, b"<html>"))
        assert said == (LATER if kind == "whatsapp_meta" else meant)


@pytest.mark.parametrize("kind", ["wechat", "wechat_miniprogram", "wecom_kf"])
@pytest.mark.parametrize(
    ("code", "meant"),
    [(-1, LATER), (45009, LATER), (45011, LATER), (40164, LATER), (48001, LATER), (40007, GONE), (99999, LATER)],
)
def test_tencents_codes_stand_where_the_file_should(kind: str, code: int, meant: str, answers: Answers) -> None:
    assert fetched(kind, answers, we(code)) == meant


@pytest.mark.parametrize("kind", ["wechat", "wecom_kf"])
def test_a_token_that_has_ended_is_renewed_for_a_file(kind: str, answers: Answers) -> None:
    found = fetched(kind, answers, we(42001), (200, b"\xff\xd8\xff picture"))
    assert isinstance(found, OutboundFile) and answers.tokens == 2


@pytest.mark.parametrize(
    ("kind", "said", "meant"),
    [
        ("whatsapp_meta", (401, {"error": {"code": 190, "message": "expired"}}), LATER),
        ("whatsapp_meta", (400, {"error": {"code": 4, "message": "limit"}}), LATER),
        ("whatsapp_meta", (400, {"error": {"code": 131000, "is_transient": True}}), LATER),
        ("whatsapp_meta", meta(100, 33), GONE),
        (
            "telegram",
            (400, {"ok": False, "description": "the file is temporarily unavailable"}),
            LATER,
        ),
        ("telegram", (400, {"ok": False, "description": "Bad Request: file is too big"}), GONE),
        ("weibo", (200, {"error": "expired_token", "error_code": 21327}), LATER),
        ("line", (202, b""), LATER),
        ("line", (410, b""), GONE),
    ],
)
def test_what_an_api_says_of_a_file(kind: str, said: tuple[int, Any], meant: str, answers: Answers) -> None:
    assert fetched(kind, answers, said) == meant


UPLOADERS = ("wechat", "wechat_miniprogram", "wecom_kf", "whatsapp_meta")


@pytest.mark.parametrize("kind", UPLOADERS)
@pytest.mark.parametrize("said", [(500, b"<html>"), (502, b"<html>"), (200, b"<html>")])
def test_an_upload_that_breaks_has_reached_nobody(kind: str, said: tuple[int, Any], answers: Answers) -> None:
    assert with_picture(kind, answers, said).state == "retry"


def with_picture(kind: str, answers: Answers, *said: tuple[int, Any]) -> SendResult:
    answers.queue = list(said)
    picture = OutboundFile(kind="image", name="a.png", content_type="image/png", content=b"\x89PNG")
    words = OutboundText(message="m1", account="line", address="16505551234", text="", files=(picture,))
    return CHANNELS[kind].send(words, account(kind, answers), Tools())


@pytest.mark.parametrize("kind", ["wechat", "wecom_kf"])
@pytest.mark.parametrize("said", [(200, {"errcode": -1}), (502, b"<html>"), (429, b""), (200, {"errcode": 45011})])
def test_a_busy_counter_for_tokens_breaks_no_account(
    kind: str, said: tuple[int, Any], answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "next", lambda path, body, headers: said)
    words = OutboundText(message="m1", account="line", address="a1", text="hello")
    with pytest.raises(Unreachable) as raised:
        CHANNELS[kind].send(words, account(kind, answers), Tools())
    assert not raised.value.may_have_arrived
