"""Legs without a switch: opens the switch's connections to a call handler, answers like FreeSWITCH, takes the time.

Used by the benchmarks only: what is measured is then the handler alone, not SIP or media.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field

import gevent
from gevent import socket
from gevent.pool import Pool

DUMP = (
    "Event-Name: CHANNEL_DATA\nUnique-ID: {leg}\nChannel-Call-State: ACTIVE\nAnswer-State: answered\n"
    "Caller-Caller-ID-Number: {number}\nCaller-Destination-Number: 1000\nvariable_sip_from_user: {number}\n"
    "variable_uuid: {leg}\nvariable_zj_did: 1000\nContent-Type: command/reply\nReply-Text: %2BOK%0A\n"
    "Socket-Mode: async\nControl: full\n\n"
)
CALL_WITHIN_S = 30.0


@dataclass
class Figures:
    """What one run showed. Seconds."""

    calls: int = 0
    failed: int = 0
    took_s: float = 0.0
    first_command_s: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.calls / self.took_s if self.took_s else 0.0

    def first_command_ms(self, share: float) -> float:
        ordered = sorted(self.first_command_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class FakeLeg:
    """One call: connects, obeys, and hangs up when told to."""

    def __init__(self, port: int) -> None:
        self.leg = str(uuid.uuid4())
        self._begun = time.perf_counter()
        self._sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self.first_command_s = 0.0

    def run(self) -> bool:
        """Until hung up; False where the handler closed first."""
        while True:
            command = self._next()
            if command is None:
                return False
            if not self._obey(command):
                self._sock.close()
                return True

    def _next(self) -> list[str] | None:
        while b"\n\n" not in self._buffer:
            data = self._sock.recv(65536)
            if not data:
                return None
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(b"\n\n")
        return head.decode().split("\n")

    def _obey(self, command: list[str]) -> bool:
        line = command[0]
        if line == "connect":
            number = str(13800000000 + int(self.leg[:6], 16))
            self._send(DUMP.format(leg=self.leg, number=number))
        elif line.startswith("sendmsg"):
            return self._execute(dict(part.split(": ", 1) for part in command[1:]))
        elif line.startswith("api "):
            self._send("Content-Type: api/response\nContent-Length: 4\n\n+OK\n")
            if line.startswith("api uuid_kill"):
                self._event({"Event-Name": "CHANNEL_HANGUP", "Hangup-Cause": "NORMAL_CLEARING"})
                return False
        else:
            self._send("Content-Type: command/reply\nReply-Text: +OK\n\n")
        return True

    def _execute(self, order: dict[str, str]) -> bool:
        if not self.first_command_s:
            self.first_command_s = time.perf_counter() - self._begun
        self._send("Content-Type: command/reply\nReply-Text: +OK\n\n")
        app = order["execute-app-name"]
        about = {"Application": app, "Application-UUID": order.get("Event-UUID", ""), "Application-Response": "_none_"}
        if app == "playback":
            about["Application-Response"] = "FILE PLAYED"
        self._event({"Event-Name": "CHANNEL_EXECUTE_COMPLETE", **about})
        if app == "hangup":
            self._event({"Event-Name": "CHANNEL_HANGUP", "Hangup-Cause": "NORMAL_CLEARING"})
        return app != "hangup"

    def _event(self, headers: dict[str, str]) -> None:
        body = json.dumps({"Unique-ID": self.leg, **headers})
        self._send(f"Content-Length: {len(body)}\nContent-Type: text/event-json\n\n{body}")

    def _send(self, text: str) -> None:
        self._sock.sendall(text.encode())


def load(port: int, *, calls: int, at_once: int) -> Figures:
    """So many calls through the handler at ``port``, ``at_once`` at a time."""
    figures = Figures()

    def one() -> None:
        with gevent.Timeout(CALL_WITHIN_S, False):
            leg = FakeLeg(port)
            if leg.run():
                figures.calls += 1
                figures.first_command_s.append(leg.first_command_s)
                return
        figures.failed += 1

    pool = Pool(at_once)
    begun = time.perf_counter()
    for _ in range(calls):
        pool.spawn(one)
    pool.join()
    figures.took_s = time.perf_counter() - begun
    return figures
