"""RTP headers on literal bytes; anything else is None, never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.media import rtp


def test_header_bytes() -> None:
    assert rtp.write_header(8, True, 0x1_0002, 0x1_0000_0003, 0xDEADBEEF) == bytes.fromhex("80880002 00000003 deadbeef")


@settings(max_examples=50)
@given(
    st.integers(0, 127),
    st.booleans(),
    st.integers(0, 0xFFFF),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=400),
)
def test_round_trip(kind: int, marker: bool, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> None:
    packet = rtp.write_header(kind, marker, sequence, timestamp, ssrc) + payload
    assert rtp.read(packet) == (kind, marker, sequence, timestamp, ssrc, payload)


@pytest.mark.parametrize(
    ("packet", "payload"),
    [
        ("81000001 00000002 00000003 aaaaaaaa 0102", "0102"),  # one CSRC
        ("90000001 00000002 00000003 bede0001 11111111 0102", "0102"),  # an extension of one word
        ("a0000001 00000002 00000003 01020002", "0102"),  # two bytes of padding
        ("80000001 00000002 00000003", ""),
    ],
)
def test_optional_parts(packet: str, payload: str) -> None:
    fields = rtp.read(bytes.fromhex(packet))
    assert fields is not None and fields[5] == bytes.fromhex(payload)


@pytest.mark.parametrize(
    "packet",
    [
        "",
        "80",
        "40000001 00000002 00000003 01",  # version 1
        "8f000001 00000002 00000003 01",  # fifteen CSRCs that are not there
        "90000001 00000002 00000003 bede",  # extension cut
        "90000001 00000002 00000003 bedeffff 01",  # extension longer than the packet
        "a0000001 00000002 00000003 0102ff",  # padding longer than the payload
        "a0000001 00000002 00000003 010200",  # padding of nothing
        "a0000001 00000002 00000003",  # padding flag, no payload
    ],
)
def test_broken_packets(packet: str) -> None:
    assert rtp.read(bytes.fromhex(packet)) is None


@settings(max_examples=50)
@given(st.binary(max_size=64))
def test_garbage_is_harmless(packet: bytes) -> None:
    rtp.read(packet)


def test_too_long_is_none() -> None:
    assert rtp.read(b"\x80" + bytes(rtp.MAX_PACKET)) is None
