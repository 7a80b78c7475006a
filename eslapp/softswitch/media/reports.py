"""Reports of one media port: counts what comes in as RFC 3550 A.3 does, tells the peer every 5 s, hears what it tells.

Not here: packet bytes (``rtcp.py``), audio (``port.py``). Without rtcp-mux: the peer's RTCP port is
its RTP port + 1, unless its SDP named another (RFC 3605).
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable

from eslapp.softswitch.media import rtcp
from eslapp.softswitch.media.counters import Counters
from eslapp.softswitch.media.wiring import Datagrams

EVERY_TICKS = 250  # 5 s
READ_EVERY_TICKS = 5
READS = 8
NTP_EPOCH_S = 2_208_988_800
SO_TIMESTAMPNS = 35  # Linux: the kernel says when a packet came (socket(7)); Python has no name for it
_STAMP = struct.Struct("@ll")
Addr = tuple[str, int]


class Reception:
    """One stream's sequence numbers (RFC 3550 A.1, without its probation: the source is locked already)."""

    def __init__(self) -> None:
        self.ssrc = -1
        self.received = 0
        self.highest = 0  # with cycles
        self._base = 0
        self._expected_before = 0
        self._received_before = 0

    def take(self, ssrc: int, sequence: int) -> None:
        """One packet came."""
        if ssrc != self.ssrc:
            self.ssrc, self.received = ssrc, 0
            self._base = self.highest = sequence
            self._expected_before = self._received_before = 0
        self.received += 1
        ahead = (sequence - self.highest) & 0xFFFF
        if ahead < 0x8000:
            self.highest += ahead

    @property
    def lost(self) -> int:
        """Expected but not there; negative when doubles came."""
        return self.highest - self._base + 1 - self.received

    def fraction(self) -> float:
        """Lost since this was last asked, 0..1."""
        expected = self.highest - self._base + 1
        wanted, got = expected - self._expected_before, self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        return (wanted - got) / wanted if wanted > 0 and wanted > got else 0.0


class Reporter:
    """One per port; ``tick`` it after each sending half. ``is_ours`` judges the host that a report came from."""

    def __init__(
        self,
        rtcp_socket: Datagrams,
        counters: Counters,
        reception: Reception,
        ssrc: int,
        is_ours: Callable[[str], bool],
    ) -> None:
        self.reception = reception
        self.socket = rtcp_socket
        self.units = 1  # of the RTP clock, per 1/8000 s
        self._counters = counters
        self._ssrc = ssrc
        self._is_ours = is_ours
        self._phase = ssrc % EVERY_TICKS  # ports do not report all in one tick
        self._cname = f"{ssrc:08x}@softswitch.invalid"
        self._ticks = 0
        self._sent_before = 0
        self._heard = (0, 0, 0.0)  # of the last sender report: middle of its NTP time, our tick, how long it had waited
        self._named: tuple[Addr | None, int] = (None, 0)  # (RTP address, RTCP port) as the peer's SDP said

    def expect(self, named: Addr | None, port: int) -> None:
        """What the SDP said: where audio goes, and the port for reports on that host (0: none named)."""
        self._named = named, port

    def tick(self, remote: Addr | None, timestamp: int) -> None:
        """``remote``: where RTP goes; ``timestamp``: of this tick."""
        self._ticks += 1
        due = self._ticks + self._phase
        if due % READ_EVERY_TICKS == 0 and remote is not None:
            self._read()
            if due % EVERY_TICKS == 0:
                self._send(remote, timestamp)

    def _send(self, remote: Addr, timestamp: int) -> None:
        counters = self._counters
        has_sent, self._sent_before = counters.packets_out > self._sent_before, counters.packets_out
        report = rtcp.Report(
            self._ssrc,
            ntp=int((time.time() + NTP_EPOCH_S) * 2**32) if has_sent else 0,
            timestamp=timestamp,
            packets=counters.packets_out,
            octets=counters.bytes_out - 12 * counters.packets_out,
            blocks=(self._block(),) if self.reception.ssrc >= 0 else (),
        )
        try:
            self.socket.sendto(rtcp.write(report, self._cname), (remote[0], self._port(remote)))
        except (OSError, OverflowError):
            counters.send_errors += 1
            return
        counters.reports_out += 1

    def _port(self, remote: Addr) -> int:
        named, port = self._named
        return port if port and remote == named else remote[1] + 1

    def _block(self) -> rtcp.Block:
        reception = self.reception
        last, tick, waited_s = self._heard
        delay = round(((self._ticks - tick) / 50 + waited_s) * 65_536) if last else 0
        jitter = round(self._counters.jitter_ms * 8 * self.units)
        return rtcp.Block(reception.ssrc, reception.fraction(), reception.lost, reception.highest, jitter, last, delay)

    def _read(self) -> None:
        for _ in range(READS):
            try:
                packet, source, waited_s = _receive(self.socket)
            except OSError:  # nothing there, or the far end's port is closed
                return
            if not self._is_ours(source[0]):
                self._counters.foreign += 1
                continue
            reports = rtcp.read(packet)
            if reports is None:
                self._counters.malformed += 1
                continue
            for report in reports:
                self._take(report, waited_s)

    def _take(self, report: rtcp.Report, waited_s: float) -> None:
        if self.reception.ssrc not in (-1, report.ssrc):
            self._counters.foreign += 1  # another process on the peer's host
            return
        self._counters.reports_in += 1
        if report.ntp:
            self._heard = (report.ntp >> 16) & 0xFFFFFFFF, self._ticks, waited_s
        for block in report.blocks:
            if block.ssrc == self._ssrc:
                self._counters.remote_lost = block.lost
                self._counters.remote_loss = block.fraction
                self._counters.remote_jitter_ms = block.jitter / 8 / self.units


def stamp(bound: socket.socket) -> None:
    """Have the kernel note when each packet comes, so that the delay we report is not that of our reading."""
    with contextlib.suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)


def _receive(source: Datagrams) -> tuple[bytes, Addr, float]:
    """(packet, its sender, for how many seconds it has waited; 0 where nobody noted that). OSError: nothing there."""
    if not isinstance(source, socket.socket):
        packet, addr = source.recvfrom(rtcp.MAX_PACKET + 1)
        return packet, addr, 0.0
    packet, notes, _, addr = source.recvmsg(rtcp.MAX_PACKET + 1, socket.CMSG_SPACE(_STAMP.size))
    for level, kind, data in notes:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS) and len(data) >= _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack_from(data)
            waited_s = time.time() - seconds - nanoseconds / 1e9
            return packet, addr, waited_s if 0.0 <= waited_s < READ_EVERY_TICKS / 10 else 0.0
    return packet, addr, 0.0
