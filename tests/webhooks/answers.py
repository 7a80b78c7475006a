"""A provider that gives the answers a test wrote down, in turn; it knows no rules."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from webhooks.channel_accounts import account_of
from webhooks.channels import CHANNELS
from webhooks.channels.base import Account

TOKEN = {"access_token": "t" * 600, "expires_in": 7200, "errcode": 0}


class Answers:
    """Gives the answers in turn, the last for ever; tokens to whoever asks for one."""

    def __init__(self) -> None:
        self.queue: list[tuple[int, Any]] = []
        self.asked: list[tuple[str, bytes, dict[str, str]]] = []
        self.tokens = 0
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, said = answers.next(self.path, body, dict(self.headers))
                raw = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = _any

            def log_message(self, *words: Any) -> None:
                """Silence."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def next(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        if "token" in path.partition("?")[0]:
            self.tokens += 1
            return 200, {**TOKEN, "access_token": f"token-{self.tokens}"}
        self.asked.append((path, body, headers))
        return self.queue.pop(0) if len(self.queue) > 1 else self.queue[0]


class Entry:
    """An entry of ``channels:``."""

    def __init__(self, kind: str, options: dict[str, Any]) -> None:
        self.type, self.flow, self.options = kind, "main", options


def account(kind: str, answers: Answers) -> Account:
    channel = CHANNELS[kind]
    more = {"url": f"{answers.url}/in"} if kind == "generic" else {}
    entry = Entry(kind, {**channel.EXAMPLE_OPTIONS, **more, "api": answers.url})
    return account_of("line", entry, channel, channel.EXAMPLE_SECRETS.get)


def we(code: int) -> tuple[int, Any]:
    return 200, {"errcode": code, "errmsg": "hint: 1.2.3.4"}


def meta(code: int, sub: int = 0) -> tuple[int, Any]:
    return 400, {"error": {"code": code, "error_subcode": sub, "message": "x"}}
