"""Offer and answer on literal text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.media.sdp import SdpError, choose, format_answer, format_offer, parse

OFFER = (
    "v=0\r\no=lab 1000 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 48004 RTP/AVP 0 8 101\r\n"
    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
    "a=ptime:20\r\na=sendrecv\r\n"
)


def test_the_usual_offer() -> None:
    choice = choose(parse(OFFER))
    assert choice is not None
    assert (choice.codec, choice.payload_type, choice.digit_payload_type) == ("PCMU", 0, 101)
    assert (choice.remote, choice.direction, choice.is_hold) == (("127.0.0.1", 48_004), "sendrecv", False)


def test_the_callers_preference_wins_and_dynamic_numbers_are_kept() -> None:
    text = OFFER.replace("0 8 101", "96 8 97").replace("rtpmap:101", "rtpmap:97") + "a=rtpmap:96 pcma/8000/1\r\n"
    choice = choose(parse(text))
    assert choice is not None and (choice.codec, choice.payload_type, choice.digit_payload_type) == ("PCMA", 96, 97)


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
def test_hold(direction: str) -> None:
    choice = choose(parse(OFFER.replace("sendrecv", direction)))
    assert choice is not None and choice.is_hold
    answer = format_answer("127.0.0.1", 6000, choice, version=1)
    assert f"a={'recvonly' if direction == 'sendonly' else 'inactive'}\r\n" in answer


def test_old_hold_by_address() -> None:
    choice = choose(parse(OFFER.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")))
    assert choice is not None and choice.is_hold and choice.remote is None
    assert "a=recvonly" in format_answer("127.0.0.1", 6000, choice, version=1)


@pytest.mark.parametrize(
    ("said", "answered"), [("inactive", "inactive"), ("recvonly", "sendonly"), ("sendonly", "recvonly")]
)
def test_old_hold_with_a_direction_is_answered_as_the_direction_wants(said: str, answered: str) -> None:
    """RFC 3264 6.1: nothing but inactive may answer inactive."""
    choice = choose(parse(OFFER.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0").replace("sendrecv", said)))
    assert choice is not None and choice.is_hold
    assert f"a={answered}\r\n" in format_answer("127.0.0.1", 6000, choice, version=1)


@pytest.mark.parametrize(
    ("line", "port"),
    [("a=rtcp:9001 IN IP4 127.0.0.1", 9001), ("a=rtcp:9001", 9001), ("a=rtcp:99999", 0), ("a=rtcp:x", 0)],
)
def test_a_port_of_its_own_for_reports(line: str, port: int) -> None:
    choice = choose(parse(OFFER + line + "\r\n"))
    assert choice is not None and choice.rtcp_port == port
    answer = format_answer("127.0.0.1", 6000, choice, version=1)
    assert ("a=ptime:20\r\na=rtcp:6001 IN IP4 127.0.0.1\r\n" in answer) == bool(port)


def test_the_answer_names_one_codec_and_refuses_video() -> None:
    text = OFFER.replace("m=audio", "m=video 5000 RTP/AVP 31\r\nm=audio") + "m=image 6002 udptl t38\r\n"
    choice = choose(parse(text))
    assert choice is not None
    answer = format_answer("192.0.2.2", 24_254, choice, version=(7 << 16) + 1)
    assert answer == (
        "v=0\r\no=Zongji 7 458753 IN IP4 192.0.2.2\r\ns=Zongji\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
        "m=video 0 RTP/AVP 31\r\nm=audio 24254 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\nm=image 0 UDPTL t38\r\n"
    )


def test_our_offer_is_what_we_would_take() -> None:
    for direction in ("sendrecv", "sendonly"):
        choice = choose(parse(format_offer("::1", 4000, version=1, direction=direction)))
        assert choice is not None and choice.remote == ("::1", 4000) and choice.direction == direction


@pytest.mark.parametrize(
    "text",
    [
        OFFER.replace("0 8 101", "18"),
        OFFER.replace("m=audio 48004", "m=audio 0"),
        OFFER.replace("RTP/AVP", "RTP/SAVP"),
        OFFER.replace("m=audio", "m=video"),
        OFFER.replace("c=IN IP4 127.0.0.1\r\n", ""),
        OFFER.replace("PCMU/8000", "PCMU/16000").replace("0 8 101", "0 101"),
    ],
)
def test_nothing_we_can_use(text: str) -> None:
    assert choose(parse(text)) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "v=0"),
        ("hello", "v=0"),
        ("v=0\r\nnonsense", "letter"),
        ("v=0\r\nm=audio x RTP/AVP 0", "m="),
        ("v=0\r\nm=audio 70000 RTP/AVP 0", "m="),
        ("v=0\r\nm=audio 4000 RTP/AVP", "m="),
        ("v=0\r\nc=IN IP4 evil.example.com", "IP address"),
        ("v=0\r\nc=IN IP4 224.0.0.1/127", "multicast"),
        ("v=0\r\nc=IN IP4 255.255.255.255", "broadcast"),
        ("v=0\r\nc=IN", "c="),
        ("v=0\r\n" + "a=x\r\n" * 600, "too many lines"),
        ("v=0\r\n" + "m=audio 4000 RTP/AVP 0\r\n" * 20, "too many media"),
    ],
)
def test_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(SdpError, match=why):
        choose(parse(text))


@settings(max_examples=50)
@given(st.binary(max_size=300), st.integers(0, len(OFFER)))
def test_garbage_gives_sdp_errors_only(garbage: bytes, position: int) -> None:
    for text in (garbage, OFFER[:position].encode() + garbage + OFFER[position:].encode()):
        try:
            choose(parse(text))
        except SdpError:
            continue
