"""RFC 4475's torture messages: parsed or refused as its section 3 says, and answered so by a live stack."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.sip.message import Malformed, Request, Response, parse

DATA = Path(__file__).parent / "data" / "rfc4475"

VALID = {  # 3.1.1 and what of 3.2 - 3.4 is grammatical: name -> method or status
    "wsinv": "INVITE", "intmeth": "!interesting-Method0123456789_*+`.%indeed'~", "esc01": "INVITE",
    "escnull": "REGISTER", "lwsdisp": "OPTIONS", "longreq": "INVITE", "dblreq": "REGISTER", "semiuri": "OPTIONS",
    "transports": "OPTIONS", "unreason": 200, "noreason": 100, "badbranch": "OPTIONS", "bcast": 200,
    "bext01": "OPTIONS", "cparam01": "REGISTER", "cparam02": "REGISTER", "inv2543": "INVITE", "novelsc": "OPTIONS",
    "regaut01": "REGISTER", "regescrt": "REGISTER",
}  # fmt: skip
INVALID = {  # 3.1.2 and multi01, mcl01 of 3.3: name -> status
    "baddate": 400, "badinv01": 400, "badvers": 505, "bigcode": 400, "clerr": 400, "ltgtruri": 400, "lwsstart": 400,
    "mcl01": 400, "mismatch01": 400, "multi01": 400, "regbadct": 400, "scalarlg": 400, "trws": 400,
}  # fmt: skip
ANSWERS = {  # sent to a live stack (Via rewritten to come back here): name -> status, None for silence
    "intmeth": 501, "lwsdisp": 200, "semiuri": 200, "transports": 200, "badbranch": 200, "escnull": 401,
    "dblreq": 401, "cparam01": 401, "cparam02": 401, "regaut01": 401, "regescrt": 401, "bext01": 420, "novelsc": 416,
    "inv2543": 200, "wsinv": 481, "esc01": 200, "longreq": 200, "unreason": None, "noreason": None, "bcast": None,
    "bigcode": None, "scalarlg": None,
    **{name: code for name, code in INVALID.items() if name not in ("bigcode", "scalarlg")},
}  # fmt: skip


def read(name: str) -> bytes:
    return (DATA / f"{name}.dat").read_bytes()


def test_every_message_is_judged() -> None:
    names = {path.stem for path in DATA.glob("*.dat")}
    assert names == set(VALID) | set(INVALID) == set(ANSWERS)


@pytest.mark.parametrize("name", sorted(VALID))
def test_valid(name: str) -> None:
    message = parse(read(name))
    assert (message.method if isinstance(message, Request) else message.status) == VALID[name]


@pytest.mark.parametrize("name", sorted(INVALID))
def test_invalid(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(read(name))
    assert caught.value.status == INVALID[name]


def test_details_of_the_tortuous_invite() -> None:
    message = parse(read("wsinv"))
    assert isinstance(message, Request) and message.to is not None and message.from_ is not None
    assert (message.to.tag, message.from_.tag, message.cseq, message.call_id) == (
        "1918181833n", "98asjd8", 9, "wsinv.ndaksdj@192.0.2.1",
    )  # fmt: skip
    assert message.from_.display == 'J Rosenberg \\"'
    assert message.get("max-forwards") == "0068"
    assert message.get("NewFangledHeader") == "newfangled value continued newfangled value"
    assert len(message.elements("via")) == 3 and message.via is not None and message.via.branch == "390skdjuw"
    assert message.get("subject") == "" and len(message.body) == 150


def test_details_of_the_others() -> None:
    double = parse(read("dblreq"))
    assert double.body == b""  # the second request in the datagram is nobody's
    reason = parse(read("unreason"))
    assert isinstance(reason, Response) and reason.phrase.startswith("= 2**3 * 5**2 но сто")
    strange = parse(read("intmeth"))
    assert strange.to is not None and strange.to.display == "BEL:\a NUL:\0 DEL:\x7f"
    assert strange.to.shown == "BEL:  NUL:  DEL: "
    assert parse(read("escnull")).to.uri.user == "null-%00-null"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted(ANSWERS))
@in_loop
async def test_answers(name: str) -> None:
    desk = Desk(then=lambda call: call.answer())
    async with stack(desk) as server:
        with Peer(server.port) as peer:
            message = read(name)
            host = b"127.0.0.1:%d" % peer.port
            lines = message.split(b"\r\n")
            for number, line in enumerate(lines):
                if line.startswith(b"Via: SIP/") and name != "badinv01":
                    kind, _, rest = line.partition(b" SIP/")
                    parameters = rest.partition(b";")
                    lines[number] = kind + b" SIP/" + rest.split(b" ")[0] + b" " + host + parameters[1] + parameters[2]
                    break
            if name in ("badinv01", "wsinv", "longreq"):
                lines.insert(1, b"Via: SIP/2.0/UDP %s;branch=z9hG4bKtop" % host)
            peer.send(b"\r\n".join(lines))
            if ANSWERS[name] is None:
                assert await peer.quiet(0.05) == []
            else:
                status = 100
                while status < 200:
                    status = int((await peer.receive_bytes()).split(b" ")[1])
                assert status == ANSWERS[name]
            assert await still_works(server.port)


async def still_works(port: int) -> bool:
    with Peer(port) as other:
        other.send(other.compose("OPTIONS", call_id="alive"))
        return (await other.final()).status == 200


@in_loop
async def test_headers_of_refusals() -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            peer.send(peer.compose("OPTIONS", more="Require: nothingSupportsThis, norThis\r\n"))
            assert (await peer.final()).get("unsupported") == "nothingSupportsThis, norThis"
            await asyncio.sleep(0)
            peer.send(peer.compose("INVITE", call_id="x", more="Content-Type: text/plain\r\n", body="hello"))
            refused = await peer.final()
            assert (refused.status, refused.get("accept")) == (415, "application/sdp")
