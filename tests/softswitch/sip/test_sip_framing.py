"""Where SIP messages begin in a stream and in WebSocket frames; what is refused. Pure."""

from __future__ import annotations

import random

import pytest

from eslapp.softswitch.sip import websocket
from eslapp.softswitch.sip.framing import FramingError, StreamFramer

OPTIONS = (
    "OPTIONS sip:h@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{kind} df7jal23ls0d.invalid;branch=z9hG4bK{branch}\r\n"
    "From: <sip:a@lab>;tag=1\r\nTo: <sip:h@lab>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


def options(branch: str, kind: str = "TCP") -> bytes:
    return OPTIONS.format(branch=branch, kind=kind).encode()


def test_messages_are_whole_whatever_the_pieces() -> None:
    body = b"hello \r\n\r\n world"
    with_body = options("b").replace(b"Content-Length: 0", b"l : %d" % len(body)) + body
    sent = [options("a"), with_body, b"", options("c")]
    wire = b"".join(each or b"\r\n\r\n" for each in sent)
    chance = random.Random(3)
    for _ in range(200):
        framer, came, at = StreamFramer(), [], 0
        while at < len(wire):
            size = chance.randint(1, 60)
            came += framer.feed(wire[at : at + size])
            at += size
        assert came == sent and framer.is_between


@pytest.mark.parametrize(
    "wire",
    [
        options("a").replace(b"Content-Length: 0\r\n", b""),
        options("a").replace(b"Content-Length: 0", b"Content-Length: 0\r\nl: 5"),
        options("a").replace(b"Content-Length: 0", b"Content-Length: -1"),
        options("a").replace(b"Content-Length: 0", b"Content-Length: 0\r\n 7"),
        options("a").replace(b"Content-Length: 0", b"Content-Length: 99999999"),
        b"x" * 70_000,
        b"\r" * 10,
    ],
)
def test_a_doubtful_length_ends_the_stream(wire: bytes) -> None:
    with pytest.raises(FramingError):
        StreamFramer().feed(wire)


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (b"\x81\x01a", 1002),  # not masked
        (b"\xc1\x80aaaa", 1002),  # a reserved bit
        (b"\x83\x80aaaa", 1002),  # an unknown frame
        (b"\x80\x80aaaa", 1002),  # a piece of nothing
        (b"\x09\x80aaaa", 1002),  # a ping in pieces
        (b"\x89\xfe\x00\x7e", 1002),  # a long ping
        (b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 1009),
        (b"\x01\x80aaaa" + b"\x00\x80aaaa" * 100, 1009),
        (b"\x81\x81\x00\x00\x00\x00\xff", 1007),
    ],
)
def test_websocket_frames_that_are_refused(wire: bytes, code: int) -> None:
    with pytest.raises(websocket.WebSocketError) as error:
        websocket.FrameReader().feed(wire)
    assert error.value.code == code


def test_websocket_pieces_are_joined_around_a_ping() -> None:
    mask = b"\1\2\3\4"
    first, last = websocket.write_frame(1, b"ab", mask), websocket.write_frame(0, b"c" * 70_000, mask)
    wire = bytes([first[0] & 0x7F]) + first[1:] + websocket.write_frame(9, b"?", mask) + last
    reader = websocket.FrameReader(message_bytes=100_000)
    came = [each for at in range(0, len(wire), 999) for each in reader.feed(wire[at : at + 999])]
    assert came == [(9, b"?"), (1, b"ab" + b"c" * 70_000)] and reader.is_between
