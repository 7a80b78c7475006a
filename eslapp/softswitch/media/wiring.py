"""What carries a port's packets: its UDP sockets themselves, or something between them and the port (WebRTC)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from eslapp.softswitch.media.sdp import Choice


class Datagrams(Protocol):
    """The part of a non-blocking UDP socket that audio needs. ``recvfrom`` raises OSError when nothing is there."""

    def recvfrom(self, size: int, /) -> tuple[bytes, Any]: ...
    def sendto(self, packet: bytes, addr: Any, /) -> int: ...
    def connect(self, addr: Any, /) -> None: ...
    def close(self) -> None: ...


class Wire(Datagrams, Protocol):
    """Audio on the same socket as its keys and its RTCP."""

    @property
    def rtcp(self) -> Datagrams: ...

    on_lost: Callable[[], None] | None  # the far end has not been heard of for too long

    def codec_for(self, choice: Choice) -> tuple[Callable[[bytes], bytes], Callable[[int, bytes], bytes]] | None:
        """(PCM16 to payload, (type, payload) to PCMU) for what is not G.711; None for G.711."""

    def tick(self) -> None:
        """Once per 20 ms, before anything is received."""
