"""The HTTP client for the outside: what it never asks, how long it waits, what it says of a failure."""

from __future__ import annotations

import doctest
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from eslapp import outside
from eslapp.outside import Blocked, Outside, TooLarge, Unreachable, is_public

PRIVATE = [
    "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://10.0.0.1/",
    "https://192.168.1.1/", "https://172.16.0.9/", "https://169.254.169.254/latest", "https://0.0.0.0/",
    "https://2130706433/", "https://0x7f.1/", "https://017700000001/", "https://[fc00::1]/", "https://[fe80::1]/",
    "https://100.64.0.1/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://224.0.0.1/",
]  # fmt: skip
STRANGE = [
    "http://93.184.216.34/", "file:///etc/passwd", "gopher://h/", "https://user:word@93.184.216.34/", "https://",
    "https://h:99999/", "//h/", "",
]  # fmt: skip


class Page(BaseHTTPRequestHandler):
    """Answers by path: /big, /redirect, /away, /cut, anything else echoes."""

    def do_GET(self) -> None:
        if self.path.startswith("/cut"):
            self.connection.close()
            return
        if self.path.startswith(("/redirect", "/away")):
            self.send_response(302)
            port = self.server.server_address[1]
            target = f"http://localhost:{port}/seen" if self.path == "/away" else "/seen"
            self.send_header("Location", target)
            self.end_headers()
            return
        body = b"x" * 5000 if self.path == "/big" else str(self.headers.get("Authorization", "none")).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Silence."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("url", PRIVATE + STRANGE)
def test_nothing_private_or_strange_is_asked(url: str) -> None:
    with pytest.raises((Blocked, Unreachable)) as raised:
        Outside().ask("GET", url)
    assert not getattr(raised.value, "may_have_arrived", False)


def test_a_name_with_one_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(outside.socket, "getaddrinfo", lambda *a, **k: both)
    with pytest.raises(Blocked, match=r"10\.0\.0\.1"):
        Outside().ask("GET", "https://rebinds.example/")


def test_what_the_author_allowed_is_asked_and_a_redirect_keeps_credentials_at_home(port: int) -> None:
    ours = Outside([f"127.0.0.1:{port}", f"localhost:{port}"])
    secret = {"Authorization": "Bearer s"}
    assert ours.ask("GET", f"http://127.0.0.1:{port}/", headers=secret).body == b"Bearer s"
    assert ours.ask("GET", f"http://127.0.0.1:{port}/redirect", headers=secret, redirects=1).body == b"Bearer s"
    assert ours.ask("GET", f"http://127.0.0.1:{port}/away", headers=secret, redirects=1).body == b"none"
    assert ours.ask("GET", f"http://127.0.0.1:{port}/away").status == 302
    with pytest.raises(Blocked):
        Outside([f"127.0.0.1:{port}"]).ask("GET", f"http://127.0.0.1:{port}/away", redirects=2)


def test_caps_and_what_may_have_arrived(port: int) -> None:
    ours = Outside([f"127.0.0.1:{port}", "127.0.0.1:1"])
    with pytest.raises(TooLarge):
        ours.ask("GET", f"http://127.0.0.1:{port}/big", cap=100)
    with pytest.raises(Unreachable) as cut:
        ours.ask("GET", f"http://127.0.0.1:{port}/cut")
    assert cut.value.may_have_arrived
    with pytest.raises(Unreachable) as refused:
        ours.ask("GET", "http://127.0.0.1:1/")
    assert not refused.value.may_have_arrived


def test_the_examples_hold() -> None:
    assert doctest.testmod(outside).failed == 0
    assert not is_public("not an address")
