"""What all fake providers share: an HTTP server on a free loopback port, a wall of what people saw, faults on demand.

Owns: serving, the deliveries' transport with retries, ``Fault``. Not here: any provider's rules (its own file).
"""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from eslapp.demo.redelivery import STANDARD_WEBHOOKS, Retries

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)  # one transparent pixel: what contacts send as pictures


SLOW_S = 1.5
LONGEST_REST_S = 0.05  # the hours between tries pass quickly here
COURTESIES = ("/sendChatAction", "/custom/typing")
COURTESY = re.compile(rb'"(sender_action|typing_indicator)":|"status": ?"read"')


class Fault(StrEnum):
    """What goes wrong with the next call of the API."""

    REFUSE = "refuse"  # 503, certainly not taken
    LOSE_ANSWER = "lose-answer"  # taken, then the connection breaks
    TOKEN = "token"  # the access token is not taken any more
    WINDOW = "window"  # the time to answer is over
    QUOTA = "quota"  # all answers are used
    RATE = "rate"  # too fast
    BLOCKED = "blocked"  # the contact blocked us
    SLOW = "slow"  # taken, answered after a second and a half
    GARBAGE = "garbage"  # 200 with a page of HTML


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery, ready to be posted: ``suffix`` is what follows the hook's address (a query, mostly)."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the provider's API."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_courtesy(self) -> bool:
        """It shows that somebody writes, or has read: nobody waits for its answer, and it has faults of its own."""
        return self.path.endswith(COURTESIES) or COURTESY.search(self.body) is not None


@dataclass(frozen=True, slots=True)
class Reply:
    """Its answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person at the other end saw: words, or a file of a kind."""

    address: str
    text: str = ""
    kind: str = "text"
    content: bytes = b""
    url: str = ""  # where it is fetched, of providers that take no bytes


class Provider(ABC):
    """One provider. ``say``, ``picture`` make signed deliveries; ``shown`` is what its people got to see."""

    type: ClassVar[str]
    address: ClassVar[str] = "contact-1"  # a contact this provider knows
    can_picture: ClassVar[bool] = False
    is_voice: ClassVar[bool] = False  # calls come this way, nothing is written
    is_body_signed: bool = True  # else the proof is a token beside it
    retries: ClassVar[Retries] = STANDARD_WEBHOOKS  # how it comes again
    WORDS: ClassVar[dict[str, str]] = {}  # what both sides know, by the names of the channel's options

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        """``words``: a real account's own, to sign as its provider does; the demonstration's otherwise."""
        self.words = {**self.WORDS, **(words or {})}
        self.shown: list[Shown] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.courtesy_faults: list[Fault] = []
        self.lost = 0  # deliveries that were given up
        self.clock: Callable[[], float] = time.time
        self.hook = ""  # where we deliver: some sign the address too
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """No more calls."""
        self._server.shutdown()
        self._server.server_close()

    # --- what each one is ------------------------------------------------------------------------------------------

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """What ``site.yaml`` says of the account beside type and flow; secrets as ``$(env.NAME)``; ``api`` is us."""

    @abstractmethod
    def secrets(self) -> dict[str, str]:
        """The environment for them."""

    @abstractmethod
    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        """A contact's message. The same ``number`` (and text) is the same message: a retry."""

    def say_all(self, texts: list[str], *, address: str = "", number: int = 0) -> list[Signed]:
        """Several messages, in one request where the provider does that."""
        return [self.say(text, address=address, number=number + place) for place, text in enumerate(texts)]

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        """A contact's picture (``PNG``), to be fetched from us."""
        raise LookupError(f"{self.type}: nobody sends pictures here")

    def unknown(self, *, number: int = 0) -> Signed | None:
        """Something genuine that nobody understands yet."""
        return None

    def handshake(self) -> tuple[Signed, bytes] | None:
        """The first request of the set-up and the answer it wants, where there is one."""
        return None

    @abstractmethod
    def api(self, call: Call, fault: Fault | None) -> Reply:
        """One call of the API, by the provider's rules."""

    # --- transport -------------------------------------------------------------------------------------------------

    def deliver(self, hook: str, signed: Signed) -> int:
        """Post it, and again, as this provider does (``retries``). The last status (0: none)."""
        status, body = post(hook, signed, within_s=self.retries.within_s)
        for pause_s in self.retries.pauses_s:
            if self.retries.is_over(status, body):
                break
            time.sleep(min(pause_s, LONGEST_REST_S))
            signed = self.again(signed)
            status, body = post(hook, signed, within_s=self.retries.within_s)
        if not self.retries.is_taken(status, body):
            self.gave_up(signed)
        return status

    def again(self, signed: Signed) -> Signed:
        """The same delivery the next time: some sign it anew, or mark it."""
        return signed

    def gave_up(self, signed: Signed) -> None:
        """Nobody took it. Here what it means to the provider, or to the contact, may happen."""
        self.lost += 1

    def receipts(self, *states: str) -> list[Signed]:
        """What it tells afterwards of what was sent through it: one delivery a state ("sent" "delivered" "read") and
        message; none where it tells nothing. Each is told once."""
        return []

    def due(self, call: Call) -> list[Fault]:
        """The faults still to come for calls of its sort."""
        return self.courtesy_faults if call.is_courtesy else self.faults

    def take(self, call: Call) -> Reply:
        """Any call: the fault that is due, then the rules."""
        with self.lock:
            self.calls.append(call)
            due = self.due(call)
            fault = due.pop(0) if due else None
            if fault is Fault.SLOW:
                time.sleep(SLOW_S)
            if fault is Fault.REFUSE:
                return Reply(503, b"busy", "text/plain")
            if fault is Fault.GARBAGE:
                return Reply(200, b"<html>down for maintenance</html>", "text/html")
            return self.api(call, fault)


def fields_of(call: Call) -> dict[str, Any]:
    """The fields of a call in JSON or as a form; files as bytes."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return dict(json.loads(call.body))
    if not kind.startswith("multipart/form-data"):
        return {}
    whole = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + call.body)
    found: dict[str, Any] = {}
    for part in whole.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[name] = content if part.get_filename() else content.decode()
    return found


def post(hook: str, signed: Signed, *, within_s: float = 5.0) -> tuple[int, bytes]:
    """One request to our hook; ``(0, b"")`` where nothing came back."""
    parts = urlsplit(hook + signed.suffix)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=within_s)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(signed.method, path, body=signed.body, headers=dict(signed.headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _handler(provider: Provider) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Hands every call to the provider."""

        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            call = Call(
                self.command,
                parts.path,
                {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            loses = provider.due(call)[:1] == [Fault.LOSE_ANSWER]
            reply = provider.take(call)
            self.close_connection = True
            if loses:
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = _any

        def log_message(self, *words: Any) -> None:
            """Silence."""

    return Handler
