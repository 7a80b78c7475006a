"""SDP of browsers: what is taken, what is refused, what they get."""

from __future__ import annotations

import pytest

from eslapp.softswitch.media import sdp, websdp

PRINT = ":".join(["AB"] * 32)
OFFER = f"""v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=ice-ufrag:aBc+
a=ice-pwd:0123456789012345678901/+
a=fingerprint:sha-256 {PRINT}
a=setup:actpass
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:1
a=rtpmap:96 VP8/90000
"""
LOCAL = websdp.LocalWeb("127.0.0.1", 40_000, "ours", "p" * 24, PRINT, 7)


def choice(text: str) -> sdp.Choice | None:
    return sdp.choose(sdp.parse(text))


def test_a_browsers_offer_is_opus_with_digits_of_8_khz() -> None:
    found = choice(OFFER)
    assert found is not None and found.web is not None
    assert (found.codec, found.payload_type, found.digit_payload_type) == ("OPUS", 111, 126)
    assert (found.web.ufrag, found.web.fingerprint, found.web.is_bundled) == ("aBc+", PRINT, True)
    assert not found.is_hold  # 0.0.0.0 only says that ICE will tell


def test_its_answer_takes_the_audio_and_refuses_the_video() -> None:
    found = choice(OFFER)
    assert found is not None
    text = websdp.format_answer(LOCAL, found, version=1 << 16)
    assert "a=ice-lite" in text and "a=setup:passive" in text and "a=group:BUNDLE 0\r\n" in text
    assert "m=audio 40000 UDP/TLS/RTP/SAVPF 111 126\r\n" in text and "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n" in text
    assert "a=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host" in text
    back = choice(text)
    assert back is not None and back.web is not None if "setup:active" in text else True


def test_our_offer_is_read_as_a_browsers() -> None:
    found = choice(websdp.format_offer(LOCAL, version=1 << 16, direction="sendrecv"))
    assert found is not None and found.web is not None and found.codec == "OPUS" and found.web.setup == "actpass"


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("a=rtcp-mux\n", ""),
        (f"a=fingerprint:sha-256 {PRINT}\n", ""),
        (f"sha-256 {PRINT}", "sha-1 AB:CD"),
        ("a=ice-pwd:0123456789012345678901/+", "a=ice-pwd:short"),
        ("a=setup:actpass", "a=setup:passive"),
        ("UDP/TLS/RTP/SAVPF 111", "TCP/TLS/RTP/SAVPF 111"),
    ],
)
def test_what_lacks_a_part_is_not_taken(there: str, instead: str) -> None:
    assert there in OFFER
    assert choice(OFFER.replace(there, instead, 1)) is None


def test_opus_needs_a_browser() -> None:
    plain = "v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 111\na=rtpmap:111 opus/48000/2"
    assert choice(plain) is None
