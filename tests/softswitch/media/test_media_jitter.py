"""Order, loss, doubles and drift of what comes from the network."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.media.jitter import MAX_PACKETS, JitterBuffer


def frame(number: int, size: int = 160) -> bytes:
    return bytes([number % 251]) * size


def drain(buffer: JitterBuffer, ticks: int) -> list[int]:
    return [piece[1][0] for piece in (buffer.get() for _ in range(ticks)) if piece is not None]


def test_starts_after_two_packets_and_gives_one_per_tick() -> None:
    buffer = JitterBuffer()
    buffer.put(65_535, 0, frame(1))
    assert buffer.get() is None
    buffer.put(0, 0, frame(2))  # the sequence number wraps
    assert buffer.get() == (0, frame(1))
    assert buffer.get() == (0, frame(2))
    assert buffer.get() is None


def test_a_single_packet_is_not_kept_for_ever() -> None:
    buffer = JitterBuffer()
    buffer.put(5, 0, frame(9))
    assert drain(buffer, 4) == [9]


def test_order_doubles_and_loss() -> None:
    buffer = JitterBuffer()
    for number in (10, 12, 11, 11, 14):
        buffer.put(number, 0, frame(number))
    assert [piece[1][0] if (piece := buffer.get()) else None for _ in range(5)] == [10, 11, 12, None, 14]
    assert buffer.lost == 1
    buffer.put(15, 0, frame(15))
    buffer.put(15, 0, frame(99))
    buffer.put(17, 0, frame(17))
    buffer.put(16, 0, frame(16))
    buffer.put(16, 0, frame(99))
    assert drain(buffer, 4) == [15, 16, 17]  # of doubles the first counts
    buffer.put(13, 0, frame(13))
    assert buffer.late == 1 and buffer.get() is None


def test_other_packet_sizes_become_20_ms_frames() -> None:
    for size, count in ((80, 8), (240, 4), (480, 2)):
        buffer = JitterBuffer()
        for number in range(count):
            buffer.put(number, 8, frame(7, size))
        pieces = [buffer.get() for _ in range(10)]
        assert [piece for piece in pieces if piece] == [(8, frame(7))] * (size * count // 160)


def test_events_hold_their_place_and_take_no_time() -> None:
    buffer = JitterBuffer()
    buffer.put(1, 0, frame(1))
    buffer.put(2, 0, b"")
    buffer.put(3, 0, frame(3))
    assert drain(buffer, 2) == [1, 3]


def test_a_jump_is_a_new_stream() -> None:
    buffer = JitterBuffer()
    for number in (1, 2, 30_000, 30_001):
        buffer.put(number, 0, frame(number))
    assert drain(buffer, 3) == [30_000 % 251, 30_001 % 251]


def test_depth_is_bounded_and_a_fast_sender_is_shed() -> None:
    buffer = JitterBuffer()
    for number in range(100):
        buffer.put(number, 0, frame(number))
    assert len(drain(buffer, 100)) == MAX_PACKETS
    number, depth = 1000, 8
    for _ in range(depth):
        buffer.put(number, 0, frame(number))
        number += 1
    shed = buffer.late
    for _ in range(1500):
        buffer.put(number, 0, frame(number))
        number += 1
        assert buffer.get() is not None
    assert 3 <= buffer.late - shed <= depth  # 160 ms of delay has gone down to about 60


def test_what_a_pause_of_the_network_piled_up_is_gone_within_seconds_and_not_all_at_once() -> None:
    buffer = JitterBuffer()
    number = 0
    for _ in range(50):
        buffer.put(number, 0, frame(number))
        buffer.get()
        number += 1
    for _ in range(20):  # 400 ms of nothing, then everything
        buffer.get()
    for _ in range(20):
        buffer.put(number, 0, frame(number))
        number += 1
    delays, heard = [], []
    for _ in range(400):
        buffer.put(number, 0, frame(number))
        number += 1
        piece = buffer.get()
        assert piece is not None
        heard.append(piece[1][0])
        delays.append((number - heard[-1]) % 251)
    assert delays[0] >= 20 and delays[300] <= 7  # 400 ms late, six seconds later at most 140
    assert max((b - a) % 251 for a, b in zip(heard, heard[1:], strict=False)) == 2  # never two packets in a row


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 65_535), st.binary(max_size=500)), max_size=60),
    st.randoms(use_true_random=False),
)
def test_anything_goes_in_and_only_whole_frames_come_out(
    stream: list[tuple[int, bytes]], chance: random.Random
) -> None:
    buffer = JitterBuffer()
    for sequence, payload in stream:
        buffer.put(sequence, 0, payload)
        if chance.random() < 0.5:
            piece = buffer.get()
            assert piece is None or len(piece[1]) == 160
