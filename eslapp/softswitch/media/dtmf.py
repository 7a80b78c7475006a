"""Telephone events (RFC 4733): digits out of packets, each once, and digits into packets. Pure.

A digit is known by its RTP timestamp and key, so the three end packets, reordered packets and a lost end give one
digit. A sender that uses the same timestamps again (SIPp plays the same capture again) is understood by the marker
of its first packet, half a second after the last such digit. One whose time stamp moves with each packet presses one
key all the same: nobody presses a key again before it was released.
Not here: SIP INFO (``sip.call``), sockets.

>>> receiver = DigitReceiver()
>>> [receiver.feed(800, payload) for payload in (event("5", 160), event("5", 320, True), event("5", 320, True))]
[[], [('5', 320)], []]
"""

from __future__ import annotations

import struct
from collections import deque

DIGITS = "0123456789*#ABCD"
_EVENT = struct.Struct("!BBH")
_VOLUME = 10  # -10 dBm0
LOST_END_TICKS = 6  # 120 ms without a packet: the digit ended and nobody said so
END_PACKETS = 3
GAP_TICKS = 3  # silence between two digits
SEGMENT_UNITS = 0x10000
TICK_UNITS = 160
MAX_STEP_UNITS = 1600  # what two packets of a digit may lie apart: 200 ms
AGAIN_TICKS = 25  # a marked packet of an ended digit is a new one from now on

TONES = {
    digit: (row, column)
    for row, keys in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for digit, column in zip(keys, (1209, 1336, 1477, 1633), strict=True)
}


def event(digit: str, duration: int, is_end: bool = False) -> bytes:
    """The four bytes of an event packet; duration in 1/8000 s."""
    return _EVENT.pack(DIGITS.index(digit), _VOLUME | (0x80 if is_end else 0), min(duration, 0xFFFF))


class DigitCap:
    """At most ``MOST_PER_S`` digits in any second of the clock given in, whichever way they come.

    >>> cap = DigitCap()
    >>> sum(cap.take(at / 1000) for at in range(1000)), cap.take(1.0)
    (50, True)
    """

    MOST_PER_S = 50

    def __init__(self) -> None:
        self._taken: deque[float] = deque(maxlen=self.MOST_PER_S)

    def take(self, now: float) -> bool:
        """Whether one more digit is taken; ``now`` in seconds."""
        if len(self._taken) == self.MOST_PER_S and now - self._taken[0] < 1.0:
            return False
        self._taken.append(now)
        return True


class DigitReceiver:
    """Feed it the payloads of the telephone-event type; it gives (digit, duration) when a digit has ended."""

    def __init__(self) -> None:
        self._ended: dict[tuple[int, str], int] = {}  # (time stamp, key) -> the tick it ended in; the last 32
        self._timestamp = -1
        self._digit = ""
        self._last = ""  # the same, also after its end
        self._duration = 0
        self._before = 0  # of the duration: what earlier segments said
        self._quiet_ticks = 0
        self._tick = 0

    @property
    def is_pressed(self) -> bool:
        """A digit has begun and not ended."""
        return bool(self._digit)

    def feed(self, timestamp: int, payload: bytes, marker: bool = False, tick: int = 0) -> list[tuple[str, int]]:
        """What ended with this packet: nothing, its own digit, and the one before it if its end was lost.

        ``tick`` counts 20 ms.
        """
        self._tick = tick
        if len(payload) < 4:
            return []
        code, flags, duration = _EVENT.unpack_from(payload)
        if code >= len(DIGITS):
            return []
        ended_at = self._ended.get((timestamp, DIGITS[code]))
        if ended_at is not None:
            if not marker or tick - ended_at < AGAIN_TICKS:
                return []
            del self._ended[timestamp, DIGITS[code]]
        if not marker and self._is_drifting(timestamp, DIGITS[code]):
            return self._drifted(timestamp, duration, is_end=bool(flags & 0x80))
        ended: list[tuple[str, int]] = []
        if self._is_next_segment(timestamp, DIGITS[code], marker):
            self._before += (timestamp - self._timestamp) & 0xFFFFFFFF
            self._remember()
            self._timestamp = timestamp
        elif self._digit and (timestamp, DIGITS[code]) != (self._timestamp, self._digit):
            ended += self._finish()
        self._quiet_ticks = 0
        if not self._digit:
            self._timestamp, self._duration, self._before = timestamp, 0, 0
            self._digit = self._last = DIGITS[code]
        self._duration = max(self._duration, self._before + duration)
        if flags & 0x80:
            ended += self._finish()
        return ended

    def _is_next_segment(self, timestamp: int, digit: str, marker: bool) -> bool:
        """A key held for more than 8 s: its duration has no room any more, so the time stamp moves on (2.5.1.3)."""
        step = (timestamp - self._timestamp) & 0xFFFFFFFF
        is_full = self._duration - self._before >= SEGMENT_UNITS - MAX_STEP_UNITS
        return digit == self._digit and not marker and is_full and 0 < SEGMENT_UNITS - step <= MAX_STEP_UNITS

    def _is_drifting(self, timestamp: int, digit: str) -> bool:
        """A phone that moves the time stamp with each packet: no key is pressed again before it was released."""
        step = (timestamp - self._timestamp) & 0xFFFFFFFF
        return digit == self._last and 0 < step <= min(max(self._duration, TICK_UNITS), MAX_STEP_UNITS)

    def _drifted(self, timestamp: int, duration: int, *, is_end: bool) -> list[tuple[str, int]]:
        self._timestamp = timestamp
        if not self._digit:  # one more end packet
            self._remember()
            return []
        self._quiet_ticks = 0
        self._duration = max(self._duration, duration)
        return self._finish() if is_end else []

    def tick(self) -> list[tuple[str, int]]:
        """Once per 20 ms while ``is_pressed``."""
        self._quiet_ticks += 1
        return self._finish() if self._digit and self._quiet_ticks >= LOST_END_TICKS else []

    def _finish(self) -> list[tuple[str, int]]:
        digit, duration = self._digit, self._duration
        self._remember()
        self._digit = ""
        return [(digit, duration)]

    def _remember(self) -> None:
        """Later packets with this time stamp are nothing new."""
        self._ended.pop((self._timestamp, self._last), None)
        self._ended[self._timestamp, self._last] = self._tick
        if len(self._ended) > 32:
            del self._ended[next(iter(self._ended))]


class DigitSender:
    """Queued digits as one packet per tick: ``next()`` until it gives None."""

    LIMIT = 64

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, int]] = deque()
        self._digit = ""
        self._total = 0
        self._duration = 0
        self._ends_sent = 0
        self._gap = 0

    def push(self, digit: str, duration_ms: int) -> None:
        """ValueError for what is no digit; more than 64 waiting digits are dropped. 40 ms to 6 s each."""
        if len(digit) != 1 or digit.upper() not in DIGITS:
            raise ValueError(f"not a telephone digit: {digit!r}")
        if len(self._waiting) < self.LIMIT:
            self._waiting.append((digit.upper(), 8 * min(max(duration_ms, 40), 6000)))

    @property
    def is_busy(self) -> bool:
        """Something is being sent or waits."""
        return bool(self._digit or self._waiting or self._gap)

    def next(self) -> tuple[str, bytes, bool] | None:
        """(digit, payload, it is the first packet of this digit), or None in a gap and when nothing is left."""
        if self._gap:
            self._gap -= 1
            return None
        is_first = not self._digit
        if is_first:
            if not self._waiting:
                return None
            self._digit, self._total = self._waiting.popleft()
            self._duration = self._ends_sent = 0
        digit = self._digit
        if self._duration < self._total:
            self._duration = min(self._duration + 160, self._total)
            return digit, event(digit, self._duration), is_first
        self._ends_sent += 1
        payload = event(digit, self._duration, True)
        if self._ends_sent == END_PACKETS:
            self._digit, self._gap = "", GAP_TICKS
        return digit, payload, False
