"""A media port against a far end that sends and reads literal RTP; the clock is ticked by hand."""

from __future__ import annotations

import random

import pytest
from media_lab import Far, Studio, settle

from eslapp.softswitch.media import rtp
from eslapp.softswitch.media.dtmf import event
from eslapp.softswitch.media.g711 import SILENCE, decode, encode
from eslapp.softswitch.media.sdp import Choice
from eslapp.softswitch.media.sources import PcmSource, SilenceSource, ToneSource

LOUD = b"\x10" * 160
OTHER = b"\x20" * 160


def test_nothing_to_say_sends_nothing() -> None:
    with Studio() as studio:
        port, far = studio.call()
        studio.clock.run(50)
        assert far.received() == [] and port.counters.packets_out == 0


def test_a_source_is_sent_packet_by_packet_on_the_clocks_grid() -> None:
    with Studio() as studio:
        port, far = studio.call("PCMA")
        ends: list[str] = []
        tone = ToneSource([(440.0,)], on_ms=100)
        reference = ToneSource([(440.0,)], on_ms=100)
        assert port.play(tone, ends.append) is None and port.playing is tone
        studio.clock.run(8)
        packets = far.received()
        assert len(packets) == 5 and ends == ["done"] and port.playing is None
        assert [p[5] for p in packets] == [encode("PCMA", reference.read() or b"") for _ in range(5)]
        assert {p[0] for p in packets} == {8} and {p[4] for p in packets} == {port.ssrc}
        assert [p[1] for p in packets] == [True, False, False, False, False]
        assert [(b[2] - a[2]) & 0xFFFF for a, b in zip(packets, packets[1:], strict=False)] == [1] * 4
        assert [(b[3] - a[3]) & 0xFFFFFFFF for a, b in zip(packets, packets[1:], strict=False)] == [160] * 4
        port.play(SilenceSource(20))
        studio.clock.run(1)
        later = far.received()[0]
        assert later[1] and (later[2] - packets[-1][2]) & 0xFFFF == 1  # marker after the gap, sequence goes on
        assert (later[3] - packets[-1][3]) & 0xFFFFFFFF == 4 * 160  # the gap shows in the time stamp


def test_endings_of_a_playback() -> None:
    with Studio() as studio:
        port, far = studio.call()
        ends: list[str] = []
        first, second = SilenceSource(), SilenceSource()
        port.play(first, lambda why: ends.append(f"1 {why}"))
        studio.clock.run(2)
        assert port.play(second, lambda why: ends.append(f"2 {why}")) is first
        assert port.stop() is second and port.stop() is None
        port.play(first, lambda why: ends.append(f"1 {why}"))  # a replaced source can be taken up again
        studio.clock.run(3)
        port.close()
        port.close()
        assert ends == ["1 replaced", "2 stopped", "1 closed"] and len(far.received()) == 5
        port.play(SilenceSource(), lambda why: ends.append(f"3 {why}"))
        assert ends[-1] == "3 closed"


def test_the_next_source_starts_without_a_gap_and_a_failing_one_ends() -> None:
    class Broken:
        def read(self) -> bytes | None:
            raise RuntimeError("disk")

        def close(self) -> None:
            pass

    with Studio() as studio:
        port, far = studio.call()
        ends: list[str] = []
        port.play(PcmSource(SILENCE * 2), lambda why: port.play(Broken(), ends.append))
        studio.clock.run(5)
        assert len(far.received()) == 2 and ends == ["done"]
        port.play(PcmSource(SILENCE), lambda why: (port.play(PcmSource(SILENCE)), None)[1])
        studio.clock.run(2)
        assert len(far.received()) == 2


def test_what_is_heard_is_seen_by_taps_in_both_codecs() -> None:
    with Studio() as studio:
        for codec, kind in (("PCMU", 0), ("PCMA", 8), ("PCMU", 8)):  # the last: the far end may send what we offered
            port, far = studio.call(codec)
            seen: list[tuple[bytes, bytes]] = []
            port.add_tap(lambda heard, sent, seen=seen: seen.append((heard, sent)))  # type: ignore[misc]
            port.play(ToneSource([(440.0,)], repeats=None))
            far.send(port, LOUD, kind=kind)
            far.send(port, OTHER, kind=kind)
            studio.clock.run(3)
            heard = [heard for heard, _ in seen]
            name = {0: "PCMU", 8: "PCMA"}[kind]
            assert heard[:3] == [decode(name, LOUD), decode(name, OTHER), SILENCE]
            assert all(sent != SILENCE and len(sent) == 320 for _, sent in seen)
            port.remove_tap(print)
            port.close()


def test_a_failing_tap_is_removed() -> None:
    with Studio() as studio:
        port, _ = studio.call()
        calls: list[int] = []
        port.add_tap(lambda heard, sent: calls.append(1) or 1 / 0)  # type: ignore[arg-type,func-returns-value]
        port.add_tap(lambda heard, sent: calls.append(2))
        studio.clock.run(3)
        assert calls == [1, 2, 2, 2]


def test_a_bridge_passes_payload_through_and_converts_between_codecs() -> None:
    with Studio() as studio:
        for codecs in (("PCMU", "PCMU"), ("PCMU", "PCMA")):
            (one, far_one), (two, far_two) = studio.call(codecs[0]), studio.call(codecs[1])
            one.bridge(two)
            assert one.bridged_to is two and two.bridged_to is one
            for _ in range(3):
                far_one.send(one, LOUD, kind=one.payload_type)
                far_two.send(two, OTHER, kind=two.payload_type)
            studio.clock.run(4)
            to_two, to_one = far_two.received(), far_one.received()
            assert [p[5] for p in to_two] == [encode(codecs[1], decode(codecs[0], LOUD))] * 3
            assert [p[5] for p in to_one] == [encode(codecs[0], decode(codecs[1], OTHER))] * 3
            assert to_two[0][4] == two.ssrc != far_one.ssrc
            two.bridge(None)
            assert one.bridged_to is None
            far_one.send(one, LOUD)
            studio.clock.run(4)
            assert far_two.received() == []


def test_bridging_somebody_else_parts_the_old_pair_and_closing_parts_too() -> None:
    with Studio() as studio:
        one, two, three = (studio.call()[0] for _ in range(3))
        one.bridge(two)
        one.bridge(three)
        assert (one.bridged_to, two.bridged_to, three.bridged_to) == (three, None, one)
        three.close()
        assert one.bridged_to is None


def test_a_source_covers_the_partner() -> None:
    with Studio() as studio:
        (one, far_one), (two, far_two) = studio.call(), studio.call()
        one.bridge(two)
        two.play(SilenceSource(40))
        for _ in range(4):
            far_one.send(one, LOUD)
        studio.clock.run(4)
        assert [p[5] for p in far_two.received()] == [encode("PCMU", SILENCE)] * 2 + [LOUD] * 2


def press(far: Far, port, digit: str, timestamp: int, *, kind: int = 101) -> None:  # type: ignore[no-untyped-def]
    for step in range(1, 6):
        far.send(port, event(digit, 160 * step), kind=kind, timestamp=timestamp, marker=step == 1)
    for _ in range(3):
        far.send(port, event(digit, 800, True), kind=kind, timestamp=timestamp)


def test_digits_heard_once_and_relayed_over_a_bridge() -> None:
    with Studio() as studio:
        (one, far_one), (two, far_two) = studio.call(digits=96), studio.call()
        one.bridge(two)
        heard: list[tuple[str, int, str]] = []
        one.on_digit = lambda *digit: heard.append(digit)
        press(far_one, one, "4", 1000, kind=96)
        press(far_one, one, "4", 3000, kind=96)
        studio.clock.run(40)
        assert heard == [("4", 800, "RTP"), ("4", 800, "RTP")] and one.counters.digits_in == 2
        events = [p for p in far_two.received() if p[0] == 101]
        assert len({p[3] for p in events}) == 2 and sum(1 for p in events if p[1]) == 2
        assert {p[5][0] for p in events} == {4} and sum(1 for p in events if p[5][1] & 0x80) == 6


def test_a_digit_whose_end_is_lost_ends_by_itself() -> None:
    with Studio() as studio:
        port, far = studio.call()
        heard: list[str] = []
        port.on_digit = lambda digit, units, source: heard.append(digit)
        far.send(port, event("9", 160), kind=101, timestamp=500)
        studio.clock.run(3)
        assert heard == []
        studio.clock.run(5)
        assert heard == ["9"]


def test_digits_out_use_the_remotes_number_or_tones() -> None:
    with Studio() as studio:
        port, far = studio.call(digits=97)
        port.send_digit("7", 60)
        studio.clock.run(12)
        packets = far.received()
        assert {p[0] for p in packets} == {97} and len({p[3] for p in packets}) == 1 and not port.is_sending_digits
        deaf, far = studio.call(digits=None)
        deaf.send_digit("7", 60)
        studio.clock.run(12)
        tones = far.received()
        assert {p[0] for p in tones} == {0} and len(tones) >= 3
        with pytest.raises(ValueError):
            port.send_digit("x")


def test_at_most_fifty_digits_a_second() -> None:
    with Studio() as studio:
        port, far = studio.call()
        heard: list[str] = []
        port.on_digit = lambda digit, units, source: heard.append(digit)
        for number in range(300):
            far.send(port, event("1", 80, True), kind=101, timestamp=1000 * (1 + number))
            if number % 10 == 9:
                studio.clock.run(1)
        assert len(heard) == 50 and port.counters.digits_dropped == 250
        assert not port.has_room_for_digit()  # nor by INFO


def test_foreign_packets_before_and_after_the_lock() -> None:
    with Studio() as studio:
        port, far = studio.call()
        seen: list[bytes] = []
        port.add_tap(lambda heard, sent: seen.append(heard))
        foreign = Far()
        for _ in range(3):
            foreign.send(port, OTHER)
        studio.clock.run(3)
        far.send(port, LOUD)
        far.send(port, LOUD)
        studio.clock.run(3)
        for _ in range(40):
            foreign.send(port, OTHER)
            press(foreign, port, "5", 10)
            studio.clock.run(1)
        foreign.socket.close()
        assert port.counters.foreign == 3 + 40 * 9 and port.remote == far.addr
        assert set(seen) == {SILENCE, decode("PCMU", LOUD)} and port.counters.digits_in == 0


def test_a_flood_costs_a_bounded_number_of_reads_per_tick() -> None:
    with Studio() as studio:
        port, far = studio.call()
        for _ in range(200):
            far.send(port, LOUD)
        studio.clock.run(1)
        assert port.counters.packets_in == 16


def test_a_flood_of_strangers_does_not_drown_the_caller() -> None:
    with Studio() as studio:
        port, far = studio.call()
        heard: list[bytes] = []
        port.add_tap(lambda said, sent: heard.append(said))
        far.send(port, LOUD)
        studio.clock.run(1)
        stranger = Far()
        for _ in range(200):
            for _ in range(100):
                stranger.send(port, OTHER)
            far.send(port, LOUD)
            studio.clock.run(1)
        stranger.socket.close()
        loud = decode("PCMU", LOUD)
        assert set(heard) == {SILENCE, loud} and heard.count(loud) > 180
        moved = Far()
        port.configure(Choice("PCMU", 0, 101, moved.addr, "sendrecv", 0), "127.0.0.1")
        moved.send(port, OTHER)
        moved.send(port, OTHER)
        studio.clock.run(2)
        assert port.remote == moved.addr and port.heard == decode("PCMU", OTHER)
        moved.socket.close()


def test_rubbish_is_counted_and_a_new_stream_of_the_same_source_is_taken() -> None:
    with Studio() as studio:
        port, far = studio.call()
        chance = random.Random(1)
        for _ in range(100):
            far.socket.sendto(
                bytes(chance.randrange(256) for _ in range(chance.randrange(40))), (port.host, port.rtp_port)
            )
        settle()
        studio.clock.run(20)
        assert port.counters.malformed > 50
        far.ssrc, far.sequence = 99, 60_000
        far.send(port, LOUD)
        far.send(port, LOUD)
        studio.clock.run(2)
        assert port.heard == decode("PCMU", LOUD)


def test_on_hold_nothing_is_sent_but_sources_go_on() -> None:
    with Studio() as studio:
        port, far = studio.call(direction="sendonly")
        ends: list[str] = []
        sent: list[bytes] = []
        port.add_tap(lambda heard, said: sent.append(said))
        port.play(ToneSource([(440.0,)], on_ms=300), ends.append)
        port.send_digit("1", 40)
        studio.clock.run(20)
        assert far.received() == [] and ends == ["done"] and set(sent) == {SILENCE}
        port.configure(Choice("PCMU", 0, 101, far.addr, "sendrecv", 0), "127.0.0.1")
        port.play(SilenceSource(20))
        studio.clock.run(1)
        assert len(far.received()) == 1


def test_symmetric_rtp_behind_nat() -> None:
    with Studio() as studio:
        port, far = studio.call()
        port.configure(Choice("PCMU", 0, 101, ("10.9.8.7", 4000), "sendrecv", 0), "127.0.0.1")
        far.send(port, LOUD)
        studio.clock.run(1)
        assert port.remote == far.addr
        port.play(SilenceSource(20))
        studio.clock.run(1)
        assert len(far.received()) == 1


def test_ports_come_in_pairs_from_the_range() -> None:
    from eslapp.softswitch.media.engine import MediaEngine

    with Studio() as studio:
        port, _ = studio.call()
        assert port.rtcp_port == port.rtp_port + 1
        engine = MediaEngine("127.0.0.1", (42_001, 42_300), studio.clock)
        some = [engine.open_port() for _ in range(20)]
        assert all(42_002 <= each.rtp_port <= 42_298 and each.rtp_port % 2 == 0 for each in some)
        assert len({each.rtp_port for each in some}) == 20
        for each in some:
            each.close()


def test_a_port_that_breaks_is_closed_and_the_others_go_on() -> None:
    with Studio() as studio:
        bad, good = studio.call()[0], studio.call()
        bad.tick_send = lambda index: 1 / 0  # type: ignore[method-assign,return-value,assignment]
        good[0].play(SilenceSource())
        studio.clock.run(3)
        assert bad.is_closed and len(good[1].received()) == 3


def test_unsendable_packets_are_counted() -> None:
    with Studio() as studio:
        port, _ = studio.call()
        port.configure(Choice("PCMU", 0, 101, ("255.255.255.254", 0), "sendrecv", 0), "127.0.0.1")
        port.play(SilenceSource(60))
        studio.clock.run(3)
        assert port.counters.send_errors == 3 and port.counters.packets_out == 0
        assert rtp.HEADER_BYTES == 12
