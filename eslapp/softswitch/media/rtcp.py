"""RTCP packets (RFC 3550 6): sender and receiver reports with a CNAME, written and read safely. Pure.

Not here: when they are sent and what they say (``reports.py``). Extended reports and feedback are skipped unread.

>>> read(write(Report(7, blocks=(Block(9, 0.5, 3, 70_000, 16, 0, 0),)), "a@b"))[0].blocks[0].lost
3
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

SENDER, RECEIVER, DESCRIPTION = 200, 201, 202
MAX_PACKET = 1500
_SENDER = struct.Struct("!QIII")
_BLOCK = struct.Struct("!IIIIII")
MAX_LOST = 0x7FFFFF


@dataclass(frozen=True, slots=True)
class Block:
    """What somebody heard of one stream (6.4.1)."""

    ssrc: int
    fraction: float  # lost since the last report, 0..1
    lost: int  # since the beginning; negative when doubles came
    highest: int  # sequence number with its cycles
    jitter: int  # in time stamp units
    last_sender_report: int  # the middle 32 bits of its NTP time, 0: none came
    delay: int  # since then, in 1/65536 s


@dataclass(frozen=True, slots=True)
class Report:
    """A sender's report when ``ntp`` is not 0, else a receiver's."""

    ssrc: int
    ntp: int = 0  # 64 bits
    timestamp: int = 0
    packets: int = 0
    octets: int = 0
    blocks: tuple[Block, ...] = ()


def write(report: Report, cname: str) -> bytes:
    """A compound packet: the report and who we are (6.1)."""
    body = struct.pack("!I", report.ssrc)
    if report.ntp:
        body += _SENDER.pack(
            report.ntp, report.timestamp & 0xFFFFFFFF, report.packets & 0xFFFFFFFF, report.octets & 0xFFFFFFFF
        )
    for block in report.blocks:
        fraction = min(255, int(block.fraction * 256))
        lost = max(-MAX_LOST - 1, min(MAX_LOST, block.lost)) & 0xFFFFFF
        fields = (block.highest, block.jitter, block.last_sender_report, block.delay)
        body += _BLOCK.pack(block.ssrc, fraction << 24 | lost, *(field & 0xFFFFFFFF for field in fields))
    kind = SENDER if report.ntp else RECEIVER
    name = cname.encode()[:255]
    item = struct.pack("!IBB", report.ssrc, 1, len(name)) + name
    item += bytes(4 - len(item) % 4)
    return _head(len(report.blocks), kind, body) + _head(1, DESCRIPTION, item)


def _head(count: int, kind: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def read(packet: bytes) -> list[Report] | None:
    """The reports of a compound packet; None for anything that is no whole one (RFC 3550 A.2)."""
    size = len(packet)
    if size < 8 or size > MAX_PACKET or size % 4 or packet[0] & 0xE0 != 0x80 or packet[1] not in (SENDER, RECEIVER):
        return None
    reports, at = [], 0
    while at < size:
        end = at + 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
        if packet[at] >> 6 != 2 or end > size:
            return None
        if packet[at + 1] in (SENDER, RECEIVER):
            report = _report(packet[at:end])
            if report is None:
                return None
            reports.append(report)
        at = end
    return reports


def _report(packet: bytes) -> Report | None:
    count, is_sender = packet[0] & 0x1F, packet[1] == SENDER
    start = 28 if is_sender else 8
    if len(packet) < start + 24 * count:
        return None
    ssrc = int.from_bytes(packet[4:8], "big")
    blocks = tuple(_block(packet, start + 24 * number) for number in range(count))
    if not is_sender:
        return Report(ssrc, blocks=blocks)
    ntp, timestamp, packets, octets = _SENDER.unpack_from(packet, 8)
    return Report(ssrc, ntp, timestamp, packets, octets, blocks)


def _block(packet: bytes, at: int) -> Block:
    ssrc, loss, highest, jitter, last, delay = _BLOCK.unpack_from(packet, at)
    lost = loss & 0xFFFFFF
    return Block(ssrc, (loss >> 24) / 256, lost - (lost > MAX_LOST) * 0x1000000, highest, jitter, last, delay)
