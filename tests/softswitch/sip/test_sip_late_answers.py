"""Answers and ACKs that come late or never: nobody stays in a call alone, and its end is in time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sip_lab import Desk, Peer, in_loop, stack
from stream_lab import StreamPeer, streams

from eslapp.softswitch.sip.message import Request
from eslapp.softswitch.sip.stack import SipCall, SipStack, Timers

pytestmark = pytest.mark.system  # real sockets

KINDS = pytest.mark.parametrize("kind", ["udp", "tcp", "ws"])


@asynccontextmanager
async def phone(desk: Desk, kind: str) -> AsyncIterator[tuple[SipStack, Peer]]:
    """A stack, and a phone that it reaches this way."""
    async with streams(desk) as made:
        with Peer(made.port) if kind == "udp" else StreamPeer(made, kind) as peer:
            if isinstance(peer, StreamPeer):
                await peer.connect()
                await desk_knows(desk, peer)
            yield made, peer


async def desk_knows(desk: Desk, peer: Peer) -> None:
    """The stack has the phone's connection once a call came over it."""
    peer.send(peer.compose("INVITE", body=peer.sdp()))
    await desk.until("incoming")


async def rings(desk: Desk, made: SipStack, peer: Peer) -> tuple[SipCall, Request]:
    """It was called and says 180."""
    over = desk.calls[0]._flow.transport if desk.calls else None
    call = desk.watch(made.invite(f"sip:1001@127.0.0.1:{peer.port}", ("127.0.0.1", peer.port), over=over, web=False))
    invite = await peer.request("INVITE")
    peer.reply(invite, "180 Ringing")
    await desk.until("progress", 180)
    return call, invite


async def hung_up(peer: Peer, invite: Request, tag: str = "pt") -> None:
    """The 200 that was just sent got its ACK and then a BYE."""
    ack, bye = await peer.request("ACK"), await peer.request("BYE")
    for request in (ack, bye):
        assert request.call_id == invite.call_id and request.to is not None and request.to.tag == tag
    assert ack.cseq == invite.cseq < bye.cseq
    peer.reply(bye, "200 OK")


@KINDS
@in_loop
async def test_200_that_crosses_cancel(kind: str) -> None:
    desk = Desk()
    async with phone(desk, kind) as (made, peer):
        call, invite = await rings(desk, made, peer)
        call.hangup()
        cancel = await peer.request("CANCEL")
        peer.reply(invite, "200 OK", body=peer.sdp())
        peer.reply(cancel, "200 OK")
        await hung_up(peer, invite)
        peer.reply(invite, "200 OK", body=peer.sdp())  # the ACK was lost
        assert (await peer.request("ACK")).cseq == invite.cseq
        assert ("answer",) not in desk.log and call not in made.calls.values()


@KINDS
@pytest.mark.parametrize("status", ["487 Request Terminated", "486 Busy Here"])
@in_loop
async def test_200_after_a_final_answer(kind: str, status: str) -> None:
    desk = Desk()
    async with phone(desk, kind) as (made, peer):
        call, invite = await rings(desk, made, peer)
        if status.startswith("487"):
            call.hangup()
            peer.reply(await peer.request("CANCEL"), "200 OK")
        peer.reply(invite, status, tag="one")
        assert (await peer.request("ACK")).to.tag == "one"  # type: ignore[union-attr]
        peer.reply(invite, "200 OK", tag="two", body=peer.sdp())  # of another fork, or of two minds
        await hung_up(peer, invite, "two")
        assert ("answer",) not in desk.log and call not in made.calls.values()


@KINDS
@in_loop
async def test_200_without_a_provisional_answer_after_we_gave_up(kind: str) -> None:
    desk = Desk()
    async with phone(desk, kind) as (made, peer):
        over = desk.calls[0]._flow.transport if desk.calls else None
        call = made.invite(f"sip:1001@127.0.0.1:{peer.port}", ("127.0.0.1", peer.port), over=over, web=False)
        invite = await peer.request("INVITE")
        call.hangup()
        peer.reply(invite, "200 OK", body=peer.sdp())
        await hung_up(peer, invite)


@in_loop
async def test_the_patience_of_a_cancel_begins_with_it() -> None:
    """RFC 3261 9.1: 64*T1 after the CANCEL, not after the wish to send one."""
    desk = Desk()
    async with phone(desk, "udp") as (made, peer):
        call = desk.watch(made.invite(f"sip:1001@127.0.0.1:{peer.port}", ("127.0.0.1", peer.port)))
        invite = await peer.request("INVITE")
        call.hangup()
        await peer.quiet(0.9)
        peer.reply(invite, "180 Ringing")
        peer.reply(await peer.request("CANCEL"), "200 OK")
        await peer.quiet(0.6)  # 1.28 s after the hangup
        peer.reply(invite, "200 OK", body=peer.sdp())
        await hung_up(peer, invite)


@pytest.mark.slow
@in_loop
async def test_the_end_of_a_call_without_its_ack_comes_in_time_and_not_with_the_next_repetition() -> None:
    desk = Desk(then=lambda call: call.answer())
    async with stack(desk, timers=Timers(t1=0.03, t2=10, t4=0.05)) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp()))
            assert (await peer.final()).status == 200
            answered_at = server.loop.time()
            await desk.until("end", False, 408, 102)  # 64*T1 are 1.92 s; the next repetition is due after 3.81
            assert server.loop.time() - answered_at < 3.5
