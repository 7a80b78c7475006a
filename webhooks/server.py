"""Serves the WSGI application on gevent's pywsgi, hardened: no Nagle delay, deadlines, early refusals.

Owns: the listener, time limits of one connection, refusal of bodies too large or of unknown length.
Not here: the application (``app``), what a body may hold (``requests``).

>>> server = serve(lambda environ, start: [], "127.0.0.1", 0)
>>> server.port > 0
True
>>> server.stop()
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Any

import gevent
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer

from eslapp.log import get_log

from .push import SOCKET
from .web import LIVE

IDLE_S = 75.0  # a kept-alive connection without a request
HEAD_S = 10.0  # from the first byte of a request to its last header
IO_S = 20.0  # one send or receive: a reader this slow is cut off (and resumes)
DRAIN_S = 0.2  # for the rest of a body that was refused
CONNECTIONS = 4_000
FILE_CAP = 10 * 1024 * 1024 + 1  # of uploads: paths that end in "/files"; they say themselves what is too much
HOOK_CAP = 40 * 1024 * 1024  # of deliveries: mails with their files; each channel admits less, before it is read
BODY_CAP = 1024 * 1024  # no other endpoint takes more; each has its own smaller cap

log = get_log("webhooks.server")


class _Refusal(Exception):
    """A request refused before the application sees it."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def _reply(status: str) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(status)}\r\n\r\n{status}"
    ).encode("ascii")


def _cap(path: str) -> int:
    if path.startswith("/hooks/"):
        return HOOK_CAP
    return FILE_CAP if path.endswith("/files") else BODY_CAP


class Handler(WSGIHandler):
    """One connection: reads and writes have deadlines; what cannot be read safely ends the connection."""

    def __init__(self, sock: Any, address: Any, server: Any, rfile: Any = None) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(IO_S)
        super().__init__(sock, address, server, rfile)

    def read_requestline(self) -> str:
        self.socket.settimeout(IDLE_S)
        try:
            return super().read_requestline()
        finally:
            self.socket.settimeout(IO_S)

    def read_request(self, raw_requestline: str) -> bool:
        with gevent.Timeout(HEAD_S, _Refusal("408 Request Timeout")):
            parsed = super().read_request(raw_requestline)
        if self.headers.get("transfer-encoding"):
            if not self._is_hook_in_chunks():
                raise _Refusal("411 Length Required")
            self.close_connection = True  # where it ends is known by its sender only
        if (self.content_length or 0) > _cap(self.path.partition("?")[0]):
            raise _Refusal("413 Content Too Large")
        return parsed

    def _is_hook_in_chunks(self) -> bool:
        """Other systems may send a delivery before they know its length: it is read up to its channel's cap."""
        codings = [one.strip().lower() for one in self.headers.get_all("transfer-encoding")]
        return codings == ["chunked"] and self.path.startswith("/hooks/")

    def get_environ(self) -> dict[str, Any]:
        """With the connection's socket: a stream must learn that its reader is gone, and only the socket tells."""
        return {**super().get_environ(), SOCKET: self.socket}

    def run_application(self) -> None:
        try:
            super().run_application()
        finally:
            self._drain()

    def _drain(self) -> None:
        """Read what is left of a refused body for a moment only, then give the connection up."""
        body = self.wsgi_input
        if body.chunked_input:  # the rest may be endless
            body._chunked_input_error = True
        with gevent.Timeout(DRAIN_S, False):
            body._discard()
        if body.position < (body.content_length or 0):
            body.content_length = body.position
            self.close_connection = True

    def _handle_client_error(self, ex: BaseException) -> tuple[str, bytes]:
        status = ex.status if isinstance(ex, _Refusal) else "400 Bad Request"
        log.info("request-refused", status=status, peer=str(self.client_address))
        self.close_connection = True
        return status, _reply(status)

    def handle_error(self, t: Any, v: Any, tb: Any) -> None:
        if isinstance(v, (OSError, gevent.Timeout)):  # the peer is slow or gone: its stream resumes elsewhere
            log.info("connection-cut", peer=str(self.client_address), reason=str(v))
            self.close_connection = True
            return
        log.error("request-failed", exc_info=(t, v, tb))
        self._send_error_response_if_possible(500)


def live_parts(app: Any) -> list[Any]:
    """What works beside the requests (feed, sender, ...): see ``webhooks.app``."""
    return list(getattr(app, "extensions", {}).get(LIVE, ()))


class Server(WSGIServer):
    """A server and the live parts of its application; ``port`` is the chosen one."""

    handler_class = Handler

    def start(self) -> None:
        for part in live_parts(self.application):
            part.start()
        super().start()

    def stop(self, timeout: float | None = 1.0) -> None:
        for part in live_parts(self.application):
            part.stop()
        super().stop(timeout=timeout)

    @property
    def port(self) -> int:
        """The TCP port really bound."""
        return int(self.address[1])


def listener(host: str, port: int) -> socket.socket:
    """A bound listening socket; ``OSError`` when the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = gevent.socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        sock.bind((host, port))
        sock.listen(512)
    except OSError:
        sock.close()
        raise
    return sock


def serve(app: Callable[..., Any], host: str, port: int) -> Server:
    """Start serving ``app`` and its live parts; port 0 takes any free one (``Server.port``). ``stop()`` ends both.

    Raises ``OSError`` when the port cannot be had.
    """
    server = Server(listener(host, port), app, log=None, error_log=sys.stderr, spawn=Pool(CONNECTIONS))
    server.start()
    return server
