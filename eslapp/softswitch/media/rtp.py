"""RTP packets (RFC 3550 5.1): read a header safely, write one fast. Pure.

Not here: order and timing (``jitter.py``), sockets (``port.py``).

>>> read(write_header(0, True, 7, 160, 99) + b"x" * 160)[:5]
(0, True, 7, 160, 99)
"""

from __future__ import annotations

import struct

_HEADER = struct.Struct("!BBHII")
HEADER_BYTES = 12
MAX_PACKET = 2048

Packet = tuple[int, bool, int, int, int, bytes]  # payload type, marker, sequence, timestamp, SSRC, payload


def read(packet: bytes) -> Packet | None:
    """None for anything that is not a whole RTP packet of version 2 (bad CSRC, extension or padding bounds too)."""
    size = len(packet)
    if size < HEADER_BYTES or size > MAX_PACKET:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(packet)
    if first == 0x80:  # no padding, no extension, no CSRC: nearly all packets
        return second & 0x7F, second > 0x7F, sequence, timestamp, ssrc, packet[HEADER_BYTES:]
    if first >> 6 != 2:
        return None
    start, end = HEADER_BYTES + 4 * (first & 0x0F), size
    if first & 0x10:
        if start + 4 > end:
            return None
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    if first & 0x20:
        if not 1 <= packet[-1] <= end - start:
            return None
        end -= packet[-1]
    if start > end:
        return None
    return second & 0x7F, second > 0x7F, sequence, timestamp, ssrc, packet[start:end]


def write_header(payload_type: int, marker: bool, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """Twelve bytes; sequence and timestamp are wrapped here."""
    second = payload_type | 0x80 if marker else payload_type
    return _HEADER.pack(0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
