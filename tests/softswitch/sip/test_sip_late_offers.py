"""Who offers when: INVITEs without SDP, offers before the first one has its answer (RFC 3261 13, 14, RFC 3311)."""

from __future__ import annotations

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.media import sdp
from eslapp.softswitch.sip.message import Response


async def offered(peer: Peer) -> Response:
    peer.send(peer.compose("INVITE"))
    ok = await peer.final()
    choice = sdp.choose(sdp.parse(ok.body))
    assert ok.status == 200 and choice is not None and choice.remote is not None
    return ok


@in_loop
async def test_the_200_offers_and_the_ack_answers() -> None:
    desk = Desk()
    async with stack(desk, takes_late_offers=True) as server:
        with Peer(server.port) as peer:
            ok = await offered(peer)
            assert not desk.calls  # who does not acknowledge costs the owner nothing
            peer.send(peer.compose("ACK", to=ok.get("to"), body=peer.sdp(port=40_444).replace("0 8 101", "8 101")))
            await desk.until("incoming")
            call = desk.calls[0]
            assert (call.state, call.media.codec_name, call.media.remote) == ("answered", "PCMA", ("127.0.0.1", 40_444))
            assert not call.answer() and not call.ring()
            peer.send(peer.compose("BYE", seq=2, to=ok.get("to")))
            await desk.until("end", True, 0)


@pytest.mark.parametrize("answer", ["", "v=0\r\nm=audio 0 RTP/AVP 0\r\n", "nonsense"])
@in_loop
async def test_an_ack_that_answers_with_nothing_usable_ends_the_call(answer: str) -> None:
    desk = Desk()
    async with stack(desk, takes_late_offers=True) as server:
        with Peer(server.port) as peer:
            ok = await offered(peer)
            peer.send(peer.compose("ACK", to=ok.get("to"), body=answer))
            bye = await peer.request("BYE")
            peer.reply(bye, "200 OK")
            assert "cause=88" in bye.get("reason") and not desk.calls and not server.calls


@in_loop
async def test_an_offer_while_the_first_has_no_answer_is_put_off() -> None:
    desk = Desk(then=lambda call: call.ring())
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp()))
            ringing = [await peer.receive() for _ in range(2)][1]
            for seq, method in ((2, "INVITE"), (3, "UPDATE")):
                peer.send(peer.compose(method, seq=seq, to=ringing.get("to"), body=peer.sdp("sendonly")))
                final = await peer.final()
                assert (final.status, final.cseq_method) == (500, method)
                assert 0 < int(final.get("retry-after")) <= 10
            assert desk.calls[0].state == "ringing"
            desk.calls[0].answer()
            assert (await peer.final()).cseq_method == "INVITE" and not desk.calls[0].is_held


@in_loop
async def test_a_callee_s_offer_before_its_answer_is_glare() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            desk.watch(server.invite(f"sip:1001@127.0.0.1:{peer.port}", ("127.0.0.1", peer.port), caller_number="1000"))
            invite = await peer.request("INVITE")
            peer.reply(invite, "180 Ringing")
            await desk.until("progress")
            update = peer.compose(
                "UPDATE",
                f"sip:zongji@127.0.0.1:{server.port}",
                call_id=invite.call_id,
                from_=f"{invite.get('to')};tag=pt",
                to=invite.get("from"),
                body=peer.sdp(),
            )
            peer.send(update)
            assert (await peer.final()).status == 491
