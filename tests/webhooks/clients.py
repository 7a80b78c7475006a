"""HTTP clients of the tests. They work in threads, because the server runs on this thread's hub.

Owns: ``Client`` (cookies, JSON), ``EventStream`` (server-sent events with deadlines), raw bytes to a port.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import gevent
import requests

T = TypeVar("T")
DEADLINE_S = 10


def aside(work: Callable[..., T], *args: Any, **kwargs: Any) -> Any:
    """Run blocking ``work`` in a thread while the hub serves it."""
    outcome, error = gevent.get_hub().threadpool.apply(_guarded, (work, args, kwargs))
    if error is not None:
        raise error  # raised out here: what a pool's thread raises is printed as a fault
    return outcome


def _guarded(work: Callable[..., T], args: Any, kwargs: Any) -> tuple[T | None, BaseException | None]:
    try:
        return work(*args, **kwargs), None
    except Exception as error:
        return None, error


class Client:
    """A cookie jar and headers; every request has a deadline."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.headers = self.session.headers

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        return aside(self.session.request, method, self.url + path, timeout=DEADLINE_S, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        return self.ask("POST", path, json={} if body is None else body, **more)

    def stream(self, path: str, **headers: str) -> EventStream:
        return EventStream(self, path, headers)


@dataclass(frozen=True)
class Sent:
    """One server-sent event; comments are left out."""

    event: str
    id: str
    data: Any


class EventStream:
    """An open stream; use it with ``with``."""

    def __init__(self, client: Client, path: str, headers: dict[str, str]) -> None:
        self._answer = client.ask("GET", path, stream=True, headers=headers)
        assert self._answer.status_code == 200, self._answer.text
        self._lines = self._answer.iter_lines(chunk_size=None)

    def __enter__(self) -> EventStream:
        return self

    def __exit__(self, *_: Any) -> None:
        aside(self._answer.close)

    def next(self) -> Sent:
        """The next event; fails after the client's deadline or at the end of the stream."""
        return aside(self._read)

    def until(self, event: str, holds: Callable[[Any], Any] = lambda data: True) -> Sent:
        """Skip events until one of this name that ``holds``."""
        while True:
            found = self.next()
            if found.event == event and holds(found.data):
                return found

    def is_over(self) -> bool:
        """Read to the end; True when the server closed the stream."""
        try:
            aside(lambda: [None for _ in self._lines])
        except requests.exceptions.RequestException:
            return True
        return True

    def _read(self) -> Sent:
        fields: dict[str, str] = {}
        for raw in self._lines:
            name, _, value = raw.decode().partition(": ")
            if name:
                fields[name] = value
            elif "data" in fields:
                return Sent(fields.get("event", ""), fields.get("id", ""), requests.compat.json.loads(fields["data"]))
            else:
                fields = {}
        raise EOFError("the stream ended")


def send_raw(port: int, payload: bytes, *, wait_s: float = 5.0) -> bytes:
    """Send bytes, return what comes back until the server closes or is silent for ``wait_s``."""

    def work() -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=wait_s) as peer:
            peer.sendall(payload)
            got = b""
            try:
                while block := peer.recv(65536):
                    got += block
            except (TimeoutError, ConnectionResetError):
                pass
            return got

    return aside(work)
