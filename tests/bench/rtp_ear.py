"""Hears the RTP of many calls on one UDP port, each packet with the kernel's own time of arrival.

Owns: the receiving socket, the spacing of each stream's packets. Not here: what is played.

How late this process is does not matter: the time stamp is taken when the packet is put in the socket (SO_TIMESTAMPNS).
Every caller names the same port; streams are told apart by SSRC.
"""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import dataclass, field

SO_TIMESTAMPNS = 35  # asm-generic/socket.h; not in the socket module
BUFFER = 8 * 2**20
HEADER = struct.Struct("!BBHII")
STAMP = struct.Struct("@qq")
RATE = 8000


@dataclass(slots=True)
class Stream:
    """One call's RTP. ``gaps_ms``: by how much each packet came sooner or later after the one before than it says."""

    packets: int = 0
    lost: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    sequence: int = 0
    timestamp: int = 0
    gaps_ms: list[float] = field(default_factory=list)

    def take(self, sequence: int, timestamp: int, at_s: float, *, marker: bool) -> None:
        """One packet."""
        if self.packets and not marker:
            self.lost += (sequence - self.sequence - 1) & 0xFFFF if sequence != self.sequence else 0
            spoken = ((timestamp - self.timestamp) & 0xFFFFFFFF) / RATE
            self.gaps_ms.append(1000 * (at_s - self.last_s - spoken))
        elif not self.packets:
            self.first_s = at_s
        self.packets += 1
        self.sequence, self.timestamp, self.last_s = sequence, timestamp, at_s


class RtpEar:
    """Listens from ``__enter__`` to ``__exit__``; ``forget()`` begins the measurement anew."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port: int = self._socket.getsockname()[1]
        self.streams: dict[int, Stream] = {}
        self._is_over = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> RtpEar:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._thread.join(5)
        self._socket.close()

    def forget(self) -> None:
        """What was heard so far does not count."""
        self.streams = {}

    def take_all(self) -> list[Stream]:
        """The streams heard since ``forget``."""
        return list(self.streams.values())

    def _listen(self) -> None:
        receive, space = self._socket.recvmsg, socket.CMSG_SPACE(STAMP.size)
        while not self._is_over:
            try:
                packet, extras, _, _ = receive(512, space)
            except TimeoutError:
                continue
            if len(packet) < HEADER.size or not extras:
                continue
            seconds, nanoseconds = STAMP.unpack(extras[0][2][: STAMP.size])
            _, kind, sequence, timestamp, ssrc = HEADER.unpack_from(packet)
            stream = self.streams.get(ssrc) or self.streams.setdefault(ssrc, Stream())
            stream.take(sequence, timestamp, seconds + nanoseconds / 1e9, marker=kind >= 0x80)
