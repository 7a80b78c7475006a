"""Calls over TCP and WebSocket whose connections come, go and come back; large messages and messages in pieces."""

from __future__ import annotations

import asyncio

import pytest
from sip_lab import Desk, in_loop
from stream_lab import Client, StreamPeer, options, streams

from eslapp.softswitch.sip import websocket
from eslapp.softswitch.sip.call import SipCall
from eslapp.softswitch.sip.digest import answer_challenge
from eslapp.softswitch.sip.message import Request, Response
from eslapp.softswitch.sip.stack import SipStack

pytestmark = pytest.mark.system  # real sockets

KINDS = pytest.mark.parametrize("kind", ["tcp", "ws"])


def answer(call: SipCall) -> None:
    call.answer()


async def gone(made: SipStack, left: int = 0) -> None:
    while len(made.streams) > left:
        await asyncio.sleep(0)


async def register(peer: StreamPeer, seq: int) -> Response:
    """As 1001, with the digest."""
    more = ""
    for number in (seq, seq + 1):
        me = "<sip:1001@lab>;tag=r"
        peer.send(
            peer.compose("REGISTER", "sip:lab", call_id="reg", seq=number, from_=me, to="<sip:1001@lab>", more=more)
        )
        response = await peer.final("reg")
        made = answer_challenge(
            response.get("www-authenticate"),
            user="1001",
            password="right",
            method="REGISTER",
            uri="sip:lab",
            cnonce="c",
        )
        more = f"Authorization: {made}\r\n"
    return response


# --- size and pieces ---


@KINDS
@in_loop
async def test_large_messages_in_pieces_and_several_at_once(kind: str) -> None:
    desk = Desk(then=answer)
    async with streams(desk) as made:
        peer = StreamPeer(made, kind)
        await peer.connect()
        headers = "".join(f"X-Large-{number}: {'x' * 400}\r\n" for number in range(100))
        wire = peer.compose("INVITE", more=headers, body=peer.sdp()).encode().replace(b"/UDP", b"/TCP", 1)
        assert 40_000 < len(wire) < 65_000
        if kind == "ws":
            half = len(wire) // 2
            first = bytearray(websocket.write_frame(websocket.TEXT, wire[:half], b"mask"))
            first[0] &= 0x7F  # not the last piece
            wire = bytes(first) + websocket.write_frame(websocket.PING, b"in between", b"mask")
            tail = peer.compose("INVITE", more=headers, body=peer.sdp(), branch="z9hG4bKlab1").encode()
            wire += websocket.write_frame(websocket.CONTINUATION, tail.replace(b"/UDP", b"/TCP", 1)[half:], b"mask")
        for at in range(0, len(wire), 1400):
            peer.client.writer.write(wire[at : at + 1400])
            await peer.client.writer.drain()
        assert len(desk.calls) <= 1
        while kind == "ws" and await peer.receive_bytes() != b"in between":
            pass
        ok = await peer.final()
        assert ok.status == 200 and desk.calls[0].request.get("x-large-99") == "x" * 400
        packets = [options(str(number), kind.upper()) for number in range(5)]
        if kind == "ws":
            packets = [websocket.write_frame(websocket.TEXT, packet, b"mask") for packet in packets]
        peer.client.writer.write(b"".join(packets))
        assert [(await peer.final(str(number))).status for number in range(5)] == [200] * 5


@KINDS
@in_loop
async def test_what_is_too_large_costs_its_connection_and_nobody_elses(kind: str) -> None:
    desk = Desk(then=answer)
    async with streams(desk) as made:
        peer, other = StreamPeer(made, kind), StreamPeer(made, kind)
        await peer.connect()
        await other.connect()
        await other.call(call_id="stays")
        peer.send(peer.compose("OPTIONS", more="Content-Type: text/plain\r\n", body="x" * 70_000))
        await peer.client.closed()
        assert desk.calls[0].state == "answered" and len(made.streams) == 1


# --- calls and their connections ---


@KINDS
@in_loop
async def test_a_call_outlives_its_connection_and_ends_over_the_next_one(kind: str) -> None:
    desk = Desk(then=answer)
    async with streams(desk) as made:
        peer = StreamPeer(made, kind)
        await peer.connect()
        ok = await peer.call()
        await desk.until("answer")
        peer.cut()
        await gone(made)
        assert desk.calls[0].state == "answered"
        await peer.connect()
        peer.send(peer.compose("INVITE", seq=2, to=ok.get("to"), body=peer.sdp("sendonly")))
        held = await peer.final()
        assert held.status == 200 and desk.calls[0].is_held
        peer.send(peer.compose("ACK", seq=2, to=ok.get("to")))
        peer.send(peer.compose("BYE", seq=3, to=ok.get("to")))
        assert (await peer.final()).status == 200
        await desk.until("end", True)


@KINDS
@in_loop
async def test_we_end_a_call_over_the_connection_its_phone_came_back_by(kind: str) -> None:
    desk = Desk(then=answer)
    async with streams(desk) as made:
        peer = StreamPeer(made, kind)
        await peer.connect()
        assert (await register(peer, 1)).status == 200
        await peer.call()
        await desk.until("answer")
        peer.cut()
        await gone(made)
        await peer.connect()
        assert (await register(peer, 3)).status == 200
        assert desk.calls[0].hangup()
        bye = await peer.request("BYE")
        assert bye.via is not None and bye.via.transport == kind.upper()
        peer.reply(bye, "200 OK")
        await gone_transactions(made)


async def gone_transactions(made: SipStack) -> None:
    while made.layer.is_asking:
        await asyncio.sleep(0)


@in_loop
async def test_a_question_over_a_connection_that_is_gone_fails_at_once() -> None:
    desk = Desk(then=answer)
    async with streams(desk) as made:
        peer = StreamPeer(made, "ws")
        await peer.connect()
        await peer.call()
        await desk.until("answer")
        peer.cut()
        await gone(made)
        came: list[int] = []
        assert desk.calls[0].reinvite("sendonly", came.append)
        await gone_transactions(made)
        assert came == [503] and desk.calls[0].state == "answered"  # its phone may still come back


@KINDS
@in_loop
async def test_everything_within_a_call(kind: str) -> None:
    desk = Desk(then=answer)
    async with streams(desk) as made:
        peer = StreamPeer(made, kind)
        await peer.connect()
        ok = await peer.call()
        await desk.until("answer")
        assert f"transport={kind}" in ok.get("contact")
        taken: list[str] = []
        desk.calls[0].on_refer = lambda to, by: taken.append(to) is None
        digit = "Content-Type: application/dtmf-relay\r\n"
        for seq, (method, status, more, body) in enumerate(
            (
                ("OPTIONS", 200, "", ""),
                ("INFO", 200, digit, "Signal=5\r\nDuration=160\r\n"),
                ("UPDATE", 200, "", peer.sdp("inactive")),
                ("REFER", 202, "Refer-To: <sip:9022@lab>\r\n", ""),
                ("FOO", 501, "", ""),
            ),
            start=2,
        ):
            peer.send(peer.compose(method, seq=seq, to=ok.get("to"), more=more, body=body))
            while (response := await peer.final()).cseq != seq:  # the INVITE's may come twice on a slow machine
                pass
            assert response.status == status, method
        assert ("info", "5", 160) in desk.log and desk.calls[0].is_held and taken == ["<sip:9022@lab>"]
        assert desk.calls[0].notify_refer(200, "OK", is_last=True)
        notify = await peer.request("NOTIFY")
        assert notify.via is not None and notify.via.transport == kind.upper()
        peer.reply(notify, "200 OK")
        assert desk.calls[0].reinvite("sendonly")
        offer = await peer.request("INVITE")
        peer.reply(offer, "491 Request Pending")
        await peer.request("ACK")
        again = await peer.request("INVITE")  # glare: tried again
        peer.reply(again, "200 OK", body=peer.sdp("recvonly"))
        await peer.request("ACK")
        assert desk.calls[0].hangup()
        peer.reply(await peer.request("BYE"), "200 OK")
        await gone_transactions(made)


@KINDS
@in_loop
async def test_a_caller_gives_up_and_what_it_did_not_acknowledge_ends(kind: str) -> None:
    desk = Desk(then=lambda call: call.ring())
    async with streams(desk) as made:
        peer = StreamPeer(made, kind)
        await peer.connect()
        invite = peer.compose("INVITE", body=peer.sdp(), branch="z9hG4bKgiveup")
        peer.send(invite)
        await desk.until("incoming")
        peer.send(peer.compose("CANCEL", branch="z9hG4bKgiveup"))
        assert sorted([(await peer.final()).status, (await peer.final()).status]) == [200, 487]
        await desk.until("end", True, 487)
        desk.then = answer
        peer.send(peer.compose("INVITE", call_id="no-ack", body=peer.sdp()))
        assert (await peer.final("no-ack")).status == 200
        assert (await peer.final("no-ack", timeout=1)).status == 200  # repeated, though the way is reliable (13.3.1.4)
        assert (await peer.request("BYE", timeout=3)).call_id == "no-ack"  # after 64*T1


# --- connections of ours ---


class Door:
    """A phone that listens for TCP; ``answers`` what comes with 200 and keeps it."""

    def __init__(self, answers: bool = True) -> None:
        self.came: list[Request] = []
        self.connections = 0
        self._answers = answers

    async def __aenter__(self) -> Door:
        self._serving: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        client = Client(reader, writer, "tcp")
        peer = StreamPeer.__new__(StreamPeer)
        peer.client, peer.kind, peer.contact = client, "tcp", f"<sip:far@127.0.0.1:{self.port};transport=tcp>"
        try:
            while True:
                message = await peer.receive(timeout=10)
                if isinstance(message, Request):
                    self.came.append(message)
                    if message.method != "ACK" and self._answers:
                        body = peer.sdp() if message.method == "INVITE" else ""
                        peer.reply(message, "200 OK", body=body)
        except (AssertionError, TimeoutError, ConnectionError, asyncio.CancelledError):
            writer.close()


@in_loop
async def test_a_uri_that_asks_for_tcp_is_called_over_one_connection_of_ours() -> None:
    desk = Desk()
    async with streams(desk) as made, Door() as door:
        uri = f"sip:far@127.0.0.1:{door.port};transport=tcp"
        for _ in range(2):
            call = desk.watch(made.invite(uri, ("127.0.0.1", door.port)))
            while call.state != "answered":
                await asyncio.sleep(0)
            assert call.hangup()
            await gone_transactions(made)
        methods = [request.method for request in door.came]
        assert methods == ["INVITE", "ACK", "BYE"] * 2 and door.connections == 1
        first = door.came[0]
        assert first.via is not None and first.via.transport == "TCP" and "transport=tcp" in first.get("contact")


@in_loop
async def test_nobody_listening_for_tcp_is_told_at_once() -> None:
    desk = Desk()
    async with streams(desk) as made:
        async with Door() as door:
            port = door.port
        desk.watch(made.invite(f"sip:far@127.0.0.1:{port};transport=tcp", ("127.0.0.1", port)))
        await desk.until("end", True, 503, timeout=1)
        assert len(made.streams) == 0 and not made.calls
