"""``sip_auto_answer=true``: the phone is told to answer by itself, in the ways that phones know."""

from __future__ import annotations

import pytest

from eslapp.softswitch.outgoing import auto_answer, own_headers


@pytest.mark.parametrize(
    ("own", "told", "params"),
    [
        ({"sip_auto_answer": "true"}, {"Call-Info": "<sip:lab>;answer-after=0"}, "intercom=true"),
        ({"sip_auto_answer": "false", "sip_h_X-One": "1"}, {"X-One": "1"}, None),
        ({"sip_auto_answer": "true", "sip_h_Call-Info": "own"}, {"Call-Info": "own"}, "intercom=true"),
        ({"sip_auto_answer": "true", "sip_invite_params": "a=b"}, {"Call-Info": "<sip:lab>;answer-after=0"}, "a=b"),
    ],
)
def test_what_the_phone_is_told(own: dict[str, str], told: dict[str, str], params: str | None) -> None:
    given = own | auto_answer(own, "lab")
    assert (own_headers(given), given.get("sip_invite_params")) == (told, params)
