"""When the switch itself saw the first command on each call: read from its events, by its own clock.

From CHANNEL_EXECUTE of ``socket`` (the switch turns to us) to CHANNEL_EXECUTE of the first application that came over
that connection. Nothing stands between the two but the process under test, its connection and the switch.
"""

from __future__ import annotations

import socket
import threading

from eslapp.esl.codec import FrameReader, parse_event

COMFORT = {"set", "multiset"}  # what only marks the leg is no command a caller hears


class FirstCommands:
    """Listens on the switch's event socket from ``__enter__`` to ``__exit__``."""

    def __init__(self, port: int, password: str) -> None:
        self._address, self._password = ("127.0.0.1", port), password
        self._turned: dict[str, int] = {}
        self._is_over = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self.milliseconds: list[float] = []

    def __enter__(self) -> FirstCommands:
        self._socket = socket.create_connection(self._address, timeout=5)
        self._socket.sendall(f"auth {self._password}\n\nevent json CHANNEL_EXECUTE\n\n".encode())
        self._socket.settimeout(0.2)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._thread.join(5)
        self._socket.close()

    def _listen(self) -> None:
        reader = FrameReader()
        while not self._is_over:
            try:
                received = self._socket.recv(65536)
            except TimeoutError:
                continue
            if not received:
                return
            for frame in reader.feed(received):
                event = parse_event(frame)
                if event is not None:
                    self._take(event.uuid, event.get("Application"), int(event.get("Event-Date-Timestamp")))

    def _take(self, leg: str, application: str, at_us: int) -> None:
        if application == "socket":
            self._turned.setdefault(leg, at_us)
        elif application not in COMFORT and leg in self._turned:
            began = self._turned[leg]
            if began:
                self.milliseconds.append((at_us - began) / 1000)
                self._turned[leg] = 0
