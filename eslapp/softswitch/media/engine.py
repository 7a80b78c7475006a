"""Opens media ports: RTP on a random even port of a range, RTCP beside it, all on one clock.

Not here: what a port does (``port.py``).
"""

from __future__ import annotations

import random
import secrets
import socket

from eslapp.softswitch.media import reports
from eslapp.softswitch.media.clock import MediaClock
from eslapp.softswitch.media.port import MediaPort

ATTEMPTS = 200


class MediaEngine:
    """One per SIP stack (several may share a clock)."""

    def __init__(self, host: str, ports: tuple[int, int] = (0, 0), clock: MediaClock | None = None) -> None:
        """``ports`` (low, high) inclusive; (0, 0): whatever the system gives."""
        self.host = host
        self.clock = clock if clock is not None else MediaClock()
        self._low, self._high = ports
        self._random = random.Random(secrets.randbits(64))

    def open_port(self) -> MediaPort:
        """A port that is ticking. OSError when no pair is free."""
        for _ in range(ATTEMPTS):
            wanted = self._pick()
            if wanted is None:
                break
            rtp = self._bind(wanted)
            if rtp is None:
                continue
            rtcp = self._bind(rtp.getsockname()[1] + 1)
            if rtcp is not None:
                reports.stamp(rtcp)
                return MediaPort(self.host, rtp, rtcp, self.clock, ssrc=self._random.getrandbits(32))
            rtp.close()
        raise OSError(f"no free RTP port on {self.host} between {self._low} and {self._high}; widen the range")

    def _pick(self) -> int | None:
        """An even port with room for RTCP above it; 0 where any will do, None where the range has no pair."""
        if self._high == 0:
            return 0
        evens = range(self._low + self._low % 2, self._high, 2)
        return self._random.choice(evens) if evens else None

    def _bind(self, port: int) -> socket.socket | None:
        if port > 65535:
            return None
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            bound.bind((self.host, port))
        except OSError:
            bound.close()
            return None
        return bound
