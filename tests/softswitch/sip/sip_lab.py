"""A stack on loopback and bare UDP peers that send literal bytes, for the tests of this folder."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from eslapp.softswitch.sip.message import Request, Response, parse
from eslapp.softswitch.sip.stack import Credentials, SipCall, SipStack, Timers

FAST = Timers(t1=0.02, t2=0.08, t4=0.05)  # 64*T1 is 1.28 s
SDP = (
    "v=0\r\no=lab 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 8 101\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
)


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an async test in a loop of its own, at most 20 s."""

    @functools.wraps(test)
    def sync(*args: Any, **kwargs: Any) -> None:
        async def bounded() -> None:
            await asyncio.wait_for(test(*args, **kwargs), 20)

        asyncio.run(bounded())

    return sync


class Desk:
    """A listener that keeps its calls and does ``then`` with each."""

    def __init__(self, then: Callable[[SipCall], None] | None = None) -> None:
        self.calls: list[SipCall] = []
        self.log: list[tuple[Any, ...]] = []
        self.then = then
        self._changed = asyncio.Event()

    def incoming(self, call: SipCall) -> None:
        self.watch(call)
        self.note("incoming", call.to_user)
        if self.then is not None:
            self.then(call)

    def watch(self, call: SipCall) -> SipCall:
        self.calls.append(call)
        call.on_progress = lambda code, media: self.note("progress", code, media)
        call.on_answer = lambda: self.note("answer")
        call.on_end = lambda by_remote, code, cause: self.note("end", by_remote, code, cause)
        call.on_info_dtmf = lambda digit, ms: self.note("info", digit, ms)
        call.on_hold = lambda: self.note("hold")
        call.on_unhold = lambda: self.note("unhold")
        call.media.on_digit = lambda digit, units, source: self.note("digit", digit, units)
        return call

    def note(self, *entry: Any) -> None:
        self.log.append(entry)
        self._changed.set()

    async def until(self, *entry: Any, timeout: float = 5.0) -> None:
        """Wait for an entry that begins like this."""

        async def wait() -> None:
            while not any(each[: len(entry)] == entry for each in self.log):
                self._changed.clear()
                await self._changed.wait()

        try:
            await asyncio.wait_for(wait(), timeout)
        except TimeoutError:
            raise AssertionError(f"{entry} did not come; the log is {self.log}") from None


def users(name: str) -> Credentials | None:
    return Credentials(name, "right") if name in ("1001", "1002") else None


@asynccontextmanager
async def stack(desk: Desk | None = None, **options: Any) -> AsyncIterator[SipStack]:
    options.setdefault("timers", FAST)
    options.setdefault("users", users)
    made = SipStack("127.0.0.1", 0, listener=desk or Desk(), domain="lab", **options)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


class Peer:
    """A UDP socket that speaks SIP by hand."""

    def __init__(self, server_port: int) -> None:
        self.server = ("127.0.0.1", server_port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.contact = f"<sip:1000@127.0.0.1:{self.port}>"
        self._count = 0

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, text: str | bytes) -> None:
        packet = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        self.socket.sendto(packet, self.server)

    async def receive(self, timeout: float = 2.0) -> Any:
        """The next message, parsed."""
        return parse(await self.receive_bytes(timeout))

    async def receive_bytes(self, timeout: float = 2.0) -> bytes:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 65_536), timeout)

    async def final(self, call_id: str = "", timeout: float = 2.0, *, seq: int = 0) -> Response:
        """The next response that is no 1xx, of this Call-ID and this CSeq if one is named (INVITEs repeat their
        answers)."""
        while True:
            message = await self.receive(timeout)
            if not isinstance(message, Response) or message.status < 200 or call_id not in ("", message.call_id):
                continue
            if not seq or message.get("cseq").startswith(f"{seq} "):
                return message

    async def request(self, method: str, timeout: float = 2.0) -> Request:
        """The next request of this method."""
        while True:
            message = await self.receive(timeout)
            if isinstance(message, Request) and message.method == method:
                return message

    async def quiet(self, seconds: float) -> list[bytes]:
        """All that comes in this time."""
        came = []
        deadline = asyncio.get_running_loop().time() + seconds
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            try:
                came.append(await self.receive_bytes(left))
            except TimeoutError:
                break
        return came

    def compose(
        self,
        method: str,
        target: str = "1000",
        *,
        call_id: str = "lab-1",
        seq: int = 1,
        branch: str = "",
        from_: str = '"Lab" <sip:1000@lab>;tag=lt',
        to: str = "",
        more: str = "",
        body: str = "",
    ) -> str:
        self._count += 1
        branch = branch or f"z9hG4bKlab{self._count}"
        uri = target if ":" in target else f"sip:{target}@127.0.0.1:{self.server[1]}"
        kind = "Content-Type: application/sdp\r\n" if body and "Content-Type" not in more else ""
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch={branch}\r\n"
            f"Max-Forwards: 70\r\nFrom: {from_}\r\nTo: {to or f'<{uri}>'}\r\nCall-ID: {call_id}\r\n"
            f"CSeq: {seq} {method}\r\nContact: {self.contact}\r\n{more}{kind}"
            f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def sdp(self, direction: str = "sendrecv", port: int = 40_000) -> str:
        return SDP.format(port=port, direction=direction)

    def reply(self, request: Request, status: str, *, tag: str = "pt", body: str = "", more: str = "") -> None:
        """Answer a request of the stack."""
        vias = "".join(f"Via: {value}\r\n" for value in request.all("via"))
        to = request.get("to") if ";tag=" in request.get("to") else f"{request.get('to')};tag={tag}"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.send(
            f"SIP/2.0 {status}\r\n{vias}From: {request.get('from')}\r\nTo: {to}\r\nCall-ID: {request.call_id}\r\n"
            f"CSeq: {request.get('cseq')}\r\nContact: {self.contact}\r\n{more}{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    async def call(self, *, direction: str = "sendrecv", call_id: str = "lab-1") -> Response:
        """INVITE, wait for the 2xx, ACK."""
        self.send(self.compose("INVITE", call_id=call_id, body=self.sdp(direction)))
        final = await self.final()
        assert final.status == 200, final
        self.send(self.compose("ACK", call_id=call_id, to=final.get("to")))
        return final
