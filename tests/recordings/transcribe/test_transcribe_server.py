"""The transcriber as the daemon meets it: the real program, a real socket, a real engine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import numpy as np
import pytest
from recorded_sound import DATA, RATE, silence, tone, write_recording

from recordings.speech.hearing import hear
from recordings.transcribe.accuracy import Errors, errors
from recordings.transcribe.engine import Found, Places
from recordings.transcribe.engines.moonshine import MoonshineEngine
from recordings.transcribe.messages import Job, decode
from recordings.transcribe.server import SocketTaken, listen
from recordings.wav import Samples, open_wav, read_channel

WORDS = {
    "en-goforward.wav": "go forward ten meters",
    "en-cards-005.wav": "eight of spades four of clubs seven of hearts",
    "en-librivox-0890.wav": "unless to be rather cold hearted and rather selfish is to be ill disposed",
    "en-hibari-2.wav": "I want to cancel my order and get a refund",
}
MOST_WRONG = 0.20

system = pytest.mark.system
moonshine = pytest.mark.skipif(
    not isinstance(MoonshineEngine.look("en", Places()), Found),
    reason=f"no moonshine: {getattr(MoonshineEngine.look('en', Places()), 'reason', '')}",
)
Start = Callable[..., Any]


def clip(name: str) -> Samples:
    return read_channel(open_wav(DATA / name), 0)


def call(folder: Path) -> Path:
    """The contact speaks first, then the agent, then the contact: two channels, 21 s."""
    agent, first, last = clip("en-goforward.wav"), clip("en-hibari-2.wav"), clip("en-librivox-0890.wav")
    contact = np.concatenate([silence(1), first, silence(8.0 - len(first) / RATE), last])
    return write_recording(folder / "call.wav", contact, np.concatenate([silence(5), agent]))


@system
@moonshine
def test_a_call_is_written_down_side_by_side(tmp_path: Path, transcriber: Start) -> None:
    running = transcriber()
    assert "asr: en is written down by moonshine tiny-en" in running.wait_for_line("t.sock")
    found = running.client.transcribe(Job("call", str(call(tmp_path)), "en-US"))
    assert found.ok and found.engine == "moonshine tiny-en"
    assert [turn.side for turn in found.turns] == ["contact", "agent", "contact"]
    total = sum(
        (
            errors(WORDS[name], turn.text, "en")
            for name, turn in zip(
                ("en-hibari-2.wav", "en-goforward.wav", "en-librivox-0890.wav"), found.turns, strict=True
            )
        ),
        Errors(0, 0),
    )
    print(f"moonshine tiny-en on a two-channel call: {total.wrong} of {total.of} words wrong, {found.took_s} s")
    assert total.rate < MOST_WRONG
    assert [turn.start_s for turn in found.turns] == pytest.approx([1.0, 5.0, 9.0], abs=1.0)
    assert running.end() == 0 and not running.socket.exists()


@system
@moonshine
def test_telephone_speech_is_understood() -> None:
    """4 clips, 37 words: a floor, not a measurement (docs/speech.md has those)."""
    heard = hear([(DATA / name, words, "en") for name, words in WORDS.items()], Places())
    total = sum((one.errors for one in heard), Errors(0, 0))
    print(f"moonshine tiny-en: {total.wrong} of {total.of} words wrong")
    assert all(not one.problem for one in heard) and total.rate < MOST_WRONG


@system
@moonshine
def test_the_recogniser_of_live_words_is_loaded_before_they_are_spoken(tmp_path: Path, transcriber: Start) -> None:
    running = transcriber()
    running.wait_for_line("t.sock")
    assert running.client.warm("en") and not running.client.warm("xx")
    began = time.monotonic()
    assert running.client.warm("en")
    assert time.monotonic() - began < 0.5, "it is there already"


@system
@moonshine
def test_a_killed_transcriber_is_waited_for_and_a_killed_worker_replaced(tmp_path: Path, transcriber: Start) -> None:
    running = transcriber()
    job = Job("1", str(write_recording(tmp_path / "a.wav", clip("en-goforward.wav"))), "en", {"contact": 0})
    assert running.client.transcribe(job).ok
    worker = running.client.status()["languages"]["en"]["pid"]
    os.kill(worker, signal.SIGKILL)
    found = [running.client.transcribe(job) for _ in range(2)]
    assert found[-1].ok  # the first may have met the dead one, and says retryable
    assert found[0].ok or found[0].retryable
    running.process.kill()
    running.process.wait(10)
    asking = gevent.spawn(running.client.transcribe, job)
    gevent.idle()
    running.start()  # the socket file of the dead one is in the way, and is replaced
    assert asking.get(timeout=30).ok


@system
def test_bad_recordings_and_requests_are_one_line_each(tmp_path: Path, transcriber: Start) -> None:
    running = transcriber("--language", "en=none")
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF\xff\xff\xff\xffWAVE" + bytes(40))
    empty = tmp_path / "empty.wav"
    empty.touch()
    good = str(write_recording(tmp_path / "good.wav", tone(1), tone(1)))
    for job, said, retryable in (
        (Job("1", str(broken), "en"), "header is cut short", False),
        (Job("2", str(empty), "en"), "empty file (0 bytes)", False),
        (Job("3", str(tmp_path / "none.wav"), "en"), "No such file", True),
        (Job("4", str(tmp_path), "en"), "Is a directory", True),
        (Job("5", good, "en"), "asr: model for 'en' not found", False),
        (Job("6", good, "tlh"), "asr: model for 'tlh' not found", False),
        (Job("7", good, "en", {"contact": 5}), "no channel 5", False),
    ):
        found = running.client.transcribe(job)
        assert not found.ok and said in found.error and found.retryable is retryable, found
        assert "\n" not in found.error
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(10)
        raw.connect(str(running.socket))
        raw.sendall(b'nonsense\n{"ask":"status"}\n')
        answers = raw.makefile("rb")
        assert "not a JSON line" in decode(answers.readline())["error"]
        status = decode(answers.readline())
    assert status["languages"]["en"]["engine"] == "none" and "asr install en" in status["languages"]["en"]["reason"]


@system
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--language", "en=siri"], "no engine 'siri'"),
        (["--language", "en"], "write LANGUAGE=ENGINE"),
        (["--socket", "/" + "x" * 120], "socket paths end at 107 characters"),
        (["--socket", "/nowhere/t.sock"], "cannot listen at /nowhere/t.sock"),
    ],
)
def test_what_hinders_the_start_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", "recordings.transcribe", "--socket", str(tmp_path / "t.sock"), *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.terminate()
    assert said in first


def test_a_second_transcriber_is_refused_and_a_dead_ones_socket_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "t.sock"
    first = listen(path)
    with pytest.raises(SocketTaken, match="another transcriber listens"):
        listen(path)
    first.close()
    second = listen(path)
    assert path.stat().st_mode & 0o777 == 0o600
    second.close()
    path.unlink()
    path.write_text("mine")
    with pytest.raises(SocketTaken, match="in the way"):
        listen(path)
    assert path.read_text() == "mine"
