"""Where SIP messages come from and go to: UDP here; a TCP or WebSocket connection is one more Transport (``streams``).

Not here: what a message is. A transport hands over whole messages (a datagram, or a framed piece of a stream)
and answers through the Flow the message came by.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Callable
from typing import NamedTuple, Protocol

log = logging.getLogger(__name__)
Addr = tuple[str, int]
READS_PER_WAKE = 16  # then the media clock gets its turn
RECEIVE_BUFFER = 4 * 2**20
IP_RECVERR, MSG_ERRQUEUE = 11, 0x2000  # Linux


class Transport(Protocol):
    """What the stack needs of one."""

    name: str  # "UDP", "TCP", "WS"
    is_reliable: bool
    is_lost: bool  # nothing that is sent arrives any more
    alias: str  # what we call ourselves instead of our address, "" for that

    def send(self, packet: bytes, addr: Addr) -> None:
        """Send or drop; never raises and never waits."""

    def close(self) -> None:
        """Stop both directions."""


class Flow(NamedTuple):
    """The way back to a peer."""

    transport: Transport
    addr: Addr

    @property
    def is_browser(self) -> bool:
        """It opened a WebSocket to us; one that we opened leads to a server."""
        return self.transport.name == "WS" and not self.transport.alias

    def send(self, packet: bytes) -> None:
        """Send or drop."""
        self.transport.send(packet, self.addr)


class UdpTransport:
    """One bound UDP socket read in small batches on the event loop."""

    name = "UDP"
    is_reliable = False
    is_lost = False
    alias = ""

    def __init__(
        self, on_packet: Callable[[bytes, Flow], None], on_unreachable: Callable[[Addr], None] | None = None
    ) -> None:
        """``on_unreachable``: the network says that nobody listens at an address that was sent to."""
        self._on_packet = on_packet
        self._on_unreachable = on_unreachable
        self._socket: socket.socket | None = None
        self._room = memoryview(bytearray(65_536))  # read into again and again: 64 KiB for each would tear the heap
        self.host = ""
        self.port = 0
        self.send_errors = 0

    def open(self, host: str, port: int) -> int:
        """Bind and listen; OSError names the address and the way out."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            bound.bind((host, port))
        except OSError as error:
            bound.close()
            raise OSError(
                error.errno, f"SIP cannot listen on udp {host}:{port}: {error.strerror}; choose another port"
            ) from None
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if sys.platform == "linux" and family == socket.AF_INET:
            bound.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        self._socket = bound
        self.host, self.port = host, bound.getsockname()[1]
        asyncio.get_running_loop().add_reader(bound.fileno(), self._readable)
        return self.port

    def _readable(self) -> None:
        for count in range(READS_PER_WAKE):
            if self._socket is None:
                return
            try:
                size, source = self._socket.recvfrom_into(self._room)
            except BlockingIOError:
                if count == 0:
                    self._read_errors()
                return
            except OSError as error:
                log.debug("sip receive: %s", error)
                self._read_errors()
                continue
            try:
                self._on_packet(bytes(self._room[:size]), Flow(self, source[:2]))
            except Exception:
                log.exception("a SIP message of %s was not handled", source[0])

    def send(self, packet: bytes, addr: Addr) -> None:
        """See Transport; a full or unreachable network counts as loss, which the transactions mend."""
        if self._socket is None:
            return
        try:
            self._socket.sendto(packet, addr)
        except ConnectionRefusedError:  # what an earlier packet met
            self._read_errors()
            with contextlib.suppress(OSError):
                self._socket.sendto(packet, addr)
        except (OSError, OverflowError):
            self.send_errors += 1

    def _read_errors(self) -> None:
        """ICMP's answers, with the address each is about (ip(7), IP_RECVERR)."""
        for _ in range(READS_PER_WAKE):
            if self._socket is None:
                return
            try:
                _, _, _, addr = self._socket.recvmsg(1, 512, MSG_ERRQUEUE)
            except OSError:
                return
            if self._on_unreachable is not None and isinstance(addr, tuple):
                self._on_unreachable(addr[:2])

    def close(self) -> None:
        """See Transport."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
