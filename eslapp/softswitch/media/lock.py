"""Whose RTP is taken: decides for each source address, pure.

* The address the SDP named is locked at once and for good.
* A caller behind NAT (its SDP names another host than its signalling came from) is locked at the first valid packet
  from the signalling's host.
* The right host with another port (a phone that sends from elsewhere) has to show 25 packets of one stream first, and
  never on loopback, where there is no NAT and every process shares the host.
* Everything else is foreign. After the lock only the locked address counts, until the SDP changes.
* Reports have a port of their own: of them only the host is asked.
"""

from __future__ import annotations

PATIENCE = 25

Addr = tuple[str, int]


class SourceLock:
    """One per port; ``expect`` whenever SDP arrives, ``accepts`` for every packet."""

    def __init__(self) -> None:
        self.locked: Addr | None = None
        self._named: Addr | None = None
        self._signalled_host = ""
        self._candidate: tuple[Addr, int] | None = None
        self._shown = 0

    def expect(self, named: Addr | None, signalled_host: str) -> None:
        """What the SDP named and where the signalling comes from; an unchanged name keeps the lock."""
        if named != self._named or signalled_host != self._signalled_host:
            self.locked = None
            self._candidate = None
        self._named, self._signalled_host = named, signalled_host

    def accepts(self, source: Addr, ssrc: int) -> bool:
        """Whether this valid packet belongs to the call."""
        if self.locked is not None:
            return source == self.locked
        if self._named is None:
            return False
        if source == self._named:
            self.locked = source
            return True
        is_behind_nat = self._named[0] != self._signalled_host
        if is_behind_nat and source[0] == self._signalled_host:
            self.locked = source
            return True
        return source[0] == self._named[0] and not _is_loopback(source[0]) and self._has_shown(source, ssrc)

    def has_host(self, host: str) -> bool:
        """Whether a report from this host may be the call's: before the lock a caller behind NAT has two hosts."""
        if self.locked is not None:
            return host == self.locked[0]
        return self._named is not None and host in (self._named[0], self._signalled_host)

    def _has_shown(self, source: Addr, ssrc: int) -> bool:
        if self._candidate != (source, ssrc):
            self._candidate, self._shown = (source, ssrc), 0
        self._shown += 1
        if self._shown < PATIENCE:
            return False
        self.locked = source
        return True


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host == "::1"
