"""The yardstick: a bare gevent socket handler that gives a call the same three commands and keeps nothing.

    python -m tests.bench.bare_socket PORT SOUND

``connect`` with the leg's events, ``playback`` until its completion comes, ``hangup``. It believes every byte, waits
without end, and looks into an event only for the completion's name: nobody could serve a call with less.
"""

from __future__ import annotations

import sys

from gevent import monkey

monkey.patch_all()

from gevent.server import StreamServer  # noqa: E402
from gevent.socket import IPPROTO_TCP, TCP_NODELAY, socket  # noqa: E402

COMPLETED = b'"Event-Name":"CHANNEL_EXECUTE_COMPLETE"'


class Leg:
    """One connection of the switch's."""

    def __init__(self, sock: socket) -> None:
        sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self._sock, self._file = sock, sock.makefile("rb")

    def say(self, command: str) -> None:
        self._sock.sendall(f"{command}\n\n".encode())

    def execute(self, leg: str, app: str, arg: str) -> None:
        self.say(
            f"sendmsg {leg}\ncall-command: execute\nexecute-app-name: {app}\nexecute-app-arg: {arg}\nevent-lock: true"
        )

    def read(self) -> tuple[dict[str, str], bytes]:
        """The next reply or event; EOFError at the end."""
        headers: dict[str, str] = {}
        while (line := self._file.readline()) != b"\n":
            if not line:
                raise EOFError
            name, _, value = line.decode().rstrip("\n").partition(": ")
            headers[name] = value
        return headers, self._file.read(int(headers.get("Content-Length", 0)))

    def reply(self) -> dict[str, str]:
        """The next reply; events before it are dropped."""
        while True:
            headers, _ = self.read()
            if headers.get("Content-Type") == "command/reply":
                return headers


def serve(port: int, sound: str) -> None:
    """Until killed."""

    def handle(sock: socket, _address: object) -> None:
        call = Leg(sock)
        try:
            call.say("connect")
            leg = call.reply()["Unique-ID"]
            call.say("myevents json")
            call.reply()
            call.execute(leg, "playback", sound)
            while COMPLETED not in call.read()[1]:
                pass
            call.execute(leg, "hangup", "NORMAL_CLEARING")
            while True:
                call.read()  # until the switch closes: what is left unread would reset the connection
        except (EOFError, OSError):
            sock.close()

    StreamServer(("127.0.0.1", port), handle, backlog=256).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
