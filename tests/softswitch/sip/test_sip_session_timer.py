"""RFC 4028 on the wire: who asks whether anybody is there, what an answer proves, and the end without one."""

from __future__ import annotations

import asyncio

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.sip.message import Request, Response, parse
from eslapp.softswitch.sip.session_timer import Agreement, SessionTimer, as_client, as_server, offered, refusal_of
from eslapp.softswitch.sip.stack import SipCall

pytestmark = pytest.mark.slow  # they wait for seconds of silence

EVERY_2_S = SessionTimer(wanted_s=2, shortest_s=2)
HEAD = (
    "Via: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: 1\r\n"
    "CSeq: 1 INVITE\r\n{more}\r\n"
)
GONE = ("end", False, 408, 102)


def invite(more: str) -> Request:
    message = parse(("INVITE sip:b@h SIP/2.0\r\n" + HEAD.format(more=more)).encode())
    assert isinstance(message, Request)
    return message


def response(more: str) -> Response:
    message = parse(("SIP/2.0 200 OK\r\n" + HEAD.format(more=more)).encode())
    assert isinstance(message, Response)
    return message


def answering(desk: Desk) -> None:
    def answer(call: SipCall) -> None:
        call.answer()

    desk.then = answer


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ("", Agreement(300, is_ours=True)),
        ("Supported: replaces\r\n", Agreement(300, is_ours=True)),
        ("Supported: timer\r\n", Agreement(300, is_ours=False)),
        ("k: timer\r\nx: 1800\r\n", Agreement(300, is_ours=False)),
        ("Supported: timer\r\nSession-Expires: 120;refresher=uas\r\n", Agreement(120, is_ours=True)),
        ("Supported: timer\r\nSession-Expires: 120 ; refresher=UAC\r\n", Agreement(120, is_ours=False)),
        ("Supported: timer\r\nSession-Expires: 1800\r\nMin-SE: 600\r\n", Agreement(600, is_ours=False)),
        ("Session-Expires: 999999999999999999999\r\n", Agreement(300, is_ours=True)),
        ('Supported: "open\r\nSession-Expires: x\r\n', Agreement(300, is_ours=True)),
    ],
)
def test_what_is_agreed_with_a_caller(said: str, agreed: Agreement) -> None:
    assert as_server(SessionTimer(300), invite(said)) == agreed
    assert as_server(SessionTimer(0, is_known=False), invite(said)) is None


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ("Supported: timer\r\n", None),
        ("Session-Expires: 1800\r\n", None),  # knows no timers: nobody asked us to ask
        ("Supported: timer\r\nSession-Expires: 1800\r\n", Agreement(1800, is_ours=False)),
        ("Require: timer\r\nSession-Expires: 600;refresher=uas\r\nMin-SE: 900\r\n", Agreement(900, is_ours=True)),
    ],
)
def test_a_profile_without_timers_goes_along_with_a_caller_who_wants_them(said: str, agreed: Agreement | None) -> None:
    assert as_server(SessionTimer(0), invite(said)) == agreed
    if agreed is not None:  # and a re-INVITE of ours does not end what was agreed
        assert dict(offered(SessionTimer(0), agreed))["Session-Expires"].startswith(f"{agreed.interval_s};")
        assert as_client(SessionTimer(0), response(""), agreed.interval_s) is not None


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ("", Agreement(300, is_ours=True)),
        ("Session-Expires: 90;refresher=uas\r\nRequire: timer\r\n", Agreement(90, is_ours=False)),
        ("Session-Expires: 120;refresher=uac\r\n", Agreement(120, is_ours=True)),
    ],
)
def test_what_a_callee_agrees_on(said: str, agreed: Agreement) -> None:
    assert as_client(SessionTimer(300), response(said)) == agreed


def test_offers_and_refusals() -> None:
    assert offered(SessionTimer(0)) == [] == refusal_of(invite("Session-Expires: 1\r\n"), SessionTimer(0))
    assert dict(offered(SessionTimer(300)))["Session-Expires"] == "300;refresher=uac"
    assert dict(offered(SessionTimer(300), at_least_s=1800))["Session-Expires"] == "1800;refresher=uac"
    assert dict(offered(SessionTimer(300), Agreement(120, is_ours=False)))["Session-Expires"] == "120;refresher=uas"
    short = invite("Supported: timer\r\nSession-Expires: 30\r\n")
    assert refusal_of(short, SessionTimer(300)) == [("Min-SE", "90")]
    assert refusal_of(short, SessionTimer(0)) == [("Min-SE", "90")] and not refusal_of(
        short, SessionTimer(0, 90, False)
    )
    assert refusal_of(invite("Session-Expires: 30\r\n"), SessionTimer(300)) == []  # knows no timers: we ask


@in_loop
async def test_without_a_timer_nothing_is_said_and_nobody_is_asked() -> None:
    desk = Desk()
    answering(desk)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            final = await peer.call()
            assert not final.all("session-expires") and not final.all("supported")
            assert not [packet for packet in await peer.quiet(0.3) if not packet.startswith(b"SIP/2.0 200")]


@in_loop
async def test_a_caller_who_requires_a_timer_gets_one_or_is_told_that_there_is_none() -> None:
    for timer, wanted in ((SessionTimer(0), "1800;refresher=uac"), (SessionTimer(0, is_known=False), "")):
        desk = Desk()
        answering(desk)
        async with stack(desk, session_timer=timer) as server:
            with Peer(server.port) as peer:
                more = "Require: timer\r\nSession-Expires: 1800;refresher=uac\r\n"
                peer.send(peer.compose("INVITE", call_id="t", more=more, body=peer.sdp()))
                final = await peer.final("t")
                assert (final.status, final.get("session-expires")) == ((200, wanted) if wanted else (420, ""))
                assert final.get("require" if wanted else "unsupported") == "timer"


@in_loop
async def test_a_plain_phone_is_asked_by_the_same_offer_again_and_a_dead_one_is_hung_up() -> None:
    desk = Desk()
    answering(desk)
    async with stack(desk, session_timer=EVERY_2_S) as server:
        with Peer(server.port) as peer:
            final = await peer.call()
            assert final.get("session-expires") == "2;refresher=uas" and not final.all("require")
            for _ in range(2):
                asked = await peer.request("INVITE", timeout=1.5)
                assert asked.body == final.body and asked.get("session-expires") == "2;refresher=uac"
                peer.reply(asked, "200 OK", body=peer.sdp())
                await peer.request("ACK")
            assert desk.calls[0].state == "answered"
            await peer.request("INVITE", timeout=1.5)  # and never answers
            await desk.until(*GONE)
            assert await peer.request("BYE")


@in_loop
async def test_a_phone_that_holds_stays_held() -> None:
    desk = Desk()
    answering(desk)
    async with stack(desk, session_timer=EVERY_2_S) as server:
        with Peer(server.port) as peer:
            final = await peer.call()
            hold = peer.compose("INVITE", seq=2, to=final.get("to"), body=peer.sdp("sendonly"))
            peer.send(hold)
            held = await peer.final()
            peer.send(peer.compose("ACK", seq=2, to=final.get("to")))
            await desk.until("hold")
            asked = await peer.request("INVITE", timeout=1.5)
            assert b"a=recvonly" in asked.body and asked.body == held.body
            peer.reply(asked, "200 OK", body=peer.sdp("sendonly").replace("o=lab 1 1", "o=lab 1 2"))
            await peer.request("ACK")
            assert desk.calls[0].is_held and ("unhold",) not in desk.log


@in_loop
async def test_a_phone_that_takes_update_is_asked_without_a_description() -> None:
    desk = Desk()
    answering(desk)
    async with stack(desk, session_timer=EVERY_2_S) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp(), more="Allow: INVITE, ACK, BYE, UPDATE\r\n"))
            final = await peer.final()
            peer.send(peer.compose("ACK", to=final.get("to")))
            asked = await peer.request("UPDATE", timeout=1.5)
            assert asked.body == b"" and asked.get("session-expires") == "2;refresher=uac"
            peer.reply(asked, "405 Method Not Allowed")  # an answer, whatever it says: somebody is there
            asked = await peer.request("INVITE", timeout=1.5)
            peer.reply(asked, "500 Not Now")
            await peer.request("ACK")
            assert desk.calls[0].state == "answered"
            asked = await peer.request("INVITE", timeout=1.5)
            peer.reply(asked, "481 No Such Call")
            await desk.until("end", False, 481)


@in_loop
async def test_a_phone_that_promised_to_ask_is_hung_up_when_it_does_not() -> None:
    desk = Desk()
    answering(desk)
    loop = asyncio.get_running_loop()
    async with stack(desk, session_timer=EVERY_2_S) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", body=peer.sdp(), more="Supported: timer\r\nSession-Expires: 2\r\n"))
            final = await peer.final()
            peer.send(peer.compose("ACK", to=final.get("to")))
            assert (final.get("session-expires"), final.get("require")) == ("2;refresher=uac", "timer")
            await asyncio.wait_for(peer.quiet(1.0), 2)  # the session's own time, nothing to wait for
            more = "Supported: timer\r\nSession-Expires: 2;refresher=uac\r\n"
            peer.send(peer.compose("UPDATE", seq=2, to=final.get("to"), more=more))
            assert (await peer.final()).get("session-expires") == "2;refresher=uac"
            proved = loop.time()
            await desk.until(*GONE)
            assert 1.7 < loop.time() - proved < 2.0
            assert await peer.request("BYE")


@in_loop
async def test_a_caller_who_wants_it_too_often_is_told_the_shortest() -> None:
    async with stack(session_timer=SessionTimer(300)) as server:
        with Peer(server.port) as peer:
            more = "Require: timer\r\nSupported: timer\r\nSession-Expires: 30\r\n"
            peer.send(peer.compose("INVITE", body=peer.sdp(), more=more))
            final = await peer.final()
            assert (final.status, final.get("min-se")) == (422, "90")


@in_loop
async def test_a_callee_who_wants_it_less_often_is_asked_once_more() -> None:
    desk = Desk()
    async with stack(desk, session_timer=EVERY_2_S) as server:
        with Peer(server.port) as peer:
            uri = f"sip:1001@127.0.0.1:{peer.port}"
            desk.watch(server.invite(uri, ("127.0.0.1", peer.port), caller_number="1000"))
            first = await peer.request("INVITE")
            assert first.get("session-expires") == "2;refresher=uac" and first.get("supported") == "timer"
            peer.reply(first, "422 Session Interval Too Small", more="Min-SE: 3\r\n")
            await peer.request("ACK")
            second = await peer.request("INVITE")
            assert (second.get("session-expires"), second.get("min-se")) == ("3;refresher=uac", "3")
            assert second.cseq == first.cseq + 1
            peer.reply(second, "422 Session Interval Too Small", more="Min-SE: 3\r\n")  # the same again: enough
            await desk.until("end", True, 422)


@in_loop
async def test_a_callee_is_asked_after_the_answer() -> None:
    desk = Desk()
    async with stack(desk, session_timer=EVERY_2_S) as server:
        with Peer(server.port) as peer:
            uri = f"sip:1001@127.0.0.1:{peer.port}"
            desk.watch(server.invite(uri, ("127.0.0.1", peer.port), caller_number="1000"))
            first = await peer.request("INVITE")
            peer.reply(first, "200 OK", body=peer.sdp())
            await peer.request("ACK")
            again = await peer.request("INVITE", timeout=1.5)
            assert again.body == first.body
            peer.reply(again, "200 OK", body=peer.sdp())
            await peer.request("ACK")
            peer.socket.close()  # ICMP tells at once that nobody listens there any more
            await desk.until("end", False, 503, 41)
