"""Presses keys on many calls and hears what is said next: one UDP port, RFC 4733 out, tones in.

Owns: the socket, each call's keys, when a tone began. Not here: SIP (SIPp names this port), what is played.

Cheap on purpose, so that the far end is what is measured: calls are told apart by the address their RTP comes from, a
tone by how often the sign of its 160 samples rises, the time is the kernel's at arrival (SO_TIMESTAMPNS). Callers are
silent but for their keys.
"""

from __future__ import annotations

import heapq
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from tests.bench.rtp_ear import BUFFER, HEADER, SO_TIMESTAMPNS, STAMP

Address = tuple[str, int]
EVENT = struct.Struct("!BBH")
DIGITS = "0123456789*#ABCD"
EVENT_TYPE = 101
SIGNS = bytes(0 if byte & 0x80 else 1 for byte in range(256))  # of PCMU: 0 above zero, 1 below
TICK_S = 0.02
LOUD = 5  # rises in 20 ms: less is silence or a moment between two prompts


def rises(payload: bytes) -> int:
    """How often 20 ms of PCMU come up from below zero: 8 for 400 Hz, 16 for 800 Hz."""
    return payload.translate(SIGNS).count(b"\x01\x00")


@dataclass(slots=True)
class Line:
    """One call: the key that is out, and the rises a frame of the answer has."""

    number: int
    heard: int = 0  # rises of the last tone
    awaits: int = 0  # rises of the tone that answers; 0: no key is out
    began_s: float = 0.0
    released_s: float = 0.0
    sequence: int = 1
    keys: int = 0


@dataclass(slots=True)
class Pressed:
    """What was measured: from a key's first packet and from its release to the answer's first packet."""

    from_key_ms: list[float] = field(default_factory=list)
    from_release_ms: list[float] = field(default_factory=list)
    unanswered: int = 0


class Keypad:
    """From ``__enter__`` to ``__exit__`` it listens; ``press_all`` works through all lines."""

    def __init__(self, tones: tuple[int, ...], key_ms: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port: int = self._socket.getsockname()[1]
        self._tones = tuple(hertz // 50 for hertz in tones)  # rises, in the order of the sections
        self._packets = max(1, key_ms // 20)
        self.lines: dict[Address, Line] = {}
        self.pressed = Pressed()
        self._is_over = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Keypad:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._thread.join(5)
        self._socket.close()

    def wait_for_lines(self, count: int, within_s: float) -> None:
        """Until so many calls play the first section's tone."""
        deadline = time.monotonic() + within_s
        while sum(line.heard == self._tones[0] for line in list(self.lines.values())) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.lines)} of {count} calls speak; heard {set(map(str, self._heard()))}")
            time.sleep(0.05)

    def press_all(self, keys: int, pause: tuple[float, float]) -> None:
        """``keys`` times 1 on every line, a pause by chance between two, at the end 9."""
        chance, now = random.Random(4), time.monotonic()
        agenda = [(now + chance.uniform(*pause), address) for address in self.lines]
        heapq.heapify(agenda)
        with_packets: list[tuple[float, Address, str, int, int]] = []
        while agenda or with_packets:
            packet = bool(with_packets) and (not agenda or with_packets[0][0] <= agenda[0][0])
            due = with_packets[0][0] if packet else agenda[0][0]
            time.sleep(max(0.0, due - time.monotonic()))
            if packet:
                due, address, key, stamp, count = heapq.heappop(with_packets)
                self._send(address, key, stamp, count)
                if count < self._packets:
                    heapq.heappush(with_packets, (due + TICK_S, address, key, stamp, count + 1))
                continue
            _, address = heapq.heappop(agenda)
            key = self._next_key(self.lines[address], keys)
            heapq.heappush(with_packets, (due, address, key, int(8000 * due) & 0xFFFFFFFF, 0))
            if key == "1":
                heapq.heappush(agenda, (due + chance.uniform(*pause), address))

    def _next_key(self, line: Line, keys: int) -> str:
        self.pressed.unanswered += line.awaits != 0
        line.awaits = 0
        line.keys += 1
        return "1" if line.keys <= keys else "9"

    def _send(self, address: Address, key: str, stamp: int, count: int) -> None:
        """The packets of a key: one each 20 ms, the end three times."""
        line, is_end = self.lines[address], count == self._packets
        now = time.time()
        if count == 0 and key == "1":
            place = self._tones.index(line.heard)
            line.began_s = now
            line.awaits = self._tones[(place + 1) % len(self._tones)]
        if is_end:
            line.released_s = now
        event = EVENT.pack(DIGITS.index(key), 0x80 | 10 if is_end else 10, 160 * max(1, count))
        for _ in range(3 if is_end else 1):
            kind = EVENT_TYPE | (0x80 if count == 0 else 0)
            self._socket.sendto(HEADER.pack(0x80, kind, line.sequence & 0xFFFF, stamp, line.number) + event, address)
            line.sequence += 1

    def _heard(self) -> list[int]:
        return [line.heard for line in self.lines.values()]

    def _listen(self) -> None:
        receive, space = self._socket.recvmsg, socket.CMSG_SPACE(STAMP.size)
        while not self._is_over:
            try:
                packet, extras, _, address = receive(512, space)
            except TimeoutError:
                continue
            if len(packet) != HEADER.size + 160 or not extras or packet[1] & 0x7F:
                continue
            line = self.lines.get(address)
            if line is None:
                line = self.lines[address] = Line(len(self.lines) + 1)
            tone = rises(packet[HEADER.size :])
            if tone < LOUD:
                continue
            tone = min(self._tones, key=lambda one: abs(one - tone))
            line.heard = tone
            if tone == line.awaits:
                seconds, nanoseconds = STAMP.unpack(extras[0][2][: STAMP.size])
                self._answered(line, seconds + nanoseconds / 1e9)

    def _answered(self, line: Line, at_s: float) -> None:
        line.awaits = 0
        self.pressed.from_key_ms.append(1000 * (at_s - line.began_s))
        self.pressed.from_release_ms.append(1000 * (at_s - line.released_s))
