"""Calls of ours: progress, answers, forks, refusals, CANCEL races, challenges, re-INVITEs, as the callee sees it."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.media import sdp
from eslapp.softswitch.sip.message import Request
from eslapp.softswitch.sip.stack import SipCall, SipStack, Timers


def dial(server: SipStack, desk: Desk, peer: Peer, **options: Any) -> SipCall:
    options.setdefault("caller_number", "1000")
    return desk.watch(server.invite(f"sip:1001@127.0.0.1:{peer.port}", ("127.0.0.1", peer.port), **options))


async def answered(server: SipStack, desk: Desk, peer: Peer) -> tuple[SipCall, Request]:
    call = dial(server, desk, peer)
    invite = await peer.request("INVITE")
    peer.reply(invite, "200 OK", body=peer.sdp())
    await peer.request("ACK")
    return call, invite


@in_loop
async def test_the_invite_we_send() -> None:
    desk = Desk()
    async with stack(desk, user_agent="") as server:
        with Peer(server.port) as peer:
            call = dial(server, desk, peer, caller_name='Li "总机"', headers={"X-Zongji": "a b"}, call_id="own-id")
            invite = await peer.request("INVITE")
            assert (invite.uri.user, invite.call_id, invite.get("x-zongji"), invite.get("max-forwards")) == (
                "1001", "own-id", "a b", "70",
            )  # fmt: skip
            assert invite.from_ and invite.from_.display == 'Li "总机"' and invite.from_.uri.text == "sip:1000@lab"
            assert invite.via and invite.via.port == server.port and "rport" in invite.via.params
            choice = sdp.choose(sdp.parse(invite.body))
            assert choice and choice.codec == "PCMU" and choice.remote == ("127.0.0.1", call.media.rtp_port)
            assert b"RTP/AVP 0 8 101" in invite.body and call.local_sdp.encode() == invite.body
            assert (call.from_user, call.to_user, call.call_id) == ("1000", "1001", "own-id")
            assert server.calls[call.key] is call and call.request.get("x-zongji") == "a b"


@in_loop
async def test_ringing_early_media_answer_and_our_bye() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            call = dial(server, desk, peer)
            invite = await peer.request("INVITE")
            for status in ("100 Trying", "180 Ringing"):
                peer.reply(invite, status)
            await desk.until("progress", 180, False)
            assert call.state == "ringing" and not call.media.is_sending
            peer.reply(invite, "183 Session Progress", body=peer.sdp(port=40_002))
            await desk.until("progress", 183, True)
            assert call.state == "early" and call.media.remote == ("127.0.0.1", 40_002)
            peer.reply(invite, "200 OK", body=peer.sdp(port=40_004))
            ack = await peer.request("ACK")
            assert (ack.cseq, ack.to.tag if ack.to else "", call.state) == (invite.cseq, "pt", "answered")
            peer.reply(invite, "200 OK", body=peer.sdp(port=40_004))
            assert (await peer.request("ACK")).cseq == invite.cseq  # each 2xx again gets its ACK again
            assert call.media.remote == ("127.0.0.1", 40_004)
            call.hangup(19, "NO_ANSWER")
            bye = await peer.request("BYE")
            assert bye.get("reason") == 'Q.850;cause=19;text="NO_ANSWER"' and bye.cseq == invite.cseq + 1
            peer.reply(bye, "200 OK")
            assert desk.log == [("progress", 180, False), ("progress", 183, True), ("answer",), ("end", False, 0, 19)]
            assert not server.calls


@in_loop
async def test_answers_that_are_not_for_us_are_ignored() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            call = dial(server, desk, peer)
            invite = await peer.request("INVITE")
            forwarded = "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\n"
            peer.reply(invite, "486 Busy Here", more=forwarded)
            peer.reply(invite, "180 Ringing")
            await desk.until("progress", 180)
            assert call.state == "ringing"


@pytest.mark.parametrize(
    ("status", "reason", "cause"),
    [("486 Busy Here", "", 0), ("480 X", 'Q.850;cause=19;text="n"', 19), ("302 Moved", "", 0)],
)
@in_loop
async def test_refused(status: str, reason: str, cause: int) -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            dial(server, desk, peer)
            invite = await peer.request("INVITE")
            peer.reply(invite, status, more=f"Reason: {reason}\r\n" if reason else "")
            ack = await peer.request("ACK")
            assert ack.via and invite.via and ack.via.branch == invite.via.branch and ack.uri == invite.uri
            assert desk.log == [("end", True, int(status[:3]), cause)] and not server.calls


@in_loop
async def test_nobody_there() -> None:
    desk = Desk()
    async with stack(desk, timers=Timers(t1=0.005, t2=0.04, t4=0.05)) as server:
        with Peer(server.port) as peer:
            call = dial(server, desk, peer)
            invites = [await peer.request("INVITE") for _ in range(4)]
            assert len({str(invite.via) for invite in invites}) == 1
            await desk.until("end", False, 408, 102)
            assert call.media.is_closed and not server.calls and len(server.layer) == 0


@in_loop
async def test_cancel_waits_for_a_provisional_answer() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            call = dial(server, desk, peer)
            invite = await peer.request("INVITE")
            call.hangup(487, "ORIGINATOR_CANCEL")
            assert desk.log == [("end", False, 487, 487)]
            assert all(packet.startswith(b"INVITE") for packet in await peer.quiet(0.05))
            peer.reply(invite, "180 Ringing")
            cancel = await peer.request("CANCEL")
            assert cancel.via and invite.via and cancel.via.branch == invite.via.branch and cancel.cseq == invite.cseq
            assert cancel.get("reason") == 'SIP;cause=487;text="ORIGINATOR_CANCEL"'
            peer.reply(cancel, "200 OK")
            peer.reply(invite, "487 Request Terminated")
            await peer.request("ACK")
            assert desk.log == [("end", False, 487, 487)] and not server.calls


@in_loop
async def test_an_answer_that_crosses_our_cancel_is_hung_up() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            call = dial(server, desk, peer)
            invite = await peer.request("INVITE")
            peer.reply(invite, "180 Ringing")
            await desk.until("progress", 180)
            call.hangup()
            cancel = await peer.request("CANCEL")
            peer.reply(cancel, "200 OK")
            peer.reply(invite, "200 OK", body=peer.sdp())
            await peer.request("ACK")
            peer.reply(await peer.request("BYE"), "200 OK")
            assert desk.log[-1] == ("end", False, 487, 16) and ("answer",) not in desk.log
            assert not server.calls


@in_loop
async def test_a_second_fork_is_acknowledged_and_hung_up() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            call, invite = await answered(server, desk, peer)
            peer.reply(invite, "200 OK", tag="other", body=peer.sdp())
            assert (await peer.request("ACK")).to.tag == "other"  # type: ignore[union-attr]
            bye = await peer.request("BYE")
            assert bye.to and bye.to.tag == "other"
            peer.reply(bye, "200 OK")
            assert call.state == "answered" and call.remote_tag == "pt"


@in_loop
async def test_an_answer_without_usable_audio_ends_the_call() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            dial(server, desk, peer)
            peer.reply(await peer.request("INVITE"), "200 OK", body=peer.sdp().replace("0 8 101", "18"))
            await peer.request("ACK")
            bye = await peer.request("BYE")
            peer.reply(bye, "200 OK")
            assert "INCOMPATIBLE_DESTINATION" in bye.get("reason") and desk.log == [("end", False, 488, 88)]


@in_loop
async def test_the_password_is_not_leaked_to_a_challenge() -> None:
    """A callee that answers 401 or 407 ends the call: no credentials are sent to it (digest leak)."""
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            dial(server, desk, peer)
            challenge = 'WWW-Authenticate: Digest realm="lab", nonce="n", qop="auth"\r\n'
            peer.reply(await peer.request("INVITE"), "401 Unauthorized", more=challenge)
            await peer.request("ACK")
            assert desk.log == [("end", False, 401, 96)] and await peer.quiet(0.1) == []
            call, invite = await answered(server, desk, peer)
            call.reinvite("sendonly", lambda code: desk.note("done", code))
            again = await peer.request("INVITE")
            peer.reply(again, "407 Proxy Authentication Required", more=challenge.replace("WWW", "Proxy"))
            await desk.until("done", 407)
            assert "uthorization" not in "".join(name for name, _ in again.pairs) and call.state == "answered"


@in_loop
async def test_a_login_answers_one_challenge() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            dial(server, desk, peer, login=("1000", "pw"))
            for expected in ("Proxy-Authorization", ""):
                invite = await peer.request("INVITE")
                peer.reply(invite, "407 X", more='Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n')
                await peer.request("ACK")
                if not expected:
                    assert 'response="' in invite.get("proxy-authorization")
            assert desk.log == [("end", True, 407, 0)]


@in_loop
async def test_we_hold_and_glare_is_tried_again() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            call, _ = await answered(server, desk, peer)
            assert call.reinvite("sendonly", lambda code: desk.note("done", code))
            assert not call.reinvite("sendrecv")  # one at a time
            first = await peer.request("INVITE")
            assert b"a=sendonly" in first.body and first.to and first.to.tag == "pt"
            peer.send(
                peer.compose(
                    "INVITE", seq=9, call_id=call.call_id, from_=first.get("to"), to=first.get("from"), body=peer.sdp()
                )
            )
            assert (await peer.final()).status == 491  # theirs
            peer.reply(first, "491 Request Pending")  # ours
            await peer.request("ACK")
            second = await peer.request("INVITE")
            assert second.cseq == first.cseq + 1
            peer.reply(second, "200 OK", body=peer.sdp("recvonly"))
            await peer.request("ACK")
            await desk.until("done", 200)
            assert not call.is_held and call.media.is_sending  # we hold them, they do not hold us


@in_loop
async def test_a_dialog_the_other_side_forgot_ends() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            call, _ = await answered(server, desk, peer)
            call.reinvite("sendrecv")
            peer.reply(await peer.request("INVITE"), "481 Gone")
            await desk.until("end", False, 481)
            assert not server.calls


@in_loop
async def test_requests_go_along_the_recorded_route() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer, Peer(server.port) as proxy:
            call = dial(server, desk, peer)
            routes = f"Record-Route: <sip:far.example.com;lr>\r\nRecord-Route: <sip:127.0.0.1:{proxy.port};lr>\r\n"
            peer.reply(await peer.request("INVITE"), "200 OK", body=peer.sdp(), more=routes)
            ack = await proxy.request("ACK")
            assert ack.all("route") == [f"<sip:127.0.0.1:{proxy.port};lr>", "<sip:far.example.com;lr>"]
            assert ack.uri.text == peer.contact.strip("<>")
            call.hangup()
            proxy.reply(await proxy.request("BYE"), "200 OK")


@in_loop
async def test_a_contact_elsewhere_does_not_turn_us_on_others() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.contact = "<sip:victim@192.0.2.55:5060>"
            call, _ = await answered(server, desk, peer)
            call.hangup()
            bye = await peer.request("BYE")  # came here, where the answers came from
            assert bye.uri.text == "sip:victim@192.0.2.55:5060"
            peer.reply(bye, "200 OK")


@in_loop
async def test_what_cannot_be_dialled() -> None:
    async with stack() as server:
        for target, options in (
            ("sip:1001@host\r\nEvil: 1", {}),
            ("tel:123", {}),
            ("sip:1001@host?Route=x", {}),
            ("sip:1001@host", {"caller_name": "a\nb"}),
            ("sip:1001@host", {"headers": {"X-A": "b\r\nc"}}),
            ("sip:1001@host", {"headers": {"Contact": "<sip:x>"}}),
        ):
            with pytest.raises(ValueError):
                server.invite(target, ("127.0.0.1", 9), **options)
        assert not server.calls


@pytest.mark.usefixtures("errors_wanted")
@in_loop
async def test_no_free_rtp_port_is_an_error_that_names_the_range() -> None:
    async with stack(rtp_ports=(40_001, 40_001)) as server:
        with pytest.raises(OSError, match="widen the range"):
            server.invite("sip:1001@127.0.0.1", ("127.0.0.1", 9))
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp()))
            assert (await peer.final()).status == 503


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 loopback here")
@in_loop
async def test_two_stacks_call_each_other_over_ipv6() -> None:
    desk, far = Desk(), Desk(then=lambda call: call.answer())
    stacks = [SipStack("::1", 0, listener=each, domain="lab", users=lambda user: None) for each in (desk, far)]
    try:
        for each in stacks:
            await each.start()
        port = stacks[1].port
        call = desk.watch(stacks[0].invite(f"sip:9@[::1]:{port}", ("::1", port), caller_number="1"))
        await far.until("answer")
        assert "c=IN IP6 ::1\r\n" in call.remote_sdp and call.media.remote == ("::1", far.calls[0].media.rtp_port)
        call.hangup()
        await far.until("end", True)
    finally:
        for each in stacks:
            await each.stop()


@in_loop
async def test_a_used_sip_port_is_named() -> None:
    async with stack() as server:
        other = SipStack("127.0.0.1", server.port, listener=Desk(), domain="lab", users=lambda user: None)
        with pytest.raises(OSError, match=f"127.0.0.1:{server.port}.*choose another port"):
            await other.start()
        await asyncio.sleep(0)
