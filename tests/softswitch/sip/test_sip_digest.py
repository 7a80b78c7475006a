"""Digest on the RFC's own example, nonces used once, guards with a clock in the hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.sip.digest import (
    Nonces,
    answer_challenge,
    expected_response,
    format_challenge,
    is_right,
    parse_digest,
)
from eslapp.softswitch.sip.guard import FailureGuard, RateGuard

RFC2617 = (
    'Digest username="Mufasa",  realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", '
    'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)


def test_the_rfcs_example() -> None:
    fields = parse_digest(RFC2617)
    assert fields is not None
    assert expected_response(fields, "Circle Of Life", "GET") == fields["response"]
    assert is_right(fields, "Circle Of Life", "GET", "testrealm@host.com")
    assert not is_right(fields, "Circle of Life", "GET", "testrealm@host.com")
    assert not is_right(fields, "Circle Of Life", "POST", "testrealm@host.com")
    assert not is_right(fields, "Circle Of Life", "GET", "other")
    assert not is_right(fields | {"algorithm": "SHA-256"}, "Circle Of Life", "GET", "testrealm@host.com")


def test_what_freeswitch_was_seen_to_accept() -> None:
    fields = parse_digest(
        'Digest username="1001", realm="127.0.0.1", nonce="900d0411-1323-4d02-99a2-15fd47902e20", '
        'uri="sip:127.0.0.1:5080", '
        'response="eb0e39ccc42b205b8bea03a47247bbe7", algorithm=MD5, cnonce="99600791", qop=auth, nc=00000001'
    )
    assert fields is not None
    missing = {name: value for name, value in fields.items() if name != "response"}
    assert not is_right(missing, "x", "REGISTER", "127.0.0.1")
    assert len(expected_response(fields, "x", "REGISTER")) == 32


@pytest.mark.parametrize(
    "text", ["", "Basic abc", "Digest", "Digest username", 'Digest username="a', "Digest =", "NoOneKnowsThis x=y"]
)
def test_nothing_to_judge(text: str) -> None:
    assert not (fields := parse_digest(text)) or not is_right(fields, "", "REGISTER", "")


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_garbage(text: str) -> None:
    parse_digest("Digest " + text)
    answer_challenge("Digest " + text, user="u", password="p", method="REGISTER", uri="sip:h", cnonce="c")


@settings(max_examples=25)
@given(st.text(max_size=10), st.text(max_size=10))
def test_a_phone_answers_what_the_switch_asks(user: str, password: str) -> None:
    user = "".join(c for c in user if c.isprintable())
    challenge = format_challenge("lab", "n-1")
    answer = answer_challenge(challenge, user=user, password=password, method="REGISTER", uri="sip:h", cnonce="c0")
    assert answer is not None
    fields = parse_digest(answer)
    assert fields is not None and fields["username"] == user
    assert is_right(fields, password, "REGISTER", "lab")
    assert not is_right(fields, password + "x", "REGISTER", "lab")


def test_a_challenge_without_qop_is_answered_the_old_way() -> None:
    answer = answer_challenge(
        'Digest realm="r", nonce="n"', user="u", password="p", method="INVITE", uri="sip:h", cnonce="c"
    )
    assert answer is not None and "qop" not in answer
    fields = parse_digest(answer)
    assert fields is not None and is_right(fields, "p", "INVITE", "r")


def test_nonces_work_once_and_for_a_minute() -> None:
    nonces = Nonces(b"secret", life_s=60)
    first, second = nonces.make(1000.0, "a"), nonces.make(1000.0, "a")
    assert first != second
    assert nonces.use(first, 1030.0, "a") and not nonces.use(first, 1030.0, "a")
    assert not nonces.use(second, 1062.0, "a")
    assert not nonces.use("", 1000.0, "a") and not nonces.use("3e8-1-" + "0" * 32, 1000.0, "a")
    assert not Nonces(b"other").use(nonces.make(1000.0, "a"), 1000.0, "a")
    assert not nonces.use(nonces.make(2000.0, "a"), 1000.0, "a")  # from the future


def test_a_nonce_is_good_for_whom_it_was_given_to() -> None:
    """Who forges an address does not see the challenge, so nobody is banned for answers in his name."""
    nonces = Nonces(b"secret")
    nonce = nonces.make(1000.0, "192.0.2.1")
    assert not nonces.use(nonce, 1000.0, "192.0.2.2") and nonces.use(nonce, 1000.0, "192.0.2.1")


def test_used_nonces_are_bounded() -> None:
    nonces = Nonces(b"s", remembered=10)
    assert all(nonces.use(nonces.make(1.0, "a"), 1.0, "a") for _ in range(1000))
    assert len(nonces._used) == 10


def test_ten_failures_in_a_minute_ban() -> None:
    guard = FailureGuard(failures=10, ban_s=900)
    assert not any(guard.fail("a", 6.1 * n) for n in range(1, 10))
    assert not guard.fail("a", 200.0)
    assert [guard.fail("a", 200.0 + n) for n in range(1, 10)] == [False] * 8 + [True]
    assert guard.is_banned("a", 1000.0) and not guard.is_banned("b", 1000.0)
    assert not guard.is_banned("a", 1110.0)


def test_guards_are_bounded() -> None:
    guard, rate = FailureGuard(failures=1, sources=50), RateGuard(10, sources=50)
    for n in range(1000):
        guard.fail(f"10.0.0.{n}", 1.0)
        rate.take(f"10.0.0.{n}", 1.0)
    assert len(guard._banned) == 50 and len(rate._buckets) == 50


def test_a_bucket_fills_again() -> None:
    rate = RateGuard(10)
    assert sum(rate.take("a", 5.0) for _ in range(100)) == 20
    assert sum(rate.take("a", 6.0) for _ in range(100)) == 10
    assert rate.take("b", 6.0)
    assert rate.take("c", 8.1) and list(rate._buckets) == ["c"]  # those of a and b are full again


def test_nonces_are_of_one_length_at_any_hour() -> None:
    nonces = Nonces(b"secret")
    assert len({len(nonces.make(now, "a")) for now in (0.0, 255.0, 256.0, 4096.0, 2.0**33)}) == 1


@pytest.mark.parametrize("change", [("qop", "auth-int"), ("algorithm", "MD5-sess"), ("algorithm", "SHA-256")])
def test_what_was_not_offered_is_no_right_answer(change: tuple[str, str]) -> None:
    fields = {
        "username": "u",
        "realm": "r",
        "nonce": "n",
        "uri": "sip:r",
        "qop": "auth",
        "nc": "00000001",
        "cnonce": "c",
    }
    fields["response"] = expected_response(fields, "p", "REGISTER")
    assert is_right(fields, "p", "REGISTER", "r")
    assert not is_right({**fields, change[0]: change[1]}, "p", "REGISTER", "r")
