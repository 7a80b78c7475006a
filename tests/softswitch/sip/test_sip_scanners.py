"""Scanners learn no user and no product, guess little, disturb nobody; with sipvicious where it is installed."""

from __future__ import annotations

import asyncio
import re
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from sip_lab import Desk, Peer, in_loop, stack

from eslapp.softswitch.sip.digest import answer_challenge
from eslapp.softswitch.sip.message import Response
from eslapp.softswitch.sip.stack import Limits, SipCall

pytestmark = pytest.mark.system  # real sockets

KNOWN, UNKNOWN = "1001", "1999"  # of the same length; sip_lab.users knows the first
METHODS = ("REGISTER", "INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE")
PRODUCT = re.compile(rb"zongji|freeswitch|asterisk|python|sofia|user-agent|server:|[0-9]+\.[0-9]+\.[0-9]+[^.0-9]", re.I)
GENEROUS = Limits(auth_failures_per_min=10**6, requests_per_s=10**6)
SVMAP, SVWAR, SVCRACK = (shutil.which(f"sipvicious_{name}") for name in ("svmap", "svwar", "svcrack"))
SIPVICIOUS = [
    pytest.mark.system,
    pytest.mark.skipif(SVWAR is None, reason="sipvicious is not installed: pip install sipvicious"),
]


def answer(call: SipCall) -> None:
    call.answer()


def shape(response: Response) -> tuple[Any, ...]:
    """All a scanner can tell two answers apart by; random values by their length."""
    return response.status, response.phrase, [(name, len(value)) for name, value in response.pairs], response.body


def acknowledge(peer: Peer, uri: str, response: Response) -> None:
    """Each final answer of an INVITE: one that is not acknowledged comes again, and is taken for the next one's."""
    assert response.via is not None
    peer.send(
        peer.compose(
            "ACK", uri, seq=response.cseq, call_id=response.call_id, to=response.get("to"),
            from_=response.get("from"), branch=response.via.branch,
        )
    )  # fmt: skip


async def knock(peer: Peer, method: str, user: str, number: int, password: str = "") -> tuple[Response, float]:
    """One request for a user (with ``password``: answering its challenge) and how long the last answer took."""
    authorization = ""
    uri = "sip:lab" if method == "REGISTER" else f"sip:{user}@lab"
    for seq in (1, 2):
        began = time.perf_counter()
        peer.send(
            peer.compose(
                method, uri, seq=seq, call_id=f"{method}{number:04}{user}", from_=f"<sip:{user}@lab>;tag=s",
                to=f"<sip:{user}@lab>", more=authorization, body=peer.sdp() if method == "INVITE" else "",
                branch=f"z9hG4bK{method}{number:04}{user}{seq}",
            )
        )  # fmt: skip
        response = await peer.final()
        took = time.perf_counter() - began
        if method == "INVITE":
            acknowledge(peer, uri, response)
        name = {401: "www-authenticate", 407: "proxy-authenticate"}.get(response.status)
        if name is None or not password or seq == 2:
            break
        made = answer_challenge(
            response.get(name), user=user, password=password, method=method, uri=uri, cnonce="c"
        )  # fmt: skip
        authorization = f"{'Authorization' if response.status == 401 else 'Proxy-Authorization'}: {made}\r\n"
    return response, took


@pytest.mark.parametrize("password", ["", "wrong"])
@pytest.mark.parametrize("method", METHODS)
@in_loop
async def test_a_user_that_is_there_looks_like_one_that_is_not(method: str, password: str) -> None:
    async with stack(auth_calls=True, limits=GENEROUS) as server:
        shapes: dict[str, set[str]] = {KNOWN: set(), UNKNOWN: set()}
        times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
        with Peer(server.port) as peer:
            for number in range(20):
                for user in (KNOWN, UNKNOWN):
                    response, took = await knock(peer, method, user, number, password)
                    seen = repr(shape(response)).replace(user, "USER")
                    shapes[user].add(re.sub(r"nonce=\S+", "nonce", seen))
                    times[user].append(took)
        assert shapes[KNOWN] == shapes[UNKNOWN]
        assert abs(statistics.median(times[KNOWN]) - statistics.median(times[UNKNOWN])) < 0.005


@in_loop
async def test_no_answer_names_the_product() -> None:
    async with stack(auth_calls=True) as server:
        with Peer(server.port) as peer:
            for method in (*METHODS, "PUBLISH", "NOTIFY", "BYE", "CANCEL", "FOO"):
                peer.send(peer.compose(method, call_id=f"p{method}", body=peer.sdp() if method == "INVITE" else ""))
                answer_ = (await peer.receive_bytes()).replace(b"127.0.0.1", b"")
                assert not PRODUCT.search(answer_.replace(b"SIP/2.0", b"")), answer_


@in_loop
async def test_a_cracker_gets_ten_guesses_and_a_call_does_not_notice() -> None:
    desk = Desk(then=answer)
    async with stack(desk, auth_calls=False) as server:
        judged: list[bool] = []
        server.registrar.on_register_attempt = lambda binding, right: judged.append(right)
        with Peer(server.port) as caller, Peer(server.port) as cracker:
            ok = await caller.call()
            for number in range(10):
                response, _ = await knock(cracker, "REGISTER", KNOWN, number, "wrong")
                assert response.status == 403
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(knock(cracker, "REGISTER", KNOWN, 11, "right"), 0.2)
            began = time.process_time()  # of phones and switch alike, whatever else the machine does
            for number in range(300):
                cracker.send(cracker.compose("REGISTER", "sip:lab", call_id=f"more{number}"))
            caller.send(caller.compose("OPTIONS", seq=5, to=ok.get("to")))
            assert (await caller.final()).status == 200 and time.process_time() - began < 0.5
            assert await cracker.quiet(0.1) == []
            assert judged == [False] * 10 and not server.registrar.bindings()
            assert desk.calls[0].state == "answered"


async def run(*words: str | None) -> str:
    """A scanner's output, after at most 8 s."""
    made = await asyncio.create_subprocess_exec(
        *(word or "" for word in words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        output, _ = await asyncio.wait_for(made.communicate(), 8)
    except TimeoutError:
        made.kill()
        output, _ = await made.communicate()
    return output.decode(errors="replace")


class TestSipvicious:
    """The real tools, on loopback."""

    pytestmark = SIPVICIOUS

    @pytest.mark.parametrize("method", ["REGISTER", "INVITE", "OPTIONS"])
    @in_loop
    async def test_svwar_tells_no_user(self, method: str) -> None:
        desk = Desk(then=answer)
        async with stack(desk, auth_calls=True) as server:
            words = ("-p", str(server.port), "-e", "995-1010", "-m", method, "--force", "--maximumtime", "5")
            output = await run(SVWAR, *words, "127.0.0.1")
            assert "found nothing" in output, output  # it gives up early where an unknown user is challenged too
            assert server.intake.counts["requests"] >= 1 and not desk.calls

    @in_loop
    async def test_svmap_names_no_product(self) -> None:
        async with stack() as server:
            output = await run(SVMAP, "-p", str(server.port), "127.0.0.1")
            assert server.intake.counts["requests"] >= 1
            assert not re.search(r"zongji|freeswitch|asterisk|[0-9]\.[0-9]+\.[0-9]+-", output, re.I), output

    @in_loop
    async def test_svcrack_does_not_come_to_the_right_password(self, tmp_path: Path) -> None:
        words = tmp_path / "words"
        words.write_text("\n".join([*(f"guess{number}" for number in range(40)), "right"]) + "\n")
        async with stack() as server:
            judged: list[bool] = []
            server.registrar.on_register_attempt = lambda binding, right: judged.append(right)
            output = await run(
                SVCRACK, "-u", "1001", "-d", str(words), "-p", str(server.port), "--maximumtime", "6", "127.0.0.1"
            )
            assert 1 <= len(judged) <= 10 and not any(judged), judged
            assert not re.search(r"\|\s*1001\s*\|\s*right", output), output
