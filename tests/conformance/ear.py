"""One phone's RTP: sends paced silence, a tone or digits, and says what it hears (none, silence, tone~HZ, DTMF d).

Not here: signalling (``phone``). Times are seconds of the event loop's clock.
"""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Callable

DIGITS = "0123456789*#ABCD"
FRAME = 160


def ulaw(sample: int) -> int:
    """One 16-bit sample as G.711 mu-law."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    exponent = max(magnitude.bit_length() - 8, 0)
    return ~(sign | exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F) & 0xFF


def linear(code: int) -> int:
    """One mu-law byte as a 16-bit sample."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 132 << (code >> 4 & 7)) - 132
    return -magnitude if code & 0x80 else magnitude


_LINEAR = [linear(code) for code in range(256)]


def tone_frame(pitch: float, start: int) -> bytes:
    """20 ms of a tone, continuing at sample ``start``."""
    return bytes(ulaw(int(8000 * math.sin(2 * math.pi * pitch * (start + i) / 8000))) for i in range(FRAME))


def heard(payload: bytes) -> str:
    """``silence`` or ``tone~HZ`` (to the next 100 Hz), by the time between zero crossings."""
    samples = [_LINEAR[code] for code in payload]
    if not samples or max(map(abs, samples)) < 200:
        return "silence"
    pairs = enumerate(zip(samples, samples[1:], strict=False))
    rises = [i + one / (one - two) for i, (one, two) in pairs if one < 0 <= two]
    if len(rises) < 2:
        return "tone~0"
    return f"tone~{round((len(rises) - 1) * 8000 / (rises[-1] - rises[0]) / 100) * 100}"


class Ear(asyncio.DatagramProtocol):
    """The RTP socket of one phone."""

    def __init__(self, log: Callable[[str, str], None]) -> None:
        self.log = log
        self.tone = 0.0
        self.muted = False
        self.hears = "none"
        self._heard = "none"
        self.packets = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._peer: tuple[str, int] | None = None
        self._task: asyncio.Task[None] | None = None
        self._digits: list[tuple[str, int]] = []
        self._last = 0.0
        self._digit_stamp = -1

    async def open(self, address: str) -> int:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, (address, 0))
        return int(self._transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        for closing in (self._task, self._transport):
            if isinstance(closing, asyncio.Task):
                closing.cancel()
            elif closing is not None:
                closing.close()

    def talk(self, peer: tuple[str, int]) -> None:
        """Start (or redirect) the sending."""
        self._peer = peer
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    def press(self, digit: str, duration_ms: int = 100) -> None:
        """Queue one RFC 4733 digit."""
        self.log(">", f"DTMF {digit}")
        self._digits.append((digit, duration_ms))

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        sequence, stamp, due = 0, 0, loop.time()
        while True:
            if self._digits:
                digit, duration = self._digits.pop(0)
                frames = duration // 20
                for n in range(1, frames + 3):
                    body = struct.pack("!BBH", DIGITS.index(digit), 0x80 * (n > frames) | 10, min(n, frames) * FRAME)
                    self._packet(101, n == 1, sequence, stamp, body)
                    sequence += 1
                    if n <= frames:
                        due += 0.02
                        await asyncio.sleep(max(0.0, due - loop.time()))
                stamp += (frames + 1) * FRAME
            if not self.muted:
                frame = tone_frame(self.tone, stamp) if self.tone else b"\xff" * FRAME
                self._packet(0, False, sequence, stamp, frame)
            sequence += 1
            stamp += FRAME
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _packet(self, kind: int, mark: bool, sequence: int, stamp: int, body: bytes) -> None:
        if self._transport is not None and self._peer is not None and not self._transport.is_closing():
            head = struct.pack("!BBHII", 0x80, kind | 0x80 * mark, sequence & 0xFFFF, stamp & 0xFFFFFFFF, 0x5EAF00D)
            self._transport.sendto(head + body, self._peer)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) < 12:
            return
        self.packets += 1
        self._last = asyncio.get_running_loop().time()
        if data[1] & 0x7F == 101:
            stamp = struct.unpack("!I", data[4:8])[0]
            if stamp != self._digit_stamp:
                self._digit_stamp = stamp
                self._change(f"DTMF {DIGITS[data[12] & 15]}")
            return
        before, self._heard = self._heard, heard(data[12:])
        if before == self._heard:  # one frame alone may straddle two sounds
            self._change(self._heard)

    def _change(self, what: str) -> None:
        if what != self.hears:
            self.hears = what
            self.log("<", what)
