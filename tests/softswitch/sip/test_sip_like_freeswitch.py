"""Requests that RFC 3261 leaves open, answered as FreeSWITCH 1.10.12 was seen to answer them."""

from __future__ import annotations

from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.sip.call import SipCall
from eslapp.softswitch.sip.compose import ALLOW


def answer(call: SipCall) -> None:
    call.answer()


@in_loop
async def test_methods_in_a_call_that_are_unknown_or_not_for_calls() -> None:
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            ok = await peer.call()
            for seq, (method, status) in enumerate((("PRACK", 405), ("SUBSCRIBE", 405), ("FOO", 501)), start=2):
                peer.send(peer.compose(method, seq=seq, to=ok.get("to")))
                refused = await peer.final()
                assert (refused.status, refused.get("allow")) == (status, ALLOW)
            assert desk.calls[0].state == "answered"


MULTIPART = (
    "--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1\r\nContent-Disposition: session\r\n"
    "Content-Type: application/sdp\r\n\r\n{sdp}\r\n--b1--\r\n"
)


@in_loop
async def test_what_freeswitch_takes_beyond_the_usual_invite() -> None:
    """Seen on 1.10.12: a session description among other parts, a tel URI, timers that are required."""
    desk = Desk(then=answer)
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            kind = 'Content-Type: multipart/mixed; boundary="b1"\r\n'
            peer.send(peer.compose("INVITE", call_id="m", more=kind, body=MULTIPART.format(sdp=peer.sdp())))
            ok = await peer.final("m")
            assert ok.status == 200 and ok.get("content-type") == "application/sdp"
            peer.send(peer.compose("ACK", call_id="m", to=ok.get("to")))
            peer.send(peer.compose("INVITE", "tel:+49-30-1234;phone-context=x", call_id="t", body=peer.sdp()))
            assert (await peer.final("t")).status == 200 and desk.calls[1].to_user == "+49-30-1234"
            peer.send(peer.compose("INVITE", call_id="r", more="Require: timer\r\n", body=peer.sdp()))
            assert (await peer.final("r")).status == 200
            for call_id, more, body, status in (
                ("n", kind, "--b1\r\nContent-Type: text/plain\r\n\r\nx\r\n--b1--\r\n", 415),
                ("o", "Content-Type: multipart/mixed\r\n", MULTIPART, 415),
                ("p", "Require: timer, 100rel\r\n", peer.sdp(), 420),
            ):
                peer.send(peer.compose("INVITE", call_id=call_id, more=more, body=body))
                refused = await peer.final(call_id)
                assert refused.status == status and refused.get("unsupported") == ("100rel" if call_id == "p" else "")


@in_loop
async def test_refusals_worded_as_freeswitch_words_them() -> None:
    async with stack(Desk(then=answer)) as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("INVITE", call_id="a"))
            bare = await peer.receive()
            assert (bare.status, bare.get("reason")) == (480, 'Q.850;cause=96;text="MANDATORY_IE_MISSING"')
            peer.send(peer.compose("INVITE", call_id="b", body=peer.sdp().replace("0 8 101", "18")))
            codec = await peer.final("b")
            assert (codec.status, codec.get("reason")) == (488, 'Q.850;cause=88;text="INCOMPATIBLE_DESTINATION"')
            peer.send(peer.compose("FOO", call_id="c"))
            assert ((foo := await peer.final("c")).status, foo.get("allow")) == (501, ALLOW)
            peer.send(peer.compose("MESSAGE", call_id="d", more="Content-Type: text/plain\r\n", body="hello"))
            assert ((message := await peer.final("d")).status, 'realm="lab"' in message.get("proxy-authenticate")) == (
                407,
                True,
            )
            peer.send(peer.compose("SUBSCRIBE", call_id="e"))
            assert (await peer.final("e")).status == 405
            peer.send(peer.compose("OPTIONS", call_id="f"))
            options = await peer.final("f")
            assert (options.status, options.get("accept"), options.get("allow")) == (200, "application/sdp", ALLOW)
            assert not any("user-agent" in name.lower() or "server" in name.lower() for name, _ in options.pairs)


@in_loop
async def test_a_401_that_asks_for_nothing_is_plainly_a_refusal() -> None:
    desk = Desk()
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            desk.watch(server.invite(f"sip:1001@127.0.0.1:{peer.port}", ("127.0.0.1", peer.port), caller_number="1000"))
            peer.reply(await peer.request("INVITE"), "401 Unauthorized")
            await peer.request("ACK")
            assert desk.log == [("end", True, 401, 0)]
