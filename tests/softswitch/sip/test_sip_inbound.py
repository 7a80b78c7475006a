"""Calls that come: answers, retransmissions, lost ACKs, CANCEL races, hold, digits, as the other side sees them."""

from __future__ import annotations

import asyncio

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.media import sdp
from eslapp.softswitch.sip.call import SipCall
from eslapp.softswitch.sip.compose import ALLOW
from eslapp.softswitch.sip.stack import Limits, Timers


def answer(call: SipCall) -> None:
    call.answer()


@in_loop
async def test_a_call_from_invite_to_their_bye() -> None:
    desk = Desk(then=lambda call: (call.ring(), call.answer()))
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", "9001", body=peer.sdp()))
            trying, ringing, ok = [await peer.receive() for _ in range(3)]
            assert [m.status for m in (trying, ringing, ok)] == [100, 180, 200]
            assert trying.to.tag == "" and ringing.to.tag == ok.to.tag != ""
            assert ok.via.params["rport"] == str(peer.port)
            assert ok.get("contact") == f"<sip:9001@127.0.0.1:{server.port};transport=udp>"
            assert (ok.get("content-type"), ok.get("allow"), ok.get("user-agent")) == ("application/sdp", ALLOW, "")
            choice = sdp.choose(sdp.parse(ok.body))
            assert choice and (choice.codec, choice.digit_payload_type) == ("PCMU", 101)
            call = desk.calls[0]
            assert choice.remote == ("127.0.0.1", call.media.rtp_port) and call.local_sdp.encode() == ok.body
            assert (call.from_user, call.from_display, call.to_user, call.remote_tag) == ("1000", "Lab", "9001", "lt")
            peer.send(peer.compose("ACK", call_id="lab-1", to=ok.get("to")))
            await desk.until("answer")
            bye = peer.compose("BYE", seq=2, to=ok.get("to"), more='Reason: Q.850;cause=17;text="x"\r\n')
            peer.send(bye)
            assert (await peer.final()).status == 200
            peer.send(bye)  # the 200 was lost: the same again, and the owner hears nothing of it
            assert (await peer.final()).status == 200
            assert desk.log == [("incoming", "9001"), ("answer",), ("end", True, 0, 17)]
            assert call.media.is_closed and call.state == "over" and not server.calls
            assert not call.answer() and not call.hangup() and not call.ring()


@in_loop
async def test_invite_retransmissions_get_the_last_answer_again() -> None:
    desk = Desk(then=lambda call: call.ring())
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            invite = peer.compose("INVITE", body=peer.sdp())
            for _ in range(3):
                peer.send(invite)
            statuses = [(await peer.receive()).status for _ in range(4)]
            assert statuses == [100, 180, 180, 180] and len(desk.calls) == 1


@in_loop
async def test_the_200_is_repeated_until_the_ack_and_a_lost_ack_ends_the_call() -> None:
    desk = Desk(then=answer)
    async with stack(desk, timers=Timers(t1=0.005, t2=0.04, t4=0.05)) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp()))
            oks = [await peer.final() for _ in range(4)]
            assert {ok.status for ok in oks} == {200} and len({ok.to.tag for ok in oks}) == 1
            bye = await peer.request("BYE", timeout=4)
            peer.reply(bye, "200 OK")
            assert 'cause=102;text="RECOVERY_ON_TIMER_EXPIRE"' in bye.get("reason")
            assert desk.log[-1] == ("end", False, 408, 102)
            await asyncio.sleep(0)
            assert not server.calls


@in_loop
async def test_hanging_up_before_the_ack_waits_for_it() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp()))
            ok = await peer.final()
            desk.calls[0].hangup()
            assert desk.log[-1] == ("end", False, 0, 16)
            assert (await peer.final()).status == 200  # still repeated: no BYE yet
            peer.send(peer.compose("ACK", to=ok.get("to")))
            bye = await peer.request("BYE")
            assert bye.get("reason") == 'Q.850;cause=16;text="NORMAL_CLEARING"'
            peer.reply(bye, "200 OK")


@in_loop
async def test_a_refusal_is_repeated_until_its_ack() -> None:
    desk = Desk(then=lambda call: call.hangup(17, "USER_BUSY"))
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", branch="z9hG4bKbusy", body=peer.sdp()))
            busy = [await peer.final() for _ in range(3)]
            assert {m.status for m in busy} == {486}
            assert busy[0].get("reason") == 'Q.850;cause=17;text="USER_BUSY"'
            peer.send(peer.compose("ACK", branch="z9hG4bKbusy", to=busy[0].get("to")))
            await peer.quiet(0.1)
            assert await peer.quiet(0.1) == []
            assert desk.log[-1] == ("end", False, 486, 17)


@pytest.mark.parametrize(
    ("cause", "name", "code"),
    [
        (16, "NORMAL_CLEARING", 480),
        (21, "CALL_REJECTED", 603),
        (1, "UNALLOCATED_NUMBER", 404),
        (806, "USER_NOT_REGISTERED", 480),
    ],
)
@in_loop
async def test_causes_become_freeswitchs_codes(cause: int, name: str, code: int) -> None:
    async with stack(Desk(then=lambda call: call.hangup(cause, name))) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp()))
            final = await peer.final()
            assert final.status == code
            assert final.get("reason") == f'{"Q.850" if cause < 128 else "SIP"};cause={cause};text="{name}"'


@in_loop
async def test_cancel_while_ringing() -> None:
    desk = Desk(then=lambda call: call.ring())
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", branch="z9hG4bKc", body=peer.sdp()))
            ringing = [await peer.receive() for _ in range(2)][1]
            peer.send(peer.compose("CANCEL", branch="z9hG4bKc"))
            answers = {(m.status, m.cseq_method, m.to.tag) for m in [await peer.final(), await peer.final()]}
            assert answers == {(200, "CANCEL", ringing.to.tag), (487, "INVITE", ringing.to.tag)}
            peer.send(peer.compose("ACK", branch="z9hG4bKc", to=ringing.get("to")))
            assert desk.log[-1] == ("end", True, 487, 487)
            assert not server.calls


@in_loop
async def test_cancel_after_the_answer_changes_nothing_and_of_nothing_is_481() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("CANCEL", branch="z9hG4bKnone"))
            assert (await peer.final()).status == 481
            peer.send(peer.compose("INVITE", branch="z9hG4bKc", body=peer.sdp()))
            ok = await peer.final()
            peer.send(peer.compose("ACK", to=ok.get("to")))
            await desk.until("answer")
            await peer.quiet(0.05)
            peer.send(peer.compose("CANCEL", branch="z9hG4bKc"))
            assert (await peer.final()).cseq_method == "CANCEL"
            assert desk.calls[0].state == "answered"


@in_loop
async def test_bye_in_an_early_dialog_ends_the_invite_too() -> None:
    desk = Desk(then=lambda call: call.early_media())
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp()))
            early = [await peer.receive() for _ in range(2)][1]
            assert early.status == 183 and sdp.choose(sdp.parse(early.body))
            peer.send(peer.compose("BYE", seq=2, to=early.get("to")))
            assert {(m.status, m.cseq_method) for m in [await peer.final(), await peer.final()]} == {
                (200, "BYE"),
                (487, "INVITE"),
            }
            assert desk.log[-1] == ("end", True, 0, 0)


@in_loop
async def test_hold_and_resume_by_reinvite_and_by_update() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            ok = await peer.call()
            await desk.until("answer")
            media = desk.calls[0].media
            versions = [int(ok.body.split(b"o=Zongji ")[1].split(b" ")[1])]
            for seq, method, direction, theirs, event in (
                (2, "INVITE", "sendonly", b"a=recvonly", "hold"),
                (3, "INVITE", "sendonly", b"a=recvonly", "hold"),
                (4, "INVITE", "sendrecv", b"", "unhold"),
                (5, "UPDATE", "inactive", b"a=inactive", "hold"),
                (6, "UPDATE", "sendrecv", b"", "unhold"),
            ):
                peer.send(peer.compose(method, seq=seq, to=ok.get("to"), body=peer.sdp(direction)))
                final = await peer.final()
                assert final.status == 200 and theirs in final.body
                versions.append(int(final.body.split(b"o=Zongji ")[1].split(b" ")[1]))
                assert desk.log[-1] == (event,)
                assert media.is_sending == (event == "unhold") and desk.calls[0].is_held == (event == "hold")
                if method == "INVITE":
                    peer.send(peer.compose("ACK", seq=seq, to=ok.get("to")))
                    await peer.quiet(0.05)
            assert versions == list(range(versions[0], versions[0] + 6))  # RFC 3264 8: one more each time
            assert [each[0] for each in desk.log] == ["incoming", "answer", "hold", "unhold", "hold", "unhold"]


@in_loop
async def test_a_reinvite_without_sdp_is_offered_to_and_a_bad_one_leaves_the_call_alone() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            ok = await peer.call()
            await desk.until("answer")
            peer.send(peer.compose("INVITE", seq=2, to=ok.get("to")))
            offer = await peer.final()
            assert offer.status == 200 and sdp.choose(sdp.parse(offer.body))
            peer.send(peer.compose("ACK", seq=2, to=ok.get("to"), body=peer.sdp(port=41_000)))
            while desk.calls[0].media.remote != ("127.0.0.1", 41_000):
                await asyncio.sleep(0.01)
            peer.send(peer.compose("INVITE", seq=3, to=ok.get("to"), body=peer.sdp().replace("0 8 101", "18")))
            assert (await peer.final()).status == 488
            assert desk.calls[0].state == "answered"


@in_loop
async def test_digits_by_info() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            ok = await peer.call()
            kinds = [
                ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", 200),
                ("application/dtmf-relay", "Signal= *\r\n", 200),
                ("application/dtmf-relay", "Signal=11\r\nDuration=99999\r\n", 200),
                ("application/dtmf", "7", 200),
                ("application/dtmf", "77", 415),
                ("application/dtmf-relay", "nonsense", 415),
                ("text/plain", "Signal=5", 415),
            ]
            for seq, (kind, body, status) in enumerate(kinds, start=2):
                more = f"Content-Type: {kind}\r\n"
                peer.send(peer.compose("INFO", seq=seq, to=ok.get("to"), more=more, body=body))
                assert (await peer.final(seq=seq)).status == status
            assert [each for each in desk.log if each[0] == "info"] == [
                ("info", "5", 160), ("info", "*", 160), ("info", "#", 10_000), ("info", "7", 160),
            ]  # fmt: skip


@in_loop
async def test_old_numbers_foreign_tags_and_unknown_methods_in_a_dialog() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            ok = await peer.call()
            for method, seq, to, from_, status in (
                ("OPTIONS", 5, ok.get("to"), "<sip:1000@lab>;tag=lt", 200),
                ("OPTIONS", 4, ok.get("to"), "<sip:1000@lab>;tag=lt", 500),
                ("BYE", 6, ok.get("to"), "<sip:1000@lab>;tag=other", 481),
                ("BYE", 6, "<sip:x@lab>;tag=nobody", "<sip:1000@lab>;tag=lt", 481),
                ("MESSAGE", 7, ok.get("to"), "<sip:1000@lab>;tag=lt", 405),
            ):
                peer.send(peer.compose(method, seq=seq, to=to, from_=from_))
                assert (await peer.final()).status == status
            assert desk.calls[0].state == "answered"


@in_loop
async def test_a_refer_nobody_takes_is_told_so() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            ok = await peer.call()
            peer.send(peer.compose("REFER", seq=2, to=ok.get("to"), more="Refer-To: <sip:9022@lab>\r\n"))
            accepted = await peer.final()
            notify = await peer.request("NOTIFY")
            peer.reply(notify, "200 OK")
            assert (accepted.status, notify.body) == (202, b"SIP/2.0 403 Forbidden\r\n")
            assert notify.get("event") == "refer;id=2"  # RFC 3515 2.4.6: the REFER's CSeq
            assert notify.get("subscription-state").startswith("terminated")
            taken: list[tuple[str, str]] = []
            desk.calls[0].on_refer = lambda to, by: taken.append((to, by)) is None
            more = "Refer-To: <sip:9022@lab>\r\nReferred-By: <sip:1000@lab>\r\n"
            peer.send(peer.compose("REFER", seq=3, to=ok.get("to"), more=more))
            assert (await peer.final()).status == 202 and taken == [("<sip:9022@lab>", "<sip:1000@lab>")]
            peer.send(peer.compose("REFER", seq=4, to=ok.get("to"), more='Refer-To: "open, <sip:9022@lab>\r\n'))
            assert (await peer.final()).status == 400 and len(taken) == 1


@in_loop
async def test_the_same_request_by_two_ways_is_a_loop() -> None:
    desk = Desk(then=lambda call: call.ring())
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", branch="z9hG4bKway1", body=peer.sdp()))
            peer.send(peer.compose("INVITE", branch="z9hG4bKway2", body=peer.sdp()))
            assert (await peer.final()).status == 482 and len(desk.calls) == 1


@pytest.mark.usefixtures("errors_wanted")
@in_loop
async def test_too_many_calls_and_a_failing_listener() -> None:
    def fail(call: SipCall) -> None:
        if call.to_user == "bad":
            raise RuntimeError("listener")

    desk = Desk(then=fail)
    async with stack(desk, limits=Limits(calls=1)) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", "bad", call_id="a", branch="z9hG4bKa", body=peer.sdp()))
            failed = await peer.final()
            assert failed.status == 500 and not server.calls
            peer.send(peer.compose("ACK", "bad", call_id="a", branch="z9hG4bKa", to=failed.get("to")))
            for name, status in (("b", 180), ("c", 503)):
                desk.then = lambda call: call.ring()
                peer.send(peer.compose("INVITE", call_id=name, body=peer.sdp()))
                while (got := (await peer.receive()).status) in (100, 500):
                    pass
                assert got == status


@in_loop
async def test_callers_are_challenged_where_the_site_wants_it() -> None:
    from eslapp.softswitch.sip.digest import answer_challenge

    desk = Desk(then=answer)
    async with stack(desk, auth_calls=True) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", branch="z9hG4bK1", body=peer.sdp()))
            asked = await peer.final()
            assert asked.status == 407 and not desk.calls
            peer.send(peer.compose("ACK", branch="z9hG4bK1", to=asked.get("to")))
            header = answer_challenge(
                asked.get("proxy-authenticate"), user="1001", password="right", method="INVITE", uri="sip:x", cnonce="c"
            )
            more = f"Proxy-Authorization: {header}\r\n"
            peer.send(peer.compose("INVITE", seq=2, more=more, body=peer.sdp()))
            assert (await peer.final()).status == 200 and desk.calls[0].auth_user == "1001"


@in_loop
async def test_stopping_says_goodbye() -> None:
    desk = Desk(then=lambda call: call.answer() if call.to_user == "up" else call.ring())
    with Peer(1) as up, Peer(1) as ringing:
        async with stack(desk) as server:
            up.server = ringing.server = ("127.0.0.1", server.port)
            up.send(up.compose("INVITE", "up", call_id="u", body=up.sdp()))
            ok = await up.final()
            up.send(up.compose("ACK", call_id="u", to=ok.get("to")))
            ringing.send(ringing.compose("INVITE", "ring", call_id="r", body=ringing.sdp()))
            await desk.until("incoming", "ring")
            await desk.until("answer")
        assert (await up.request("BYE")).call_id == "u"
        assert (await ringing.final()).status == 503
    assert {call.state for call in desk.calls} == {"over"}
