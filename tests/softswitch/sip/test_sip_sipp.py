"""SIPp, somebody else's SIP, against the stack: calls that come, calls of ours, RTP, hold, and digests."""

from __future__ import annotations

import asyncio
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from sip_lab import Desk, in_loop, stack

from eslapp.softphone.hearing import Heard
from eslapp.softswitch.media.g711 import encode
from eslapp.softswitch.media.sources import ToneSource
from eslapp.softswitch.sip.stack import SipCall, Timers

SIPP = shutil.which("sipp")
DATA = Path(__file__).parent / "data" / "sipp"
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(SIPP is None, reason="sipp is not installed: apt-get install sip-tester"),
]


def free_port() -> int:
    """A port that is free for UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, socket.socket() as other:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


async def sipp(*arguments: str, folder: Path, timeout: float = 40.0) -> None:
    """Run SIPp to its end; AssertionError with its screen when it failed."""
    process = await asyncio.create_subprocess_exec(
        str(SIPP), "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()),
        "-nostdin", "-trace_err",
        "-error_file", str(folder / "errors.log"), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder,
    )  # fmt: skip
    try:
        screen, _ = await asyncio.wait_for(process.communicate(), timeout)
    finally:
        if process.returncode is None:
            process.kill()
    errors = folder / "errors.log"
    detail = errors.read_text(errors="replace")[-2000:] if errors.exists() else ""
    assert process.returncode == 0, f"sipp ended with {process.returncode}\n{screen.decode()[-1500:]}\n{detail}"


def talk(call: SipCall) -> None:
    call.ring()
    call.answer()
    call.media.play(ToneSource([(440.0,)], repeats=None))


@in_loop
async def test_two_hundred_calls_come_at_fifty_a_second(tmp_path: Path) -> None:
    desk = Desk(then=talk)
    async with stack(desk, timers=Timers()) as server:
        target = f"127.0.0.1:{server.port}"
        await sipp("-sn", "uac", target, "-m", "200", "-r", "50", "-d", "300", folder=tmp_path, timeout=18)
        assert len(desk.calls) == 200 and {call.state for call in desk.calls} == {"over"} and not server.calls
        assert all(entry == ("end", True, 0, 0) for entry in desk.log if entry[0] == "end")


@pytest.mark.parametrize("mode", ["t1", "tn"])  # one connection for all calls, one for each
@in_loop
async def test_calls_come_over_tcp(mode: str, tmp_path: Path) -> None:
    desk = Desk(then=talk)
    async with stack(desk, timers=Timers(), tcp=True) as server:
        target = f"127.0.0.1:{server.port}"
        words = ("-t", mode, "-max_socket", "200", "-m", "60", "-r", "30", "-d", "300")
        await sipp("-sn", "uac", target, *words, folder=tmp_path, timeout=18)
        assert len(desk.calls) == 60 and {call.request.via.transport for call in desk.calls} == {"TCP"}  # type: ignore[union-attr]
        assert all(entry == ("end", True, 0, 0) for entry in desk.log if entry[0] == "end") and not server.calls


@in_loop
async def test_what_sipp_says_is_heard_and_its_hold_understood(tmp_path: Path) -> None:
    tone = ToneSource([(1000.0,)], on_ms=1000)
    (tmp_path / "tone.ul").write_bytes(b"".join(encode("PCMU", tone.read() or b"") for _ in range(50)))
    scenario = (DATA / "talker.xml").read_text().replace("[file]", str(tmp_path / "tone.ul"))
    (tmp_path / "talker.xml").write_text(scenario)
    heard = Heard()
    listening: list[asyncio.Task[None]] = []

    def listen(call: SipCall) -> None:
        call.answer()
        call.media.add_tap(heard)
        listening.append(asyncio.get_running_loop().create_task(heard.tone(1000, timeout=10)))

    desk = Desk(then=listen)
    async with stack(desk, timers=Timers()) as server:
        await sipp("-sf", "talker.xml", f"127.0.0.1:{server.port}", "-m", "1", folder=tmp_path, timeout=18)
        await listening[0]
        assert ("hold",) in desk.log and desk.calls[0].media.counters.foreign == 0


@in_loop
async def test_calls_of_ours_are_answered_by_sipp(tmp_path: Path) -> None:
    desk = Desk()
    async with stack(desk, timers=Timers()) as server:
        port = free_port()
        answering = asyncio.get_running_loop().create_task(
            sipp("-sn", "uas", "-m", "20", "-p", str(port), folder=tmp_path, timeout=18)
        )
        await listens(port)
        for _ in range(20):
            desk.watch(server.invite(f"sip:uas@127.0.0.1:{port}", ("127.0.0.1", port), caller_number="100"))
        done: set[Any] = set()
        while len(done) < 20:
            for call in desk.calls:
                if call.state == "answered":
                    call.hangup()
                    done.add(call)
            await asyncio.sleep(0.01)
        await answering
        assert [entry[0] for entry in desk.log].count("answer") == 20


async def listens(port: int) -> None:
    """Wait until somebody has the UDP port."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return
        await asyncio.sleep(0.02)
