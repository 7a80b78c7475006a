"""Asks a FreeSWITCH a few questions over its event socket: one short blocking connection, for the command line.

Not here: the daemon's link (``eslapp.esl.link``), what the answers mean (``check``).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

Api = Callable[[str], str]
AGAIN = "render again (zongji freeswitch render) and restart FreeSWITCH with that directory"
MAX_BODY = 16 * 1024 * 1024


class ProbeError(Exception):
    """The event socket cannot be used; the text says why and the mend."""


@contextmanager
def connected(host: str, port: int, password: str, timeout_s: float = 5.0) -> Iterator[Api]:
    """An authenticated connection as a function ``api(line) -> answer``. Raises ``ProbeError``."""
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            stream = connection.makefile("rb")
            _frame(stream)
            if not _reply(connection, stream, f"auth {_one_line(password)}").startswith("+OK"):
                raise ProbeError(
                    f"{host}:{port} refuses the password; give the one in its event_socket.conf.xml, or render again "
                    "and restart FreeSWITCH with that directory"
                )
            yield lambda line: _api(connection, stream, line)
    except OSError as error:
        raise ProbeError(
            f"no event socket at {host}:{port} ({error.strerror or error});"
            " start FreeSWITCH with the rendered directory or name the right port"
        ) from None


def accepts(host: str, port: int, password: str) -> bool:
    """Whether the event socket lets this password in."""
    try:
        with connected(host, port, password, 2.0):
            return True
    except ProbeError:
        return False


def listens(host: str, port: int) -> bool:
    """Whether anybody listens there."""
    try:
        socket.create_connection((host, port), 2.0).close()
    except OSError:
        return False
    return True


def _api(connection: socket.socket, stream: BinaryIO, line: str) -> str:
    connection.sendall(f"api {_one_line(line)}\n\n".encode())
    _, body = _frame(stream)
    return body.decode("utf-8", "replace")


def _reply(connection: socket.socket, stream: BinaryIO, line: str) -> str:
    connection.sendall(f"{line}\n\n".encode())
    headers, _ = _frame(stream)
    return headers.get("Reply-Text", "")


def _frame(stream: BinaryIO) -> tuple[dict[str, str], bytes]:
    headers: dict[str, str] = {}
    while line := stream.readline(65536):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text:
            name, _, value = text.partition(":")
            headers[name] = value.strip()
        elif headers:
            length = headers.get("Content-Length", "0")
            size = int(length) if length.isdigit() else 0
            if size > MAX_BODY:
                raise ProbeError("an answer larger than 16 MiB; is this an event socket?")
            return headers, stream.read(size)
    raise ProbeError("the connection was closed in the middle; is this an event socket, and is this address allowed?")


def _one_line(text: str) -> str:
    if any(ord(sign) < 32 for sign in text):
        raise ProbeError("control characters are not allowed in a password or a command")
    return text
