"""STUN against the RFC's own sample, and against noise."""

from __future__ import annotations

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.webrtc import stun

# RFC 5769 2.1: a request with USERNAME "evtj:h6vY" and the password VOkJxbRl1RmTxUk/WvJxBt.
SAMPLE = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b15126"
    "3b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"


def test_the_rfcs_request_is_read() -> None:
    found = stun.read_request(SAMPLE, PASSWORD)
    assert found is not None and found.username == "evtj:h6vY" and not found.is_nominating


def test_another_password_or_a_changed_byte_is_not() -> None:
    assert stun.read_request(SAMPLE, "another") is None
    for at in range(20, 76):
        changed = SAMPLE[:at] + bytes([SAMPLE[at] ^ 1]) + SAMPLE[at + 1 :]
        assert stun.read_request(changed, PASSWORD) is None


def test_the_answer_is_the_rfcs() -> None:
    """RFC 5769 2.2 has a SOFTWARE attribute more; address and form are compared."""
    found = stun.read_request(SAMPLE, PASSWORD)
    assert found is not None
    answer = stun.write_answer(found, ("192.0.2.1", 32853), PASSWORD)
    assert answer[:2] == b"\x01\x01" and answer[4:20] == SAMPLE[4:20]
    assert bytes.fromhex("002000080001a147e112a643") in answer
    assert struct.unpack_from("!H", answer, 2)[0] == len(answer) - 20


@settings(max_examples=60)
@given(st.binary(max_size=120), st.integers(0, 107))
def test_noise_is_nothing(noise: bytes, at: int) -> None:
    assert stun.read_request(noise, PASSWORD) is None
    stun.read_request(SAMPLE[:at] + noise, PASSWORD)
