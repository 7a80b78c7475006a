"""Runs transactions: finds the one a message belongs to, keeps its timers, sends and repeats.

Not here: the state tables (``transactions.py``), what requests and answers mean (``stack.py``, the calls).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from eslapp.softswitch.sip.message import Request, Response
from eslapp.softswitch.sip.transactions import FIRST_STATE, START_TIMERS, TABLES, Timers, event_of
from eslapp.softswitch.sip.transport import Flow, Transport

log = logging.getLogger(__name__)
Key = tuple[object, ...]
MAGIC = "z9hG4bK"


class Transaction:
    """One of the four kinds. ``on_response`` (clients) and ``on_timeout`` may be assigned."""

    __slots__ = ("kind", "state", "flow", "key", "merge_key", "on_response", "on_timeout", "make_ack", "_layer",
                 "_last", "failure", "_handles", "_counts", "answered")  # fmt: skip

    def __init__(self, layer: TransactionLayer, kind: str, key: Key, flow: Flow, merge_key: Key = ()) -> None:
        self.kind = kind
        self.state = FIRST_STATE[kind]
        self.key = key
        self.flow = flow
        self.merge_key = merge_key  # a server's; not the request, as thousands of refusals wait half a minute each
        self.answered = 0  # the last status a server sent
        self.failure = 408  # what a client's ``on_timeout`` stands for
        self.on_response: Callable[[Response, Flow], None] | None = None
        self.on_timeout: Callable[[], None] | None = None
        self.make_ack: Callable[[Response], bytes] | None = None
        self._layer = layer
        self._last = b""
        self._handles: dict[str, asyncio.TimerHandle] = {}
        self._counts: dict[str, int] = {}

    @property
    def is_over(self) -> bool:
        """It will do nothing any more."""
        return self.state == "terminated"

    def respond(self, status: int, packet: bytes) -> None:
        """Send a response as the server."""
        if self.answered < 200 or (self.state == "accepted" and status < 300):
            self.answered = status
            self.step(event_of(status), packet)

    def start(self, packet: bytes) -> None:
        """Send the request as the client; over a connection that is gone it fails, though not before we return."""
        if self.flow.transport.is_lost:
            self._layer.loop.call_soon(self.fail, 503)
            return
        self._last = packet
        self.flow.send(packet)
        for timer in START_TIMERS[self.kind]:
            self._arm(timer)

    def step(self, event: str, packet: bytes = b"", response: Response | None = None, flow: Flow | None = None) -> None:
        """One event through the table."""
        found = TABLES[self.kind].get((self.state, event))
        if found is None:
            return
        self.state, actions = found
        for action in actions:
            self._act(action, packet, response, flow)
        if self.state == "terminated":
            self.end()

    def _act(self, action: str, packet: bytes, response: Response | None, flow: Flow | None) -> None:
        verb, _, timer = action.partition(" ")
        if verb == "start":
            self._arm(timer)
        elif verb == "stop":
            self._disarm(timer)
        elif verb in ("send", "resend"):
            self._last = packet or self._last
            if self._last:
                self.flow.send(self._last)
        elif action == "timed out":
            if self.on_timeout is not None:
                self.on_timeout()
        elif response is not None:
            self._hand_over(action, response, flow or self.flow)

    def _hand_over(self, action: str, response: Response, flow: Flow) -> None:
        if action == "ack" and self.make_ack is not None:
            self.flow.send(self.make_ack(response))
        elif action == "pass" and self.on_response is not None:
            self.on_response(response, flow)

    def _arm(self, timer: str) -> None:
        count = self._counts.get(timer, 0)
        delay = self._layer.timers.delay(timer, count, is_reliable=self.flow.transport.is_reliable)
        if delay is not None:
            self._counts[timer] = count + 1
            self._handles[timer] = self._layer.loop.call_later(delay, self._fire, timer)

    def _disarm(self, timer: str) -> None:
        handle = self._handles.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def _fire(self, timer: str) -> None:
        self._handles.pop(timer, None)
        try:
            self.step(timer)
        except Exception:
            log.exception("timer %s of a SIP transaction", timer)

    def fail(self, status: int = 408) -> None:
        """The transport failed: as if no answer came in time; nothing happens where a final one did."""
        self.failure = status
        is_asking = self.state in ("calling", "trying", "proceeding")
        self.end()
        if is_asking and self.on_timeout is not None:
            self.on_timeout()

    def end(self) -> None:
        """Forget it at once."""
        self.state = "terminated"
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
        self._layer.forget(self)


def server_key(request: Request, method: str) -> Key:
    """RFC 3261 17.2.3; the longer form for senders of RFC 2543 or with an empty branch."""
    via = request.via
    assert via is not None and request.from_ is not None
    if via.branch.startswith(MAGIC) and len(via.branch) > len(MAGIC):
        return via.branch, via.host.lower(), via.port, method
    return request.uri.text, request.from_.tag, request.call_id, request.cseq, str(via), method


def _merge_key(request: Request) -> Key:
    assert request.from_ is not None and request.to is not None
    return request.call_id, request.from_.tag, request.to.tag, request.cseq, request.method


class TransactionLayer:
    """All transactions of one stack."""

    def __init__(self, timers: Timers) -> None:
        self.timers = timers
        self.loop = asyncio.get_running_loop()
        self._servers: dict[Key, Transaction] = {}
        self._clients: dict[Key, Transaction] = {}
        self._merge_keys: dict[Key, Transaction] = {}

    def __len__(self) -> int:
        return len(self._servers) + len(self._clients)

    @property
    def is_asking(self) -> bool:
        """A request of ours has no final answer yet."""
        return any(each.state in ("calling", "trying", "proceeding") for each in self._clients.values())

    def find_server(self, request: Request, method: str = "") -> Transaction | None:
        """The transaction a request repeats (or, with ``method``, the one of that method it belongs to)."""
        wanted = method or ("INVITE" if request.method == "ACK" else request.method)
        return self._servers.get(server_key(request, wanted))

    def is_merged(self, request: Request) -> bool:
        """Whether the same request came by another way already (8.2.2.2): answer 482."""
        return _merge_key(request) in self._merge_keys

    def open_server(self, request: Request, flow: Flow) -> Transaction:
        """A new one for a request that belongs to none."""
        kind = "invite server" if request.method == "INVITE" else "server"
        transaction = Transaction(self, kind, server_key(request, request.method), flow, _merge_key(request))
        self._servers[transaction.key] = transaction
        self._merge_keys.setdefault(transaction.merge_key, transaction)
        return transaction

    def open_client(self, method: str, branch: str, flow: Flow) -> Transaction:
        """A new one; ``start`` it with the request's bytes."""
        kind = "invite client" if method == "INVITE" else "client"
        transaction = Transaction(self, kind, (branch, method), flow)
        self._clients[transaction.key] = transaction
        return transaction

    def find_client(self, response: Response) -> Transaction | None:
        """The transaction a response answers (17.1.3)."""
        assert response.via is not None
        return self._clients.get((response.via.branch, response.cseq_method))

    def forget(self, transaction: Transaction) -> None:
        """Called by the transaction itself."""
        book = self._servers if transaction.kind.endswith("server") else self._clients
        if book.get(transaction.key) is transaction:
            del book[transaction.key]
        if self._merge_keys.get(transaction.merge_key) is transaction:
            del self._merge_keys[transaction.merge_key]

    def lost(self, transport: Transport, status: int = 408) -> None:
        """A connection is gone: what was asked over it will not be answered (RFC 3261 8.1.3.1, 17.1.4)."""
        for transaction in [each for each in self._clients.values() if each.flow.transport is transport]:
            transaction.fail(status)

    def unreachable(self, addr: tuple[str, int]) -> None:
        """Nobody listens there: what nobody answered yet is over (RFC 3261 8.1.3.1: as if 503 came)."""
        for transaction in [each for each in self._clients.values() if each.flow.addr == addr]:
            if transaction.state in ("calling", "trying"):
                transaction.fail(503)

    def close(self) -> None:
        """End them all."""
        for transaction in [*self._servers.values(), *self._clients.values()]:
            transaction.end()
