"""SIP over TCP and WebSocket on real loopback sockets: framing, limits, the way back, and what strangers try."""

from __future__ import annotations

import asyncio
import base64
import random
from typing import Any

import pytest
from sip_lab import FAST, Desk, in_loop, stack, users
from stream_lab import Client, options, place, streams

from eslapp.softphone import Phone
from eslapp.softphone.errors import CallFailed
from eslapp.softswitch.sip import websocket
from eslapp.softswitch.sip.message import parse
from eslapp.softswitch.sip.stack import Limits, SipStack
from eslapp.softswitch.sip.streams import StreamLimits

pytestmark = pytest.mark.system  # real sockets

KINDS = pytest.mark.parametrize("kind", ["tcp", "ws"])


# --- on sockets ---


@KINDS
@in_loop
async def test_answers_come_back_over_the_connection(kind: str) -> None:
    async with streams() as made:
        client = await Client.to(made, kind)
        for branch in ("a", "b"):
            client.send(options(branch, kind.upper()))
        answers = [parse(await client.next()) for _ in "ab"]
        assert [(each.status, each.call_id) for each in answers] == [(200, "a"), (200, "b")]  # type: ignore[union-attr]
        assert "received=127.0.0.1" in answers[0].get("via")  # the .invalid host is not looked up
        client.send(b"\r\n\r\n")
        if kind == "tcp":
            assert await asyncio.wait_for(client.reader.readexactly(2), 2) == b"\r\n"
        else:
            assert await client.next() == b"\r\n"
            client.send(b"beep", websocket.PING)
            assert await client.next() == b"beep"
            client.send(options("bin", "WS"), websocket.BINARY)
            assert await client.status() == 200


@KINDS
@in_loop
async def test_no_final_answer_is_repeated_over_a_connection(kind: str) -> None:
    desk = Desk(lambda call: call.reject(486))
    async with streams(desk) as made:
        client = await Client.to(made, kind)
        body = b"v=0\r\no=l 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
        invite = options("i").replace(b"OPTIONS", b"INVITE").replace(b"Content-Length: 0", b"Contact: <sip:a@h>")
        head = invite.removesuffix(b"\r\n") + b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % len(body)
        client.send(head + body)
        assert [await client.status(), await client.status()] == [100, 486]
        with pytest.raises(TimeoutError):  # G would have fired after T1, 20 ms
            await asyncio.wait_for(client.next(), 5 * FAST.t1)


@KINDS
@in_loop
async def test_a_stranger_that_says_nothing_or_half_a_message_is_cut_off(kind: str) -> None:
    limits = Limits(streams=StreamLimits(first_s=0.2))
    async with streams(limits=limits) as made:
        silent = Client(*await asyncio.open_connection(*place(made, kind)), "tcp")
        slow, good = await Client.to(made, kind), await Client.to(made, kind)
        good.send(options("g"))
        assert await good.status() == 200
        wire = options("s") if kind == "tcp" else websocket.write_frame(1, options("s"), b"aaaa")
        slow.writer.write(wire[:50])
        await silent.closed()
        await slow.closed()
        good.send(options("h"))
        assert await good.status() == 200
        assert len(made.streams) == 1


@in_loop
async def test_connections_are_counted() -> None:
    async with streams(limits=Limits(streams=StreamLimits(connections=2))) as made:
        held = [await Client.to(made), await Client.to(made)]
        for each in held:
            each.send(options("x"))
            await each.next()
        await (await Client.to(made)).closed()
        held[0].writer.close()
        await held[0].closed()
        while len(made.streams) > 1:
            await asyncio.sleep(0)
        again = await Client.to(made)
        again.send(options("y"))
        assert await again.status() == 200


@in_loop
async def test_rubbish_on_the_doors_hurts_nobody() -> None:
    chance = random.Random(7)
    async with streams() as made:
        good = [await Client.to(made, kind) for kind in ("tcp", "ws")]
        for round_ in range(60):
            kind = chance.choice(["tcp", "ws"])
            is_upgraded = chance.random() < 0.5
            client = await Client.to(made, kind) if is_upgraded else None
            writer = client.writer if client else (await asyncio.open_connection(*place(made, kind)))[1]
            wire = bytearray(options(str(round_)))
            for _ in range(chance.randint(1, 9)):
                wire[chance.randrange(len(wire))] = chance.randrange(256)
            writer.write(bytes(wire) if chance.random() < 0.5 else chance.randbytes(300))
            writer.close()
        for client in good:
            client.send(options(client.kind))
            assert await client.status() == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ((b"Sec-WebSocket-Protocol: sip", b"Sec-WebSocket-Protocol: xmpp"), b"400"),
        ((b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 8"), b"426"),
        ((b"Upgrade: websocket", b"X: y"), b"426"),
        ((b"GET", b"POST"), b"400"),
        ((b"Sec-WebSocket-Key: ", b"Sec-WebSocket-Key: !"), b"400"),
    ],
)
@in_loop
async def test_a_handshake_that_is_not_ours_is_refused_and_closed(change: tuple[bytes, bytes], status: bytes) -> None:
    async with streams() as made:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.ws_port)
        writer.write(websocket.opening("lab", base64.b64encode(bytes(16)).decode()).replace(*change))
        answer = await asyncio.wait_for(reader.read(), 5)
        assert answer.startswith(b"HTTP/1.1 " + status) and b"Zongji" not in answer
        writer.close()


@in_loop
async def test_a_peer_that_does_not_read_is_cut_off() -> None:
    async with streams(limits=Limits(requests_per_s=10**6, streams=StreamLimits(unsent_bytes=20_000))) as made:
        client = await Client.to(made)
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        number = 0
        while len(made.streams):
            number += 1
            client.writer.write(b"".join(options(f"{number}-{each}") for each in range(200)))
            await asyncio.sleep(0)
            assert number < 2000
        client.writer.close()


@in_loop
async def test_somebody_elses_websocket_client_understands_us() -> None:
    client = pytest.importorskip("websockets.asyncio.client", reason="pip install websockets")
    async with streams() as made:
        uri = f"ws://127.0.0.1:{made.ws_port}/"
        async with client.connect(uri, subprotocols=["sip"], compression="deflate") as socket:
            assert socket.subprotocol == "sip"
            await socket.send(options("text", "WS").decode())
            assert "SIP/2.0 200 OK" in await asyncio.wait_for(socket.recv(), 5)
            await socket.send([options("pieces", "WS")[:100], options("pieces", "WS")[100:]])
            assert "pieces" in await asyncio.wait_for(socket.recv(), 5)
            await asyncio.wait_for(await socket.ping(), 5)
        assert socket.close_code == 1000


# --- phones ---


class Exchange(Desk):
    """Bridges callers to registered phones."""

    made: SipStack

    def incoming(self, call: Any) -> None:
        super().incoming(call)
        binding = self.made.registrar.find(call.to_user)
        if binding is None:
            call.answer()
            return
        try:
            other = self.made.invite(binding.contact, binding.network_addr, caller_number=call.from_user, web=False)
        except ConnectionError:
            call.hangup(20, "SUBSCRIBER_ABSENT")
            return
        other.on_answer = call.answer
        other.on_end = lambda by_remote, code, cause: call.hangup(cause or 16, "X") and None
        call.on_end = lambda by_remote, code, cause: other.hangup() and None


@KINDS
@pytest.mark.parametrize("other", ["udp", "tcp", "ws"])
@in_loop
async def test_a_phone_registers_calls_and_is_called(kind: str, other: str) -> None:
    desk = Exchange()
    async with streams(desk) as made:
        desk.made = made
        ports = {"udp": made.port, "tcp": made.port, "ws": made.ws_port}
        kinds: Any = (kind, other)
        first, second = (
            Phone(("127.0.0.1", ports[each]), user, "right", domain="lab", transport=each, timers=FAST)
            for each, user in zip(kinds, ("1001", "1002"), strict=True)
        )
        async with first, second:
            await first.register()
            await second.register()
            binding = made.registrar.find("1001")
            assert binding is not None and binding.transport == kind
            assert (".invalid" in binding.contact) == (kind == "ws") and f"transport={kind}" in binding.contact
            for caller, called in ((first, second), (second, first)):
                call = await caller.dial(called.user)
                ringing = await called.next_call(timeout=3)
                await ringing.accept()
                await call.answered(timeout=3)
                await call.hold()
                await call.resume()
                await (call if caller is first else ringing).hang_up()
                await ringing.ended(timeout=3)
                await call.ended(timeout=3)
            assert len(made.streams) == (2 if other != "udp" else 1)


@KINDS
@in_loop
async def test_a_call_to_a_phone_whose_connection_is_gone_fails_at_once(kind: str) -> None:
    desk = Exchange()
    async with streams(desk) as made:
        desk.made = made
        away: Any = Phone(place(made, kind), "1001", "right", domain="lab", transport=kind)  # type: ignore[arg-type]
        async with away, Phone(place(made, "tcp"), "1002", "right", domain="lab", transport="tcp") as caller:
            await away.register()
            away._over.cut()
            while len(made.streams) > 1:
                await asyncio.sleep(0)
            away.is_registered = False
            call = await caller.dial("1001")
            with pytest.raises(CallFailed):
                await call.answered(timeout=2)


@in_loop
async def test_a_request_under_way_fails_with_its_connection() -> None:
    async with streams() as server, stack() as made:
        over = await made.connect("TCP", ("127.0.0.1", server.port))
        desk = Desk()
        call = desk.watch(made.invite("sip:x@127.0.0.1", ("127.0.0.1", server.port), over=over))
        assert server.streams.find("TCP", ("127.0.0.1", 1)) is None
        over.cut()
        await desk.until("end", False, 408, timeout=1)
        assert call.state == "over" and users("1001") is not None
