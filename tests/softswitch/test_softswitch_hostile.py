"""A small run of ``tests/bench/hostile``: strangers' SIP, RTP and digits against a switch with calls on it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from switch_lab import Lab, in_lab

from eslapp.softswitch.sip.digest import answer_challenge
from eslapp.softswitch.sip.message import parse
from tests.bench import hostile, scanners
from tests.bench.malformed import FIELDS, datagrams, wrong_values

pytestmark = pytest.mark.system  # real sockets


def test_the_datagrams_are_many_and_always_the_same() -> None:
    made = datagrams(500)
    assert made == datagrams(500) and len(set(made)) > 450
    assert len(FIELDS) >= 54 and len(wrong_values()) == 85


INVITE = (
    "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};rport;branch=z9hG4bKg{number}\r\nMax-Forwards: 70\r\n"
    "From: <sip:1001@lab>;tag=g\r\nTo: <{uri}>\r\nCall-ID: guess{number}\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:1001@127.0.0.1:{port}>\r\n{more}Content-Type: application/sdp\r\n"
    "Content-Length: {length}\r\n\r\n{body}"
)
OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"


class Guesser:
    """Sends INVITEs by hand that try passwords where nobody asked for one."""

    def __init__(self, sip: tuple[str, int]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.connect(sip)
        self._uri = f"sip:9196@{sip[0]}:{sip[1]}"
        self._number = 0
        self._challenge = 'Digest realm="x", nonce="x", qop="auth"'

    async def guess(self, password: str) -> int:
        """The final status of one INVITE that answers the last challenge; 0: silence."""
        self._number += 1
        answer = answer_challenge(
            self._challenge, user="1001", password=password, method="INVITE", uri=self._uri, cnonce="c"
        )
        fields = {"port": self.socket.getsockname()[1], "number": self._number, "body": OFFER, "length": len(OFFER)}
        self.socket.send(INVITE.format(uri=self._uri, more=f"Proxy-Authorization: {answer}\r\n", **fields).encode())
        try:
            while True:
                receiving = asyncio.get_running_loop().sock_recv(self.socket, 65_536)
                message = parse(await asyncio.wait_for(receiving, 0.4))
                if message.call_id == f"guess{self._number}" and message.status >= 200:  # type: ignore[union-attr]
                    break
        except TimeoutError:
            return 0
        self._challenge = message.get("proxy-authenticate") or self._challenge
        return message.status  # type: ignore[union-attr]


@in_lab
async def test_passwords_in_invites_are_counted_too(lab: Lab) -> None:
    guesser = Guesser(lab.switch.sip_address)
    answers = []
    while len(answers) < 40 and (not answers or answers[-1]):
        answers.append(await guesser.guess("wrong"))
    assert answers.count(403) == 10 and answers[-1] == 0, answers
    assert await guesser.guess("lab1001") == 0
    guesser.socket.close()


@pytest.mark.system
@pytest.mark.slow
def test_calls_do_not_notice_what_strangers_send(tmp_path: Path) -> None:
    seen = hostile.measure(tmp_path, calls=3, datagrams_=1500, foreign=600, digits=20_000, settle_s=0)
    assert seen.calls_up == seen.calls == 3
    assert seen.exceptions == 0
    assert seen.back_bytes <= 2 * seen.sent_bytes
    assert seen.marker_share < 0.05
    assert seen.digits_per_s <= hostile.MOST_DIGITS_PER_S
    assert seen.growth_kib < 12 * 1024 and seen.digit_growth_kib < 12 * 1024


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.skipif(not scanners.tools(), reason="sipvicious is not installed: pip install sipvicious")
def test_scanners_learn_nothing_and_phones_live_on(tmp_path: Path) -> None:
    seen = scanners.measure(tmp_path, seconds=4)
    assert all(seen.runs[name] for name in ("svmap", "svcrack", *(f"svwar {method}" for method in scanners.METHODS)))
    assert not seen.users_told and not scanners.PRODUCT.search(seen.said["svmap"])
    assert not scanners.FOUND_USER.search(seen.said["svcrack"])
    assert 1 <= seen.guesses_per_min <= scanners.MOST_GUESSES_PER_MIN
    assert seen.is_call_up and seen.visits and not seen.failed_visits


@in_lab
async def test_more_calls_than_the_configuration_allows_are_refused_as_freeswitch_does(lab: Lab) -> None:
    """Seen on 1.10.12 with ``fsctl sps 4`` and ``fsctl max_sessions``: 503 with a Retry-After and no Reason."""
    phone = await lab.phone("1000")
    lab.switch.rate.most = 4
    lab.switch.now = staticmethod(lambda: 1_000_000)  # type: ignore[assignment]  # one second that does not end
    calls = [await phone.dial("9196") for _ in range(3)]
    for call in calls:
        await call.answered(timeout=5)
    assert "Maximum Calls In Progress" in await refusal(lab.switch.sip_address)
    lab.switch.rate.most = 1000
    object.__setattr__(lab.switch.conf, "max_sessions", 3)
    assert "Maximum Calls In Progress" in await refusal(lab.switch.sip_address)
    object.__setattr__(lab.switch.conf, "max_sessions", 1000)
    await (await phone.dial("9196")).answered(timeout=5)


async def refusal(sip: tuple[str, int]) -> str:
    """The final answer to an INVITE by hand."""
    guesser = Guesser(sip)
    port = guesser.socket.getsockname()[1]
    uri = f"sip:9196@{sip[0]}:{sip[1]}"
    guesser.socket.send(INVITE.format(uri=uri, port=port, number=port, more="", length=len(OFFER), body=OFFER).encode())
    loop = asyncio.get_running_loop()
    while True:
        answer = (await asyncio.wait_for(loop.sock_recv(guesser.socket, 65_536), 5)).decode()
        if not answer.startswith("SIP/2.0 1"):
            assert "Retry-After: 300" in answer and "Reason:" not in answer, answer
            guesser.socket.close()
            return answer
