"""Which of our addresses a peer sees, where we listen on all of them: asked of the kernel once per peer.

Not here: addresses the site names (``stack.py``).
"""

from __future__ import annotations

import socket

MOST = 1_000  # peers remembered
LOOPBACK = "127.0.0.1"


class OwnHosts:
    """``towards("192.0.2.7")``; no packet is sent."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def towards(self, peer: str) -> str:
        """The address of ours that packets to this peer leave from; loopback where there is no way."""
        if peer not in self._known:
            if len(self._known) > MOST:
                self._known.clear()
            self._known[peer] = _ask(peer)
        return self._known[peer]


def _ask(peer: str) -> str:
    with socket.socket(socket.AF_INET6 if ":" in peer else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((peer, 9))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
