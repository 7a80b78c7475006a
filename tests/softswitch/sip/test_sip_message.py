"""Messages: limits, hostile bytes, and what is written is what is read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.sip.compose import Replies, check_headers, response_addr
from eslapp.softswitch.sip.message import Malformed, ParseLimits, Request, Response, parse, serialise

INVITE = (
    b"INVITE sip:9001@127.0.0.1:5080 SIP/2.0\r\nv: SIP/2.0/UDP 10.0.0.9:47001;rport;branch=z9hG4bKacf7, "
    b"SIP/2.0/UDP p;branch=q\r\n"
    b'Max-Forwards: 70\r\nf: "Lab Caller" <sip:1000@127.0.0.1>;tag=b562\r\nt: <sip:9001@127.0.0.1:5080>\r\ni: lab-2\r\n'
    b"CSeq: 1 INVITE\r\nm: <sip:1000@127.0.0.1:47001>\r\nRecord-Route: <sip:p1;lr>\r\nl: 4\r\n\r\nabcdEXTRA"
)


def test_the_usual_invite() -> None:
    request = parse(INVITE)
    assert isinstance(request, Request) and request.via and request.from_ and request.to
    assert (request.method, request.uri.user, request.call_id, request.cseq, request.body) == (
        "INVITE",
        "9001",
        "lab-2",
        1,
        b"abcd",
    )
    assert (request.via.branch, request.from_.tag, request.to.tag, request.from_.shown) == (
        "z9hG4bKacf7",
        "b562",
        "",
        "Lab Caller",
    )
    assert request.get("Contact") == request.get("m") or request.get("contact") == "<sip:1000@127.0.0.1:47001>"
    assert request.elements("via")[1] == "SIP/2.0/UDP p;branch=q"
    assert ("f", '"Lab Caller" <sip:1000@127.0.0.1>;tag=b562') in request.pairs


def test_bytes_of_a_reply() -> None:
    request = parse(INVITE)
    assert isinstance(request, Request)
    replies = Replies(request, ("192.0.2.7", 5099))
    assert replies.make(180, "tt", [("Contact", "<sip:x>")]) == (
        b"SIP/2.0 180 Ringing\r\n"
        b"Via: SIP/2.0/UDP 10.0.0.9:47001;rport=5099;branch=z9hG4bKacf7;received=192.0.2.7, SIP/2.0/UDP p;branch=q\r\n"
        b'From: "Lab Caller" <sip:1000@127.0.0.1>;tag=b562\r\nTo: <sip:9001@127.0.0.1:5080>;tag=tt\r\n'
        b"Call-ID: lab-2\r\n"
        b"CSeq: 1 INVITE\r\nRecord-Route: <sip:p1;lr>\r\nContact: <sip:x>\r\nContent-Length: 0\r\n\r\n"
    )
    assert b";tag=" not in replies.make(100, "tt").split(b"To: ")[1].split(b"\r\n")[0]
    assert b"Record-Route" not in replies.make(486, "tt")


def test_where_a_reply_goes() -> None:
    request = parse(INVITE)
    without = parse(INVITE.replace(b";rport", b""))
    assert isinstance(request, Request) and isinstance(without, Request)
    assert response_addr(request, ("192.0.2.7", 5099)) == ("192.0.2.7", 5099)
    assert response_addr(without, ("192.0.2.7", 5099)) == ("192.0.2.7", 47001)


def test_bytes_that_are_not_utf8_are_echoed_unchanged() -> None:
    latin = INVITE.replace(b"Lab Caller", b"Jos\xe9 \xff")
    request = parse(latin)
    assert isinstance(request, Request) and request.from_
    assert request.from_.shown == "José ÿ"
    assert b'"Jos\xe9 \xff"' in Replies(request, ("127.0.0.1", 1)).make(200, "t")


def test_header_names_with_percent_are_not_shown() -> None:
    request = parse(INVITE.replace(b"Max-Forwards", b"X-a%0AEvent-Name: evil\r\nX-Ok: a\x0bb\r\nMax-Forwards"))
    shown = dict(request.shown())
    assert shown["X-Ok"] == "a b"
    assert not any("%" in name for name in shown)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"INVITE sip", b"INVITE  sip"),
        (b"9001@127.0.0.1:5080 SIP", b"9001@127.0.0.1:5080?a=b SIP"),
        (b"CSeq: 1 INVITE", b"CSeq: 1 BYE"),
        (b"CSeq: 1 INVITE", b"CSeq: 2147483648 INVITE"),
        (b"CSeq: 1 INVITE", b"CSeq: -1 INVITE"),
        (b"CSeq: 1 INVITE", b"CSeq: INVITE"),
        (b"CSeq: 1 INVITE\r\n", b""),
        (b"i: lab-2\r\n", b""),
        (b"i: lab-2", b"i: "),
        (b"i: lab-2", b"i: lab-2\r\nCall-ID: lab-3"),
        (b"Max-Forwards: 70", b"Max-Forwards: 300"),
        (b"Max-Forwards: 70", b"Max-Forwards: many"),
        (b"Max-Forwards: 70", b"Max-Forwards\r\n: 70"),
        (b"Max-Forwards: 70", b"Max Forwards: 70"),
        (b"l: 4", b"l: 400"),
        (b"l: 4", b"l: -4"),
        (b"l: 4", b"l: 4\r\nContent-Length: 3"),
        (b"\r\nv: ", b"\r\n folded\r\nv: "),
        (b"Lab Caller", b"Lab\nCaller"),
        (b"Lab Caller", b"Lab\rCaller"),
        (b'"Lab Caller"', b'"Lab Caller'),
        (b"<sip:1000@127.0.0.1:47001>", b"sip:1000@127.0.0.1?x=y"),
        (b"branch=q", b"branch=q;;"),
    ],
)
def test_malformed(old: bytes, new: bytes) -> None:
    packet = INVITE.replace(old, new)
    assert packet != INVITE
    with pytest.raises(Malformed) as caught:
        parse(packet)
    assert caught.value.status == 400


def test_limits() -> None:
    small = ParseLimits(message_bytes=2000, headers=20, header_bytes=200)
    with pytest.raises(Malformed) as caught:
        parse(INVITE + b"x" * 2000, small)
    assert caught.value.status == 513
    for extra in (b"X: y\r\n" * 30, b"X: " + b"y" * 300 + b"\r\n", b"X: a\r\n" + b" folded on\r\n" * 40):
        with pytest.raises(Malformed):
            parse(INVITE.replace(b"Max-Forwards", extra + b"Max-Forwards"), small)
    with pytest.raises(Malformed):
        parse(INVITE.replace(b"9001", b"9" * 300), small)


@settings(max_examples=25)
@given(st.binary(max_size=300), st.integers(0, len(INVITE)), st.integers(0, 40))
def test_garbage_raises_only_malformed(garbage: bytes, position: int, cut: int) -> None:
    for packet in (garbage, INVITE[:position] + garbage + INVITE[position + cut :]):
        try:
            message = parse(packet)
        except Malformed as error:
            if error.partial is not None and error.partial.get("via"):
                Replies(error.partial, ("127.0.0.1", 1)).make(400, "t")
        else:
            list(message.shown())
            if isinstance(message, Request):
                parse(Replies(message, ("127.0.0.1", 1)).make(400, "t"))


header_text = st.text("azAZ09 ;,:<>\"'\\%=@éß总机\u2028", max_size=30).map(str.strip)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.from_regex(r"X-[A-Za-z]{1,8}", fullmatch=True), header_text), max_size=8),
    st.binary(max_size=50),
)
def test_round_trip(headers: list[tuple[str, str]], body: bytes) -> None:
    fixed = [("Via", "SIP/2.0/UDP h;branch=z9hG4bKa"), ("From", "<sip:a@h>;tag=1"), ("To", "<sip:b@h>"),
             ("Call-ID", "c"),             ("CSeq", "7 OPTIONS")]  # fmt: skip
    message = parse(serialise("OPTIONS sip:h SIP/2.0", fixed + headers, body))
    assert [pair for pair in message.pairs if pair[0].startswith("X-")] == headers
    assert message.body == body


def test_a_response() -> None:
    response = parse(b"SIP/2.0 486 Busy Here\r\n" + INVITE.partition(b"\r\n")[2])
    assert isinstance(response, Response)
    assert (response.status, response.phrase, response.cseq_method) == (486, "Busy Here", "INVITE")


@pytest.mark.parametrize("line", [b"SIP/2.0 99 x", b"SIP/2.0 1000 x", b"SIP/2.0 abc x", "SIP/2.0 ２００ x".encode()])
def test_no_status(line: bytes) -> None:
    with pytest.raises(Malformed):
        parse(line + b"\r\n" + INVITE.partition(b"\r\n")[2])


@pytest.mark.parametrize(
    "name,value",
    [("X-A", "a\r\nEvil: 1"), ("X-A", "a\0b"), ("To", "x"), ("via", "x"), ("X A", "x"), ("X-A", "y" * 5000)],
)
def test_headers_that_cannot_be_set(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="header"):
        check_headers({name: value})
