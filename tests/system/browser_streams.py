"""A browser's live stream, as a page reads it: cut without a word, resumed by Last-Event-ID.

Owns: the stream's thread and what it saw, in order; a stream that the server ends is opened again, as pages do. Not
here: what a page does besides (``eslapp.demo.web``).
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

Take = Callable[[str, Any], None]


class BrowserStream:
    """Follows ``path`` from ``open()`` to ``cut()``; ``last_id`` is where the next one goes on."""

    def __init__(self, url: str, path: str, headers: Mapping[str, str], take: Take) -> None:
        self._host, _, self._port = url.removeprefix("http://").partition(":")
        self._path, self._headers, self._take = path, dict(headers), take
        self.last_id = ""
        self.reopened = 0  # the server had ended it
        self._line: http.client.HTTPConnection | None = None

    def open(self) -> None:
        """Connect, and read until the stream ends."""
        self._line = line = http.client.HTTPConnection(self._host, int(self._port), timeout=60)
        resume = {"Last-Event-ID": self.last_id} if self.last_id else {}
        line.request("GET", self._path, headers={**self._headers, **resume})
        answer = line.getresponse()
        assert answer.status == 200, answer.read()
        threading.Thread(target=self._follow, args=(line, answer), daemon=True).start()

    def cut(self) -> None:
        """As when the browser is killed: the connection is gone."""
        line, self._line = self._line, None  # first: the reading thread must not come back
        if line is not None and line.sock is not None:
            with suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)

    def _follow(self, line: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> None:
        self._read(answer)
        if self._line is line:  # nobody killed us
            self.reopened += 1
            with suppress(OSError):  # the server has gone for good
                self.open()

    def _read(self, answer: http.client.HTTPResponse) -> None:
        fields: dict[str, str] = {}
        with suppress(OSError, ValueError, http.client.HTTPException):
            while raw := answer.readline():
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "data" in fields:
                    self.last_id = fields.get("id", self.last_id)
                    self._take(fields.get("event", ""), json.loads(fields["data"]))
                    fields = {}
