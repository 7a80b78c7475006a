"""RTCP: packets as RFC 3550 writes them, what a port tells of its stream, and what it takes from whom."""

from __future__ import annotations

import random
import socket
import struct
import time
from types import SimpleNamespace

import pytest
from media_lab import Far, Studio, settle

from eslapp.softswitch.media import reports as media_reports
from eslapp.softswitch.media import rtcp
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.media.reports import EVERY_TICKS, Reception
from eslapp.softswitch.media.sdp import Choice
from eslapp.softswitch.media.sources import SilenceSource

pytestmark = pytest.mark.system  # real sockets

BLOCK = rtcp.Block(9, 0.25, -2, 70_000, 16, 0xABCD, 65_536)


class FarReports:
    """The far end's RTCP socket, beside its RTP socket."""

    def __init__(self, far: Far) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(("127.0.0.1", far.addr[1] + 1))

    def send(self, port: MediaPort, packet: bytes) -> None:
        self.socket.sendto(packet, ("127.0.0.1", port.rtcp_port))
        settle()

    def received(self) -> list[rtcp.Report]:
        settle()
        found: list[rtcp.Report] = []
        while True:
            try:
                reports = rtcp.read(self.socket.recv(2048))
            except BlockingIOError:
                return found
            assert reports is not None
            found += reports


def pair(studio: Studio) -> tuple[MediaPort, Far, FarReports]:
    """A call whose far end has RTCP too; another one when the port beside is taken."""
    while True:
        port, far = studio.call()
        try:
            reports = FarReports(far)
        except OSError:
            continue
        studio._open.append(reports.socket)
        return port, far, reports


def test_the_bytes_are_those_of_the_rfc() -> None:
    report = rtcp.Report(0x01020304, 0x1122334455667788, 5, 6, 7, (BLOCK,))
    packet = rtcp.write(report, "a@b")
    assert packet[:4] == b"\x81\xc8\x00\x0c" and packet[4:16] == bytes.fromhex("010203041122334455667788")
    assert packet[28:36] == b"\0\0\0\x09\x40\xff\xff\xfe"
    assert packet[52:] == b"\x81\xca\x00\x03\x01\x02\x03\x04\x01\x03a@b\0\0\0"
    assert rtcp.read(packet) == [report]
    assert rtcp.read(rtcp.write(rtcp.Report(3), "")) == [rtcp.Report(3)]


def test_no_packet_however_broken_raises_or_reads_beyond_its_end() -> None:
    chance = random.Random(5)
    good = rtcp.write(rtcp.Report(1, 2, 3, 4, 5, (BLOCK, BLOCK)), "name@host")
    refused = 0
    for _ in range(20_000):
        wire = bytearray(good[: chance.choice([len(good), chance.randrange(len(good))])])
        for _ in range(chance.randint(0, 4) if wire else 0):
            wire[chance.randrange(len(wire))] = chance.randrange(256)
        refused += rtcp.read(bytes(wire)) is None
    assert refused > 5_000
    assert rtcp.read(b"\x9f\xc9\x00\x01" + bytes(4)) is None  # 31 blocks in no room
    assert rtcp.read(good + bytes(rtcp.MAX_PACKET)) is None


@pytest.mark.parametrize(
    ("came", "lost", "highest"),
    [
        ([1, 2, 3], 0, 3),
        ([1, 2, 5], 2, 5),
        ([1, 3, 2], 0, 3),
        ([1, 1, 2], -1, 2),
        ([65_534, 65_535, 1], 1, 65_537),
        ([65_535, 0, 65_534], 0 - 1, 65_536),
    ],
)
def test_what_is_lost(came: list[int], lost: int, highest: int) -> None:
    reception = Reception()
    for sequence in came:
        reception.take(7, sequence)
    assert (reception.lost, reception.highest) == (lost, highest)


def test_a_port_reports_every_five_seconds_what_it_sent_and_missed() -> None:
    with Studio() as studio:
        port, far, reports = pair(studio)
        port.play(SilenceSource())
        for number in range(2 * EVERY_TICKS):  # the first report may come at once, with nothing lost yet
            if number % 10 == 9:
                far.sequence += 1  # lost on the way
            far.send(port, b"\xff" * 160, timestamp=160 * number + 1)
            studio.clock.run(1)
        _, second = reports.received()
        assert port.counters.reports_out == 2
        assert second.ssrc == port.ssrc and second.ntp > 0 and second.packets <= port.counters.packets_out
        assert second.octets == 160 * second.packets
        (block,) = second.blocks
        assert block.ssrc == far.ssrc and block.last_sender_report == 0
        assert block.lost == pytest.approx(block.highest / 11, abs=1.1) and 0 < block.fraction < 0.2
        reports.send(port, rtcp.write(rtcp.Report(far.ssrc, 0x1111222233334444), "far"))
        port.stop()
        studio.clock.run(2 * EVERY_TICKS)
        *_, last = reports.received()
        assert last.ntp == 0  # nothing was sent since: a receiver's report
        assert last.blocks[0].last_sender_report == 0x22223333
        assert 5 * 65_536 <= last.blocks[0].delay < 11 * 65_536 and last.blocks[0].fraction == 0


def test_reports_go_where_the_sdp_wants_them_unless_the_audio_moved() -> None:
    """RFC 3605; behind NAT, where another address than the named one is answered, the named port means nothing."""
    for signalled_host, is_there in (("127.0.0.1", True), ("127.0.0.2", False)):
        with Studio() as studio:
            port, far, beside = pair(studio)
            elsewhere = FarReports(Far())
            studio._open.append(elsewhere.socket)
            named = far.addr if is_there else ("127.0.0.3", 9)
            apart = elsewhere.socket.getsockname()[1]
            port.configure(Choice("PCMU", 0, 101, named, "sendrecv", 0, rtcp_port=apart), signalled_host)
            if not is_there:
                port.configure(Choice("PCMU", 0, 101, named, "sendrecv", 0, rtcp_port=apart), "127.0.0.1")
                far.send(port, b"\xff" * 160)
            port.play(SilenceSource())
            studio.clock.run(2 * EVERY_TICKS)
            assert (len(elsewhere.received()), len(beside.received())) == ((2, 0) if is_there else (0, 2))


def test_the_delay_since_a_senders_report_counts_from_its_arrival_not_from_our_reading_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Studio() as studio:
        port, far, reports = pair(studio)
        port._reporter._phase = 0
        far.send(port, b"\xff" * 160)
        studio.clock.run(1)
        reports.send(port, rtcp.write(rtcp.Report(far.ssrc, 0x1111222233334444), "far"))
        monkeypatch.setattr(media_reports, "time", SimpleNamespace(time=lambda: time.time() + 0.08))
        studio.clock.run(EVERY_TICKS - 1)  # it is read in the fifth
        (told,) = reports.received()
        assert (EVERY_TICKS - 5) / 50 + 0.08 <= told.blocks[0].delay / 65_536 < (EVERY_TICKS - 5) / 50 + 0.4


def test_what_the_far_end_reports_is_counted_and_strangers_are_not() -> None:
    with Studio() as studio:
        port, far, reports = pair(studio)
        far.send(port, b"\xff" * 160)
        studio.clock.run(5)
        told = rtcp.Block(port.ssrc, 0.5, 12, 99, 80, 0, 0)
        other = rtcp.Block(port.ssrc + 1, 1.0, 5000, 99, 8000, 0, 0)
        reports.send(port, rtcp.write(rtcp.Report(far.ssrc, blocks=(told, other)), "far"))
        studio.clock.run(5)
        counters = port.counters
        assert (counters.reports_in, counters.remote_lost, counters.remote_jitter_ms) == (1, 12, 10.0)
        assert counters.remote_loss == 0.5
        lie = rtcp.Block(port.ssrc, 1.0, 999, 99, 80, 0, 0)
        reports.send(port, rtcp.write(rtcp.Report(far.ssrc ^ 1, blocks=(lie,)), "not far"))
        reports.send(port, b"\x81\xc9\x00\x07" + struct.pack("!I", far.ssrc))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.2", 0))
            stranger.sendto(rtcp.write(rtcp.Report(far.ssrc, blocks=(lie,)), "x"), ("127.0.0.1", port.rtcp_port))
            settle()
            studio.clock.run(5)
        assert (counters.reports_in, counters.remote_lost) == (1, 12)
        assert (counters.foreign, counters.malformed) == (2, 1)


def test_a_report_before_the_first_word_of_a_caller_behind_nat_is_no_strangers() -> None:
    with Studio() as studio:
        port, far, reports = pair(studio)
        port.configure(Choice("PCMU", 0, 101, ("10.9.8.7", 4000), "sendrecv", 0), "127.0.0.1")
        reports.send(port, rtcp.write(rtcp.Report(far.ssrc), "far"))
        studio.clock.run(5)
        assert (port.counters.reports_in, port.counters.foreign) == (1, 0)


def test_a_flood_of_reports_costs_a_bounded_number_of_reads() -> None:
    with Studio() as studio:
        port, far, reports = pair(studio)
        for _ in range(100):
            reports.send(port, rtcp.write(rtcp.Report(far.ssrc), "far"))
        studio.clock.run(5)
        assert port.counters.reports_in == 8
