"""A scripted FreeSWITCH for tests: it sends exactly the bytes it is told to and reads one command at a time.

``FakeSwitch(script)`` listens like mod_event_socket and runs ``script(peer)`` for each client; ``dial(port)`` comes
like the ``socket`` application. No behaviour of its own, on real TCP.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable

import gevent
from gevent import socket
from gevent.server import StreamServer

PATIENCE_S = 3.0
LEG = "8c7e457d-5817-49e6-9ab5-d842b980bceb"
OTHER = "c119a96b-7e8e-4007-9727-7254067abf41"


class Peer:
    """The switch's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.commands: list[str] = []  # all that were read
        self._unread = bytearray()

    def send(self, raw: bytes) -> None:
        self.sock.sendall(raw)

    def command(self, timeout: float = PATIENCE_S) -> str:
        """The next command, without the blank line that ends it; ``""`` at the end of the stream."""
        searched = 0
        with gevent.Timeout(timeout):
            while (end := self._unread.find(b"\n\n", searched)) < 0:
                searched = max(0, len(self._unread) - 1)
                data = self.sock.recv(1 << 20)
                if not data:
                    return ""
                self._unread += data
        self.commands.append(self._unread[:end].decode())
        del self._unread[: end + 2]
        return self.commands[-1]

    def expect(self, start: str) -> str:
        command = self.command()
        assert command.startswith(start), f"expected {start!r}, got {command!r}"
        return command

    def reply(self, text: str = "+OK") -> None:
        self.send(f"Content-Type: command/reply\nReply-Text: {text}\n\n".encode())

    def api_reply(self, body: str) -> None:
        self.send(f"Content-Type: api/response\nContent-Length: {len(body.encode())}\n\n{body}".encode())

    def event(self, name: str, leg: str = "", body: str = "", **headers: str) -> None:
        """One JSON event; ``_`` in a keyword stands for ``-``: ``Hangup_Cause="USER_BUSY"``."""
        named = {key if key.startswith("variable_") else key.replace("_", "-"): headers[key] for key in headers}
        self.send(json_event({"Event-Name": name, **({"Unique-ID": leg} if leg else {}), **named}, body))

    def login(self) -> None:
        self.send(b"Content-Type: auth/request\n\n")
        self.expect("auth ")
        self.reply("+OK accepted")

    def subscribe(self) -> str:
        command = self.expect("event json ")
        self.reply("+OK event listener enabled json")
        return command

    def wait_closed(self, timeout: float = PATIENCE_S) -> bool:
        """True when the other side ends the connection; what it still sends is dropped."""
        with gevent.Timeout(timeout, False):
            try:
                while self.sock.recv(65536):
                    pass
            except OSError:
                pass
            return True
        return False

    def close(self) -> None:
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def json_event(headers: dict[str, str], body: str = "") -> bytes:
    raw = json.dumps({**headers, **({"_body": body} if body else {})}).encode()
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n" % len(raw) + raw


def plain_event(block: str) -> bytes:
    raw = block.encode("latin-1")
    return b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % len(raw) + raw


class FakeSwitch:
    """Listens on a free loopback port; use with ``with``. A failed script is raised again at the end."""

    def __init__(self, script: Callable[[Peer], None]) -> None:
        self._script = script
        self._greenlets: list[gevent.Greenlet] = []
        self.peers: list[Peer] = []
        self._server = StreamServer(("127.0.0.1", 0), self._serve)

    def __enter__(self) -> FakeSwitch:
        self._server.start()
        return self

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def _serve(self, sock: socket.socket, address: object) -> None:
        peer = Peer(sock)
        self.peers.append(peer)
        self._greenlets.append(gevent.getcurrent())
        self._script(peer)

    def __exit__(self, *failure: object) -> None:
        self._server.stop()
        for peer in self.peers:
            peer.close()
        gevent.joinall(self._greenlets, timeout=1)
        for greenlet in self._greenlets:
            if greenlet.ready() and greenlet.exception and not failure[0]:
                if not isinstance(greenlet.exception, OSError):
                    raise greenlet.exception
            greenlet.kill(block=False)


def dial(port: int) -> Peer:
    """Connect to an outbound server as the ``socket`` application does."""
    return Peer(socket.create_connection(("127.0.0.1", port), PATIENCE_S))


def connect_reply(uuid: str = LEG, **variables: str) -> bytes:
    lines = ["Event-Name: CHANNEL_DATA", "Channel-Destination-Number: 2000", f"Unique-ID: {uuid}"]
    lines += ["Caller-Caller-ID-Name: Lab%20Caller", "Caller-Caller-ID-Number: 1000"]
    lines += [f"variable_{name}: {value}" for name, value in variables.items()]
    lines += ["Content-Type: command/reply", "Reply-Text: %2BOK%0A", "Socket-Mode: async", "Control: full"]
    return "\n".join(lines).encode() + b"\n\n"


def begin_call(peer: Peer, uuid: str = LEG, **variables: str) -> None:
    """Answer what ``OutboundCall.begin`` asks."""
    peer.expect("connect")
    peer.send(connect_reply(uuid, **variables))
    peer.expect("linger")
    peer.reply("+OK will linger")
    peer.expect("myevents json")
    peer.reply("+OK Events Enabled")
    peer.expect("nixevent CALL_UPDATE")
    peer.reply("+OK events nixed")


def take_order(peer: Peer, app: str) -> tuple[str, str]:
    """Read a ``sendmsg`` for ``app``, say +OK, and return its (Event-UUID, argument)."""
    lines = dict(line.split(": ", 1) for line in peer.expect("sendmsg").split("\n")[1:])
    assert lines["execute-app-name"] == app, lines
    peer.reply()
    return lines["Event-UUID"], lines.get("execute-app-arg", "")


def complete(peer: Peer, app: str, order: str, response: str = "_none_", **headers: str) -> None:
    peer.event(
        "CHANNEL_EXECUTE_COMPLETE",
        LEG,
        Application=app,
        Application_UUID=order,
        Application_Response=response,
        **headers,
    )
