"""The answer of the phone that was rung is passed on as FreeSWITCH does; calls without an offer at the switch."""

from __future__ import annotations

import asyncio
import socket

import pytest
from switch_lab import Lab, in_lab

from eslapp.softphone.call import CallFailed
from eslapp.softswitch.sip.message import Response, parse

pytestmark = pytest.mark.system  # real sockets


async def refused(lab: Lab, status: int) -> int:
    agent = await lab.agent("1001")
    call = await (await lab.phone()).dial("1001")
    await (await agent.next_call(timeout=5)).reject(status)
    with pytest.raises(CallFailed) as caught:
        await call.answered(timeout=5)
    return caught.value.status


@pytest.mark.parametrize("status", [380, 408, 415, 480, 485, 486, 491, 500, 503, 600, 603, 699])
@in_lab
async def test_the_very_answer_of_the_phone_is_passed_on(lab: Lab, status: int) -> None:
    assert await refused(lab, status) == status


@in_lab
async def test_a_challenge_is_not_passed_on_and_ours_is_not_asked(lab: Lab) -> None:
    assert await refused(lab, 407) == 603  # it asks for nothing: CALL_REJECTED, but no 407 of ours without a challenge


@in_lab
async def test_the_cause_speaks_where_the_switch_is_told_so(lab: Lab) -> None:
    agent, (call, out) = await lab.agent("1001"), await lab.taken_call()
    await out.run("set", "sip_ignore_remote_cause=true")
    out.start("bridge", "user/1001@127.0.0.1")
    await (await agent.next_call(timeout=5)).reject(600)
    with pytest.raises(CallFailed) as caught:
        await call.answered(timeout=5)
    assert caught.value.status == 486


@in_lab
async def test_a_digit_is_as_long_as_freeswitch_has_it(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await call.press("1", duration_ms=40)
    assert (await out.wait_event("DTMF"))["DTMF-Duration"] == "400"
    await call.press("2", duration_ms=100, by_info=False)
    assert (await out.wait_event("DTMF", DTMF_Digit="2"))["DTMF-Duration"] == "800"


@in_lab
async def test_a_call_without_an_offer_runs_once_its_ack_answered_ours(lab: Lab) -> None:
    monitor = await lab.monitor()
    assert lab.switch.stack is not None
    lab.switch.stack.takes_late_offers = True
    host, port = lab.switch.sip_address
    loop = asyncio.get_running_loop()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtp,
    ):
        for each in (peer, rtp):
            each.setblocking(False)
            each.bind(("127.0.0.1", 0))
        us = f"127.0.0.1:{peer.getsockname()[1]}"
        sdp = f"v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {rtp.getsockname()[1]} RTP/AVP 0\r\n"

        def send(method: str, to: str, body: str = "") -> None:
            text = (
                f"{method} sip:9022@{host}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {us};rport;branch=z9hG4bK{method}\r\n"
                f"From: <sip:1000@lab>;tag=1\r\nTo: {to}\r\nCall-ID: late\r\nCSeq: 1 {method}\r\n"
                f"Contact: <sip:1000@{us}>\r\nContent-Type: application/sdp\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            )
            peer.sendto(text.encode(), (host, port))

        send("INVITE", "<sip:9022@lab>")
        answer = None
        while answer is None or answer.status < 200:
            answer = parse(await asyncio.wait_for(loop.sock_recv(peer, 65_536), 5))
            assert isinstance(answer, Response)
        assert answer.status == 200 and b"RTP/AVP 0 8 101" in answer.body and not lab.switch.sessions
        send("ACK", answer.get("to"), sdp)
        await monitor.wait_label("CHANNEL_EXECUTE@A playback")
        assert len(await asyncio.wait_for(loop.sock_recv(rtp, 2048), 5)) == 172
        labels = [label.partition(" ")[0] for label in monitor.labels]
        assert labels.index("CHANNEL_CREATE@A") < labels.index("CHANNEL_ANSWER@A") < labels.index("CHANNEL_EXECUTE@A")
