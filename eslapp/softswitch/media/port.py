"""One call's media: an RTP socket pair, what is heard on it and what is said into it, 20 ms at a time.

Owns: the sockets, source locking, jitter buffer use, digits in and out, what is sent each tick.
Not here: the clock (``clock.py``), packet bytes (``rtp.py``), digits' bytes (``dtmf.py``), files (``sources.py``).

Everything happens on the event loop's thread. Each tick has two halves: every port first takes what it heard,
then every port sends: its own digit, else its playing source, else what its bridged partner heard, else nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

FRAME_BYTES = 320  # 20 ms of 8 kHz, 16-bit, mono PCM
SILENCE = bytes(FRAME_BYTES)


class Source(Protocol):
    """Something that can be played: ``read()`` gives the next 320-byte PCM16 frame, or None at its end."""

    def read(self) -> bytes | None:
        """The next 20 ms, or None when there is no more."""

    def close(self) -> None:
        """Give back what the source holds; safe to call twice."""


Tap = Callable[[bytes, bytes], None]  # (heard frame, sent frame), each 320 bytes, silence where there was none
EndOfPlay = Callable[[str], None]  # "done" | "stopped" | "replaced" | "closed"
OnDigit = Callable[[str, int, str], None]  # digit, duration in 1/8000 s, "RTP"


@dataclass
class Counters:
    """What went through a port since it opened."""

    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    digits_in: int = 0
    digits_dropped: int = 0  # over the cap of 50 per second
    foreign: int = 0  # packets from a source that is not this call's
    malformed: int = 0
    late: int = 0
    lost: int = 0
    send_errors: int = 0
    jitter_ms: float = 0.0  # RFC 3550 6.4.1 estimate of what is heard


class MediaPort:
    """See the module. Made by ``MediaEngine.open_port()``; a call's port exists from its first moment."""

    host: str  # local address RTP is bound to
    rtp_port: int
    rtcp_port: int
    remote: tuple[str, int] | None  # where RTP is sent to; None until SDP said so
    codec_name: str  # "PCMU" | "PCMA": what is sent
    payload_type: int  # 0 | 8
    digit_payload_type: int | None  # telephone-event as the remote expects it; None: it takes none
    is_sending: bool  # False while the remote holds us, or nothing is negotiated
    ssrc: int
    counters: Counters
    on_digit: OnDigit | None  # called once per digit, when it ENDS

    def play(self, source: Source, on_end: EndOfPlay | None = None) -> Source | None:
        """Play from the next tick on; returns the source this one replaces (NOT closed: it can be played again later).

        ``on_end("done")`` when ``read()`` gave None; "replaced" by another ``play``; "stopped"; "closed" with the port.
        A source that raises ends as "done" and is logged.
        """

    def stop(self) -> Source | None:
        """Stop the playing source (its ``on_end`` gets "stopped"); returns it, not closed. None: nothing played."""

    @property
    def playing(self) -> Source | None:
        """The source being played."""

    def bridge(self, other: MediaPort | None) -> None:
        """Send what ``other`` hears, and let it send what this port hears; digits heard are relayed as digits.

        Symmetric: one call joins both. None parts the pair. A bridged port still plays a source over its partner.
        """

    @property
    def bridged_to(self) -> MediaPort | None:
        """The partner."""

    def add_tap(self, tap: Tap) -> None:
        """Call ``tap(heard, sent)`` every 20 ms from now on, also when nothing is heard or sent."""

    def remove_tap(self, tap: Tap) -> None:
        """Stop it; unknown taps are ignored."""

    def send_digit(self, digit: str, duration_ms: int = 100) -> None:
        """Queue one of ``0-9 * # A-D`` as RFC 4733 (as in-band tone where the remote takes none). ValueError otherwise."""

    @property
    def heard(self) -> bytes | None:
        """PCM16 of this tick (320 bytes), None when nothing was heard: for mixers and sources that follow a port."""

    def close(self) -> None:
        """Give the sockets back; the source ends with "closed"; a bridged partner is parted. Safe to call twice."""
