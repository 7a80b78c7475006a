"""Each digit once, whatever the network does to its packets; each digit sent as RFC 4733 says."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.media.dtmf import DIGITS, DigitReceiver, DigitSender, event


def packets(digit: str, timestamp: int, length: int = 5) -> list[tuple[int, bytes]]:
    body = [(timestamp, event(digit, 160 * n)) for n in range(1, length + 1)]
    return body + [(timestamp, event(digit, 160 * length, True))] * 3


def feed(receiver: DigitReceiver, stream: list[tuple[int, bytes]]) -> list[tuple[str, int]]:
    return [ended for timestamp, payload in stream for ended in receiver.feed(timestamp, payload)]


def test_bytes_of_an_event() -> None:
    assert event("#", 800, True) == bytes.fromhex("0b8a0320")


def test_every_digit_once_with_its_duration() -> None:
    for digit in DIGITS:
        assert feed(DigitReceiver(), packets(digit, 1000)) == [(digit, 800)]


def test_same_digit_twice_is_two_digits() -> None:
    assert feed(DigitReceiver(), packets("1", 1000) + packets("1", 3000)) == [("1", 800), ("1", 800)]


def test_a_phone_that_moves_the_time_stamp_with_each_packet_presses_one_key() -> None:
    for step in (160, 400):
        stream = [(1000 + n * step, event("4", (n + 1) * step)) for n in range(5)]
        stream += [(1000 + n * step, event("4", 5 * step, True)) for n in range(5, 8)]
        receiver = DigitReceiver()
        assert feed(receiver, stream) == [("4", 5 * step)]
        assert feed(receiver, [(ts + 20_000, payload) for ts, payload in stream]) == [("4", 5 * step)]
    receiver = DigitReceiver()  # the same key, first packet lost, right after a short pause
    assert feed(receiver, packets("1", 1000) + packets("1", 1000 + 800 + 320)[1:]) == [("1", 800), ("1", 800)]


def test_the_same_capture_played_again_is_a_new_digit_but_its_doubles_are_not() -> None:
    receiver = DigitReceiver()
    capture = packets("1", 0)

    def play(tick: int, *, marked: bool = True) -> list[tuple[str, int]]:
        return [e for n, (ts, p) in enumerate(capture) for e in receiver.feed(ts, p, marked and n == 0, tick + n)]

    assert play(0) == [("1", 800)]
    assert play(10) == [] and play(100, marked=False) == []  # doubled or very late packets
    assert play(200) == [("1", 800)] and play(201) == []
    assert feed(receiver, packets("2", 0)) == [("2", 800)]  # another key at the same timestamp


def test_lost_ends_are_found_by_the_next_digit_and_by_time() -> None:
    receiver = DigitReceiver()
    assert feed(receiver, packets("1", 1000)[:3] + packets("2", 3000)) == [("1", 480), ("2", 800)]
    feed(receiver, packets("3", 9000)[:2])
    ticks = [receiver.tick() for _ in range(10) if receiver.is_pressed]
    assert [ended for tick in ticks for ended in tick] == [("3", 320)]
    assert feed(receiver, packets("3", 9000)) == []  # its late packets do not make a second digit


@pytest.mark.parametrize("step", [65_535, 65_440])  # what RFC 4733 says, and whole packets of 20 ms
def test_a_key_held_for_twenty_seconds_is_one_digit(step: int) -> None:
    receiver = DigitReceiver()
    durations = range(160, step, 160)
    pressed = [(start * step, event("7", at)) for start in range(3) for at in durations]
    whole = [ended for n, (ts, p) in enumerate(pressed) for ended in receiver.feed(ts, p, marker=n == 0, tick=n)]
    assert whole == [] and receiver.is_pressed
    assert feed(receiver, [(2 * step, event("7", durations[-1], True))] * 3) == [("7", 2 * step + durations[-1])]
    assert feed(receiver, pressed[:400:100] + pressed[-3:]) == []  # late and doubled ones
    assert feed(receiver, packets("7", 5 * step)) == [("7", 800)]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(DIGITS), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_loss_of_packets_never_doubles_and_reordering_within_a_digit_is_harmless(
    digits: list[str], chance: random.Random
) -> None:
    stream = []
    for number, digit in enumerate(digits):
        group = packets(digit, 1600 * number)
        kept = [packet for packet in group if chance.random() > 0.3] or group[-1:]
        chance.shuffle(kept)
        stream += kept
    receiver = DigitReceiver()
    heard = feed(receiver, stream)
    while receiver.is_pressed:
        heard += receiver.tick()
    assert [digit for digit, _ in heard] == digits


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.binary(max_size=8))
def test_garbage_is_harmless(timestamp: int, payload: bytes) -> None:
    DigitReceiver().feed(timestamp, payload)


def test_sender_writes_one_digit() -> None:
    sender = DigitSender()
    sender.push("5", 100)
    sent = list(itertools.takewhile(lambda step: step is not None, (sender.next() for _ in range(50))))
    assert [step[1].hex() for step in sent if step] == [
        "050a00a0", "050a0140", "050a01e0", "050a0280", "050a0320", "058a0320", "058a0320", "058a0320",
    ]  # fmt: skip
    assert [step[2] for step in sent if step] == [True] + [False] * 7


def test_sender_to_receiver_with_gaps_between_digits() -> None:
    sender, receiver, heard, timestamp = DigitSender(), DigitReceiver(), [], 0
    for digit in "1123*#":
        sender.push(digit, 80)
    for tick in range(200):
        step = sender.next()
        if step is None:
            continue
        timestamp = 160 * tick if step[2] else timestamp
        heard += receiver.feed(timestamp, step[1])
    assert heard == [(digit, 640) for digit in "1123*#"]
    assert not sender.is_busy


@pytest.mark.parametrize("digit", ["", "12", "E", "½", " "])
def test_no_digit(digit: str) -> None:
    with pytest.raises(ValueError, match="not a telephone digit"):
        DigitSender().push(digit, 100)


def test_the_queue_is_bounded() -> None:
    sender = DigitSender()
    for _ in range(1000):
        sender.push("1", 40)
    assert sum(1 for _ in range(5000) if (step := sender.next()) and step[2]) == DigitSender.LIMIT
