"""The client in the daemon: bounded waits, one more try, never an exception, never a blocked hub."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import gevent
import pytest
from gevent import socket
from gevent.server import StreamServer

from recordings.transcribe.client import TranscriberClient
from recordings.transcribe.messages import Job, Transcript, Turn, decode, encode

JOB = Job("7", "/rec/7.wav", "en")
GOOD = Transcript("7", True, "fake one-word", (Turn("contact", "word", 0.5, 1.0),), seconds=2.0)
Behaviour = Callable[[socket.socket, bytes], None]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """A socket whose n-th connection behaves as the n-th function says (the last one for ever)."""
    servers: list[StreamServer] = []

    def start(*behaviours: Behaviour) -> Path:
        path = tmp_path / "t.sock"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        listener.listen(8)
        calls = iter([*behaviours])
        last = behaviours[-1]

        def handle(connection: socket.socket, _address: object) -> None:
            behave = next(calls, last)
            behave(connection, connection.recv(65_536))

        servers.append(StreamServer(listener, handle))
        servers[-1].start()
        return path

    yield start
    for server in servers:
        server.stop(timeout=0)


def answers(connection: socket.socket, line: bytes) -> None:
    assert decode(line) == JOB.as_json()
    content = encode(GOOD.as_json())
    connection.sendall(content[:10])
    gevent.sleep(0)
    connection.sendall(content[10:])


def dies(connection: socket.socket, _line: bytes) -> None:
    connection.close()


def says_nonsense(connection: socket.socket, _line: bytes) -> None:
    connection.sendall(b"{not json}\n")


def hangs(_connection: socket.socket, _line: bytes) -> None:
    gevent.sleep(30)


def test_a_transcript_comes_back(serve: Callable[..., Path]) -> None:
    assert TranscriberClient(serve(answers)).transcribe(JOB) == GOOD


@pytest.mark.parametrize("first", [dies, says_nonsense])
def test_a_lost_connection_is_tried_once_more(serve: Callable[..., Path], first: Behaviour) -> None:
    assert TranscriberClient(serve(first, answers)).transcribe(JOB) == GOOD


@pytest.mark.parametrize("always", [dies, says_nonsense])
def test_a_transcriber_that_keeps_dying_is_a_retryable_answer(serve: Callable[..., Path], always: Behaviour) -> None:
    found = TranscriberClient(serve(always)).transcribe(JOB)
    assert (found.ok, found.retryable) == (False, True)
    assert found.error.startswith("asr: the transcriber went away")


def test_waiting_is_bounded_and_the_hub_goes_on(serve: Callable[..., Path]) -> None:
    client = TranscriberClient(serve(hangs))
    began = time.monotonic()
    asking = gevent.spawn(client.transcribe, JOB, timeout_s=0.15)
    gaps = []
    while not asking.ready():
        before = time.monotonic()
        gevent.sleep(0.005)
        gaps.append(time.monotonic() - before)
    assert asking.get().error == "asr: no transcript in time; try again later"
    assert len(gaps) > 5 and time.monotonic() - began < 5.0


def test_where_nobody_listens_the_mend_is_named(tmp_path: Path) -> None:
    client = TranscriberClient(tmp_path / "t.sock", connect_s=0.1)
    found = client.transcribe(JOB)
    assert found.retryable and found.error.endswith("'zongji run' starts one")
    assert client.status()["ok"] is False


def test_a_transcriber_that_is_just_starting_is_waited_for(tmp_path: Path, serve: Callable[..., Path]) -> None:
    client = TranscriberClient(tmp_path / "t.sock", connect_s=5.0)
    asking = gevent.spawn(client.transcribe, JOB)
    gevent.idle()
    serve(answers)
    assert asking.get(timeout=5) == GOOD
