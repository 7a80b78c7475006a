"""Rubbish by the thousand, floods and foreign packets: nothing escapes, nothing is answered bigger, calls go on."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.sip.stack import SipStack

DATA = Path(__file__).parent / "data" / "rfc4475"
SEED = 4475


def rubbish(count: int) -> list[bytes]:
    """Mutations of the torture messages: cut, doubled, bytes changed, headers repeated, numbers grown."""
    chance = random.Random(SEED)
    originals = [path.read_bytes() for path in sorted(DATA.glob("*.dat"))]
    made = []
    for _ in range(count):
        packet = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(packet) or 1)
            kind = chance.randrange(5)
            if kind == 0:
                del packet[at : at + chance.randint(1, 80)]
            elif kind == 1:
                packet[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 20)))
            elif kind == 2:
                packet[at:at] = chance.choice(
                    [b"%n%s", b"\r\n", b"\0", b"9" * 40, b'"', b"<", b";;", b"\xff\xfe", b"A" * 3000]
                )
            elif kind == 3:
                packet += packet[at:]
            else:
                packet[at : at + 1] = bytes([chance.randrange(256)])
        made.append(bytes(packet[:60_000]))
    return made


async def feed(peer: Peer, server: SipStack, packets: list[bytes]) -> None:
    for number, packet in enumerate(packets):
        peer.send(packet)
        if number % 20 == 19:
            await asyncio.sleep(0)


@in_loop
async def test_two_thousand_malformed_datagrams_hurt_nobody(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(then=lambda call: call.answer())
    with caplog.at_level(logging.WARNING):
        async with stack(desk) as server:
            with Peer(server.port) as caller, Peer(server.port) as vandal:
                ok = await caller.call()
                await desk.until("answer")
                await feed(vandal, server, rubbish(2000))
                caller.send(caller.compose("OPTIONS", seq=2, to=ok.get("to")))
                assert (await caller.final()).status == 200
                assert desk.calls[0].state == "answered"
                seen = server.intake.counts
                assert seen["malformed"] + seen["dropped"] + seen["requests"] + seen["responses"] > 1000
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text


@in_loop
async def test_a_noisy_source_is_not_even_parsed_for_a_while() -> None:
    async with stack() as server:
        with Peer(server.port) as vandal, Peer(server.port) as other:
            await feed(vandal, server, [b"INVITE nonsense\r\n\r\n"] * 300)
            other.send(other.compose("OPTIONS"))
            assert (await other.final()).status == 200
            assert server.intake.counts["malformed"] <= 110 and server.intake.counts["dropped"] >= 150


@in_loop
async def test_too_many_requests_of_one_source_are_dropped_and_its_calls_go_on() -> None:
    from eslapp.softswitch.sip.stack import Limits

    desk = Desk(then=lambda call: call.answer())
    async with stack(desk, limits=Limits(requests_per_s=10)) as server:
        with Peer(server.port) as caller, Peer(server.port) as neighbour:
            ok = await caller.call()
            for number in range(60):
                caller.send(caller.compose("OPTIONS", call_id=f"f{number}"))
            neighbour.send(neighbour.compose("OPTIONS", call_id="n"))  # on loopback a source is a socket
            assert (await neighbour.final("n")).status == 200
            assert len(await caller.quiet(0.2)) <= 25
            caller.send(caller.compose("BYE", seq=2, to=ok.get("to")))
            assert (await caller.final(seq=2)).status == 200


@pytest.mark.system  # counts what a second lets in
@in_loop
async def test_a_caller_may_not_flood_its_own_call() -> None:
    from eslapp.softswitch.sip.stack import Limits

    desk = Desk(then=lambda call: call.answer())
    async with stack(desk, limits=Limits(requests_in_call_per_s=40)) as server:
        with Peer(server.port) as peer:
            ok = await peer.call()
            info = "Content-Type: application/dtmf\r\n"
            began = server.loop.time()
            for seq in range(2, 302):
                peer.send(peer.compose("INFO", seq=seq, to=ok.get("to"), more=info, body="5"))
            came = [await peer.receive_bytes() for _ in range(80)] + await peer.quiet(0.1)  # twice 40 at once
            took_s = server.loop.time() - began
            assert len(came) <= 82 + 40 * took_s and server.intake.counts["dropped"] == 300 - len(came)
            assert len(server.layer) <= len(came) + 2
            digits = len([entry for entry in desk.log if entry[0] == "info"])
            assert digits <= 50 * (1 + took_s)  # a second
            assert digits + desk.calls[0].media.counters.digits_dropped == len(came)
            await peer.quiet(0.05)  # a token or two come back
            peer.send(peer.compose("BYE", seq=302, to=ok.get("to")))
            assert (await peer.final()).status == 200


@in_loop
async def test_no_answer_to_a_stranger_is_twice_as_long_as_the_question() -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            for method in ("OPTIONS", "REGISTER", "INVITE", "FOO", "BYE", "MESSAGE", "SUBSCRIBE"):
                question = (
                    f"{method} sip:a SIP/2.0\r\nVia:SIP/2.0/UDP 127.0.0.1:{peer.port};branch=z9hG4bK{method}\r\n"
                    "f:<sip:a>;tag=1\r\n"
                    f"t:<sip:a>\r\ni:{method}1\r\nCSeq:1 {method}\r\n\r\n"
                ).encode()
                peer.send(question)
                packet = await peer.receive_bytes()
                nonce = 90 if b"Digest" in packet else 0
                assert len(packet) <= 2 * len(question) + nonce, packet


@in_loop
async def test_silence_for_what_is_no_sip() -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            for packet in (
                b"\r\n\r\n",
                b"\0",
                b"hello",
                b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                b"\x80" * 200,
                b"ACK sip:a SIP/2.0\r\n\r\n",
            ):
                peer.send(packet)
            assert await peer.quiet(0.1) == []


@in_loop
async def test_what_a_caller_calls_himself_reaches_the_listener_clean() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            text = peer.compose(
                "INVITE", from_='"Bob%0AEvent-Name: X\\\n\u2028\udcff" <sip:1000@lab>;tag=1'.replace("\\\n", "\t"),
                more="X-a%0AEvent-Name: forged\r\nX-Real: a\x01b\r\n", body=peer.sdp(),
            )  # fmt: skip
            peer.send(text)
            await desk.until("incoming")
            call = desk.calls[0]
            assert not any(c in call.from_display for c in "\r\n\t\udcff")
            assert dict(call.request.shown())["X-Real"] == "a b"
            assert not any("%" in name for name, _ in call.request.shown())
            call.from_display.encode()
