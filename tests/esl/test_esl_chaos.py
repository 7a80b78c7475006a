"""R3: the stream is cut at any byte, politely or not: no wait hangs, no reader dies alone, no greenlet stays."""

from __future__ import annotations

import gc
import os
import random

import gevent
import pytest
from fake_switch import LEG, FakeSwitch, Peer, connect_reply, dial, json_event, plain_event

from eslapp.esl.errors import SwitchError
from eslapp.esl.link import SwitchConnection
from eslapp.esl.server import OutboundServer

pytestmark = pytest.mark.system  # real sockets

SEEDS = range(int(os.environ.get("ZONGJI_EXAMPLES", "30")))  # the acceptance run takes 1,000
REPLY = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
API = b"Content-Type: api/response\nContent-Length: 7\n\n_undef_"
EVENT = json_event({"Event-Name": "DTMF", "Unique-ID": LEG, "DTMF-Digit": "1"})
HANGUP = plain_event(f"Event-Name: CHANNEL_HANGUP\nUnique-ID: {LEG}\nHangup-Cause: NORMAL_CLEARING\n\n")
INBOUND = b"Content-Type: auth/request\n\n" + REPLY + EVENT + API + HANGUP + EVENT * 3
OUTBOUND = connect_reply() + REPLY * 2 + EVENT + REPLY + EVENT + HANGUP


def cut(stream: bytes, seed: int) -> tuple[list[bytes], str]:
    """The stream up to a random byte, in random pieces, and how it ends."""
    chance = random.Random(seed)
    end = chance.randrange(len(stream))
    marks = sorted({0, end, *(chance.randrange(end + 1) for _ in range(chance.randrange(4)))})
    pieces = [stream[low:high] for low, high in zip(marks, marks[1:], strict=False)]
    return pieces, chance.choice(["close", "reset"])


def live_greenlets() -> int:
    gc.collect()
    return sum(1 for one in gc.get_objects() if isinstance(one, gevent.Greenlet) and not one.ready())


def send_and_end(peer: Peer, pieces: list[bytes], how: str) -> None:
    for piece in pieces:
        peer.send(piece)
        gevent.idle()
    getattr(peer, how)()


@pytest.fixture
def no_greenlet_stays():
    before = live_greenlets()
    yield
    assert live_greenlets() <= before


def test_our_connection_to_the_switch(no_greenlet_stays):
    for seed in SEEDS:
        be_cut_off(seed)


def be_cut_off(seed: int) -> None:
    pieces, how = cut(INBOUND, seed)
    with FakeSwitch(lambda peer: send_and_end(peer, pieces, how)) as switch:
        client = SwitchConnection("127.0.0.1", switch.port, "secret", timeout=1)
        with gevent.Timeout(1.0):
            try:
                client.connect()
                while True:
                    client.send("api version", timeout=0.5)
            except SwitchError:
                pass
            client.ended.wait()
            client._process_events_greenlet.join()
        assert not client.connected and client.sock.fileno() == -1, seed


def test_the_switchs_connection_to_us(no_greenlet_stays):
    server = OutboundServer("127.0.0.1", 0, lambda call: call.execute("playback", "/s/a.wav"), connect_timeout_s=0.5)
    server.start()
    for seed in SEEDS:
        be_left(server, seed)
    server.stop()


def be_left(server: OutboundServer, seed: int) -> None:
    pieces, how = cut(OUTBOUND, seed)
    peer = dial(server.port)
    try:
        send_and_end(peer, pieces, how)
    except OSError:
        pass  # we had closed first
    server._pool.join(timeout=1.0)
    assert server.calls == set() and len(server._pool) == 0, seed
