"""Media ports on loopback whose clock is ticked by hand: no waiting, no sleeping.

A busy machine delivers even loopback's datagrams later (ksoftirqd); ``settle`` waits until all that was sent is there.
"""

from __future__ import annotations

import asyncio
import functools
import os
import select
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from eslapp.softswitch.media import rtp
from eslapp.softswitch.media.clock import MediaClock
from eslapp.softswitch.media.engine import MediaEngine
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.media.sdp import Choice


def settle() -> None:
    """Wait until whatever this thread sent has arrived: a core's datagrams keep their order, so send one more."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.bind(("127.0.0.1", 0))
        last.sendto(b".", last.getsockname())
        assert select.select([last], [], [], 5.0)[0], "loopback delivers nothing"


class HandClock(MediaClock):
    """Ticks when told."""

    def add(self, port: Any) -> None:
        self._ports[port] = None
        self._snapshot = None

    def run(self, ticks: int) -> None:
        for _ in range(ticks):
            self.tick()


class Far:
    """The other end of a call's media, by hand."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(("127.0.0.1", 0))
        self.addr: tuple[str, int] = self.socket.getsockname()
        self.sequence = 0
        self.ssrc = 77

    def send(self, port: MediaPort, payload: bytes, *, kind: int = 0, timestamp: int = 0, marker: bool = False) -> None:
        self.sequence += 1
        header = rtp.write_header(kind, marker, self.sequence, timestamp or 160 * self.sequence, self.ssrc)
        self.socket.sendto(header + payload, (port.host, port.rtp_port))
        settle()

    def received(self) -> list[rtp.Packet]:
        settle()
        packets = []
        while True:
            try:
                fields = rtp.read(self.socket.recv(4096))
            except BlockingIOError:
                return packets
            assert fields is not None
            packets.append(fields)


class Studio:
    """An engine with a hand-driven clock, on one core (see ``settle``)."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.engine = MediaEngine("127.0.0.1", clock=self.clock)
        self._open: list[Any] = []

    def call(
        self, codec: str = "PCMU", *, digits: int | None = 101, direction: str = "sendrecv"
    ) -> tuple[MediaPort, Far]:
        """A port that agreed with a far end."""
        port, far = self.engine.open_port(), Far()
        self._open += [port, far.socket]
        number = {"PCMU": 0, "PCMA": 8}[codec]
        port.configure(Choice(codec, number, digits, far.addr, direction, 0), "127.0.0.1")
        return port, far

    def __enter__(self) -> Studio:
        self._cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {sorted(self._cores)[os.getpid() % len(self._cores)]})
        return self

    def __exit__(self, *_: object) -> None:
        os.sched_setaffinity(0, self._cores)
        for each in self._open:
            each.close()


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an async test in a loop of its own, at most 20 s."""

    @functools.wraps(test)
    def sync(*args: Any, **kwargs: Any) -> None:
        async def bounded() -> None:
            await asyncio.wait_for(test(*args, **kwargs), 20)

        asyncio.run(bounded())

    return sync
