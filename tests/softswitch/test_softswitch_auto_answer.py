"""``sip_auto_answer=true``: the phone is told to answer by itself, the way most phones know."""

from __future__ import annotations

import pytest

from eslapp.softswitch.outgoing import own_headers


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"sip_auto_answer": "true"}, {"Call-Info": "<sip:lab>;answer-after=0"}),
        ({"sip_auto_answer": "false", "sip_h_X-One": "1"}, {"X-One": "1"}),
        ({"sip_auto_answer": "true", "sip_h_Call-Info": "own"}, {"Call-Info": "own"}),
    ],
)
def test_what_the_phone_is_told(own: dict[str, str], told: dict[str, str]) -> None:
    assert own_headers(own, "lab") == told
