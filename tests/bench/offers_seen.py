"""When agents' phones were called and when they were free again: read from the switch's events, by its own clock.

A leg that the switch makes to a phone is an offer (CHANNEL_CREATE, outbound); its hang-up frees the agent. Nothing here
knows who decided. Not here: deciding, the load.
"""

from __future__ import annotations

import re
import socket
import threading
import time

from eslapp.esl.codec import FrameReader, parse_event

PHONE = re.compile(r"sofia/internal/(?:sip:)?(1\d{3})(?:@|$)")


class OffersSeen:
    """Listens on the switch's event socket from ``__enter__`` to ``__exit__``."""

    def __init__(self, port: int, password: str) -> None:
        self._address, self._password = ("127.0.0.1", port), password
        self._free_at: dict[str, float] = {}
        self._available_at: dict[str, float] = {}
        self._up: set[str] = set()
        self._is_over = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self.free_ms: list[float] = []
        self.first_ms: list[float] = []
        self.ended = 0  # talks

    def __enter__(self) -> OffersSeen:
        self._socket = socket.create_connection(self._address, timeout=5)
        wanted = "event json CHANNEL_CREATE CHANNEL_ANSWER CHANNEL_HANGUP"
        self._socket.sendall(f"auth {self._password}\n\n{wanted}\n\n".encode())
        self._socket.settimeout(0.2)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._thread.join(5)
        self._socket.close()

    def is_available(self, agent: str) -> None:
        """The agent is made available now."""
        self._available_at[agent] = time.time()

    def _listen(self) -> None:
        reader = FrameReader()
        while not self._is_over:
            try:
                received = self._socket.recv(1 << 20)
            except TimeoutError:
                continue
            if not received:
                return
            for frame in reader.feed(received):
                event = parse_event(frame)
                if event is not None and event.get("Call-Direction") == "outbound":
                    self._take(event.name, event.uuid, event.get("Channel-Name"), event.get("Event-Date-Timestamp"))

    def _take(self, name: str, leg: str, channel: str, at_us: str) -> None:
        found = PHONE.match(channel or "")
        if found is None:
            return
        agent, at = found[1], int(at_us) / 1e6
        if name == "CHANNEL_CREATE":
            if (free := self._free_at.pop(agent, None)) is not None:
                self.free_ms.append((at - free) * 1000)
            elif (available := self._available_at.pop(agent, None)) is not None:
                self.first_ms.append(max(0.0, at - available) * 1000)
        elif name == "CHANNEL_ANSWER":
            self._up.add(leg)
        elif name == "CHANNEL_HANGUP":
            self._free_at[agent] = at
            if leg in self._up:
                self._up.discard(leg)
                self.ended += 1
