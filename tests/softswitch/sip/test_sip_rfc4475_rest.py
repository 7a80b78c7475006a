"""The sixteen messages of RFC 4475 whose bytes are not in ``data``: built anew after what the RFC says of each."""

from __future__ import annotations

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.sip.message import Malformed, parse

SDP = "v=0\r\no=u 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0\r\n"
MULTIPART = (
    "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\n"
    "Content-Type: application/octet-stream\r\n\r\n\0\x01\x02binary\x7f\r\n--7a9cbec02ceef655--\r\n"
)
FROM, TO = "<sip:caller@example.net>;tag=torture", "<sip:user@example.com>"


def message(
    line: str,
    *,
    cseq: str = "",
    from_: str = FROM,
    to: str = TO,
    more: str = "",
    body: str = "",
    length: str = "",
    without: tuple[str, ...] = (),
) -> str:
    """``{via}`` is where the test listens."""
    method = line.partition(" ")[0]
    lines = [
        f"{line}",
        "Via: SIP/2.0/UDP {via};rport;branch=z9hG4bKrest" + method.replace("%", ""),
        f"From: {from_}",
        f"To: {to}",
        f"Call-ID: {method.replace('%', '')}.torture@example.net",
        f"CSeq: {cseq or f'8 {method}'}",
        "Max-Forwards: 70",
        "Contact: <sip:caller@{via}>",
    ]
    lines = [each for each in lines if not each.startswith(without)] if without else lines
    return "\r\n".join([*lines, *more.splitlines(), f"Content-Length: {length or len(body)}", "", body])


OFFER = "Content-Type: application/sdp"
URI = "sip:user@example.com"
# name -> (message, what the RFC allows as an answer; 0: silence)
REST: dict[str, tuple[str, set[int]]] = {
    # 3.1.1, grammatical
    "esc02": (message(f"RE%47IST%45R {URI} SIP/2.0", to="<sip:%75se%72@example.com>"), {501}),
    "mpart01": (
        message(
            f"MESSAGE {URI} SIP/2.0",
            more="Content-Type: multipart/mixed;boundary=7a9cbec02ceef655\r\nMIME-Version: 1.0",
            body=MULTIPART,
        ),
        {401, 405, 407},
    ),
    # 3.1.2, not grammatical: 400 or silence, never taken
    "ncl": (message(f"INVITE {URI} SIP/2.0", more=OFFER, body=SDP, length="-999"), {0, 400}),
    "scalar02": (
        message(
            f"REGISTER {URI} SIP/2.0",
            cseq="36893488147419103232 REGISTER",
            more="Expires: 10000000000000000000000\r\nContact: <sip:user@host.example.com>;expires=280297596632815",
        ),
        {0, 400},
    ),
    "quotbal": (message(f"INVITE {URI} SIP/2.0", to='"Mr. J. User <sip:j.user@example.com>', body=SDP), {0, 400}),
    "lwsruri": (message("INVITE sip:user@example.com; lr SIP/2.0", more=OFFER, body=SDP), {0, 400}),
    "escruri": (message(f"INVITE {URI}?Route=%3Csip:example.com%3E SIP/2.0", more=OFFER, body=SDP), {0, 400}),
    "badaspec": (message(f"OPTIONS {URI} SIP/2.0", to='"Watson, Thomas" < sip:t.watson@example.org >'), {0, 400}),
    "baddn": (message(f"OPTIONS {URI} SIP/2.0", from_="Bell, Alexander <sip:a.g.bell@example.com>;tag=43"), {0, 400}),
    "mismatch02": (message(f"NEWMETHOD {URI} SIP/2.0", cseq="8 INVITE"), {0, 400, 501}),
    # 3.3, what an application has to judge
    "insuf": (message(f"INVITE {URI} SIP/2.0", body=SDP, more=OFFER, without=("Call-ID", "From", "To")), {0, 400}),
    "unkscm": (message("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"), {416}),
    "unksm2": (message(f"REGISTER {URI} SIP/2.0", to="isbn:2983792873", from_="<http://a.example>;tag=3"), {400, 401}),
    "invut": (message(f"INVITE {URI} SIP/2.0", more="Content-Type: application/unknownformat", body="<audio/>"), {415}),
    "zeromf": (message(f"OPTIONS {URI} SIP/2.0").replace("Max-Forwards: 70", "Max-Forwards: 0"), {200, 483}),
    "sdp01": (message(f"INVITE {URI} SIP/2.0", more=f"{OFFER}\r\nAccept: text/nobodyKnowsThis", body=SDP), {406}),
}  # fmt: skip
UNGRAMMATICAL = ("ncl", "scalar02", "quotbal", "lwsruri", "escruri", "badaspec", "baddn", "insuf")


def test_they_are_the_sixteen() -> None:
    assert len(REST) == 16


@pytest.mark.parametrize("name", UNGRAMMATICAL)
def test_what_is_not_grammatical_is_not_parsed(name: str) -> None:
    with pytest.raises(Malformed):
        parse(REST[name][0].replace("{via}", "192.0.2.1:5060").encode())


@pytest.mark.parametrize("name", sorted(REST))
@in_loop
async def test_answers(name: str) -> None:
    text, allowed = REST[name]
    desk = Desk(then=lambda call: call.answer())
    async with stack(desk) as server:
        with Peer(server.port) as peer, Peer(server.port) as other:
            peer.send(text.replace("{via}", f"127.0.0.1:{peer.port}"))
            came = await peer.quiet(0.1)
            statuses = [int(packet.split(b" ")[1]) for packet in came]
            final = [status for status in statuses if status >= 200]
            assert (final[0] if final else 0) in allowed, statuses
            assert name not in UNGRAMMATICAL or not desk.calls
            other.send(other.compose("OPTIONS", call_id="alive"))
            assert (await other.final()).status == 200
