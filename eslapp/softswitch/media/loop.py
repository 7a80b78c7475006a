"""RTP that never leaves the process: a pair of media ports joined by two queues instead of a network.

Not here: the channels that have them (``softswitch.loopback``).
"""

from __future__ import annotations

import itertools
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from eslapp.softswitch.media.clock import MediaClock
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.media.sdp import DIGIT_PAYLOAD_TYPE, Choice

if TYPE_CHECKING:
    import socket

Addr = tuple[str, int]
HOST = "127.0.0.1"
MAX_WAITING = 50  # packets: a second
_numbers = itertools.count(2, 2)


class LoopSocket:
    """Half of a pair; what one sends the other receives."""

    def __init__(self, number: int) -> None:
        self.address: Addr = (HOST, number % 60_000 + 2)
        self.twin: LoopSocket | None = None
        self._waiting: deque[tuple[bytes, Addr]] = deque(maxlen=MAX_WAITING)

    def getsockname(self) -> Addr:
        """Its made-up address."""
        return self.address

    def sendto(self, packet: bytes, _addr: Addr) -> int:
        """To the twin, whatever the address."""
        if self.twin is not None:
            self.twin._waiting.append((packet, self.address))
        return len(packet)

    def recvfrom(self, _size: int) -> tuple[bytes, Addr]:
        """BlockingIOError when nothing waits."""
        if not self._waiting:
            raise BlockingIOError
        return self._waiting.popleft()

    def connect(self, _addr: Addr) -> None:
        """It is connected already."""

    def close(self) -> None:
        """Nothing comes any more."""
        self.twin = None
        self._waiting.clear()


def pair(clock: MediaClock) -> tuple[MediaPort, MediaPort]:
    """Two ports; what is said into one is heard by the other."""
    sockets = [(LoopSocket(number), LoopSocket(number + 1)) for number in (next(_numbers), next(_numbers))]
    for one, other in zip(*sockets, strict=True):
        one.twin, other.twin = other, one
    ports = []
    for (rtp, rtcp), (far, _) in zip(sockets, reversed(sockets), strict=True):
        port = MediaPort(HOST, _as_socket(rtp), _as_socket(rtcp), clock, ssrc=secrets.randbits(32))
        port.configure(Choice("PCMU", 0, DIGIT_PAYLOAD_TYPE, far.address, "sendrecv", 0), HOST)
        ports.append(port)
    return ports[0], ports[1]


def _as_socket(loop: LoopSocket) -> socket.socket:
    made: Any = loop
    return cast("socket.socket", made)
