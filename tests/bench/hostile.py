"""What strangers can do to the soft switch and its calls, measured: malformed SIP, foreign RTP, digits by the million.

    python -m tests.bench.hostile [--json] [--calls 20] [--datagrams 10000] [--foreign 10000] [--digits 1000000]

A switch of its own, in a process, with that many calls that talk, hear a prompt and are recorded. Strangers send from
several loopback addresses, as each one alone would soon be ignored. The suite runs it with small numbers.
"""

from __future__ import annotations

import argparse
import array
import asyncio
import os
import socket
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from eslapp.freeswitch_conf import probe
from eslapp.softphone import Phone
from eslapp.softphone.call import PhoneCall
from eslapp.softphone.hearing import tone_share
from eslapp.softswitch.media.dtmf import event
from eslapp.softswitch.media.g711 import encode
from eslapp.softswitch.media.rtp import write_header
from eslapp.softswitch.media.sources import ToneSource
from tests.bench.malformed import datagrams
from tests.bench.report import Report, share
from tests.bench.switches import Booted, booted, cpu_seconds, resident_kib

CALLER_HZ, MARKER_HZ = 500.0, 1900.0
STRANGERS = 40  # addresses 127.0.1.1 and on
SETTLE_S = 35.0
SECOND_S = 0.98  # a digit is told a moment after it was taken
LOOK_EVERY_S = 0.02
PACE = 50  # datagrams, then the loop gets its turn
MOST_DIGITS_PER_S = 50


@dataclass
class Seen:
    """What was measured."""

    calls: int = 0
    calls_up: int = 0
    silent_share: float = 0.0  # of what the callers should have heard
    exceptions: int = 0
    growth_kib: int = 0  # at once: each transaction is kept for half a minute
    kept_kib: int = 0  # when that is over
    before_kib: int = 0
    core: float = 0.0
    sent_bytes: int = 0
    back_bytes: int = 0
    marker_share: float = 0.0  # the worst recording's
    caller_share: float = 1.0  # the worst recording's
    digits_per_s: int = 0  # in the worst second
    digit_growth_kib: int = 0
    waits_ms: list[float] = field(default_factory=list)  # for an answer of the event socket, all the time


@contextmanager
def watched(switch: Booted, seen: Seen) -> Iterator[None]:
    """A controller in a thread of its own asks one small question after the other: how long it waits is the lag."""
    is_over = threading.Event()

    def ask() -> None:
        with probe.connected("127.0.0.1", switch.esl_port, switch.password) as api:
            while not is_over.wait(LOOK_EVERY_S):
                began = time.perf_counter()
                api("hostname")
                seen.waits_ms.append(1000 * (time.perf_counter() - began))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        is_over.set()
        asking.join()


def strangers() -> list[socket.socket]:
    made = []
    for number in range(STRANGERS):
        made.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK))
        made[-1].bind((f"127.0.1.{number + 1}", 0))
    return made


def take_back(sockets: list[socket.socket]) -> int:
    """How many bytes came back."""
    total = 0
    for each in sockets:
        try:
            while True:
                total += len(each.recv(65_536))
        except BlockingIOError:
            continue
    return total


async def flood(switch: Booted, seen: Seen, packets: list[bytes]) -> None:
    """All datagrams, from many strangers; meanwhile processor time, memory, answers are looked at."""
    sockets = strangers()
    memory, used, began = resident_kib(switch.pid), cpu_seconds(switch.pid), time.monotonic()
    for number, packet in enumerate(packets):
        try:
            sockets[number % STRANGERS].sendto(packet, switch.sip)
        except BlockingIOError:
            continue
        seen.sent_bytes += len(packet)
        if number % PACE == PACE - 1:
            await asyncio.sleep(0.05)  # 1,000 a second
            seen.back_bytes += take_back(sockets)
    seen.core = (cpu_seconds(switch.pid) - used) / (time.monotonic() - began)
    seen.before_kib, seen.growth_kib = memory, max(0, resident_kib(switch.pid) - memory)
    seen.back_bytes += take_back(sockets)
    for each in sockets:
        each.close()


async def intrude(calls: list[PhoneCall], packets: int) -> None:
    """RTP with the marker's tone to every call's port, from another port of this host and from elsewhere."""
    frames = array.array("h")
    source = ToneSource([(MARKER_HZ,)], on_ms=1000)
    for _ in range(50):
        frames.frombytes(source.read() or bytes(320))
    pcm = frames.tobytes()
    udp = socket.AF_INET, socket.SOCK_DGRAM
    with socket.socket(*udp) as near, socket.socket(*udp) as far:
        near.bind(("127.0.0.1", 0))
        far.bind(("127.0.2.1", 0))
        for number in range(packets):
            at = number // len(calls)
            payload = encode("PCMU", pcm[at % 50 * 320 :][:320])
            remote = calls[number % len(calls)].sip.media.remote
            if remote is not None:
                (near, far)[number % 2].sendto(write_header(0, False, at, 160 * at, 7) + payload, remote)
            if number % PACE == PACE - 1:
                await asyncio.sleep(0.005)


async def press_madly(switch: Booted, seen: Seen, call: PhoneCall, packets: int) -> None:
    """Digits from the right source as fast as it goes; how many the switch tells its controllers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", switch.esl_port)
    writer.write(f"auth {switch.password}\n\nevent plain DTMF\n\n".encode())
    told: list[float] = []  # when, by the switch's clock

    async def count() -> None:
        while line := await reader.readline():
            if line.startswith(b"Event-Date-Timestamp: "):
                told.append(int(line.split()[1]) / 1e6)

    counting = asyncio.ensure_future(count())
    media = call.sip.media
    payloads = [event(digit, 400, True) for digit in "0123456789"]
    memory = 0
    for number in range(packets):
        if number == packets // 10:
            memory = resident_kib(switch.pid)
        packet = write_header(101, True, number, number * 160, media.ssrc) + payloads[number % 10]
        media._socket.sendto(packet, media.remote)
        if number % 500 == 499:
            await asyncio.sleep(0)
    await asyncio.sleep(1)  # what still waits in the switch
    seen.digits_per_s = max((sum(at <= each < at + SECOND_S for each in told) for at in told), default=0)
    seen.digit_growth_kib = max(0, resident_kib(switch.pid) - memory)
    counting.cancel()
    writer.close()


def judge_recordings(folder: Path, seen: Seen) -> None:
    """The left side of each is what was let in from the caller."""
    for path in sorted(set(folder.glob("*.wav")) - {folder / "prompt.wav"}):
        with wave.open(str(path)) as file:
            both = array.array("h", file.readframes(file.getnframes()))
        heard = both[::2]
        loud = [heard[at : at + 1600].tobytes() for at in range(0, len(heard) - 1600, 1600)]
        loud = [piece for piece in loud if all(any(piece[at : at + 320]) for at in range(0, len(piece), 320))]
        seen.marker_share = max([seen.marker_share, *(tone_share(piece, MARKER_HZ) for piece in loud)])
        spoken = sum(tone_share(piece, CALLER_HZ) > 0.9 for piece in loud) / max(1, len(loud))
        seen.caller_share = min(seen.caller_share, spoken)


async def story(
    switch: Booted,
    folder: Path,
    seen: Seen,
    *,
    calls: int,
    packets: list[bytes],
    foreign: int,
    digits: int,
    settle_s: float,
) -> None:
    """Everything on one switch."""
    async with Phone(switch.sip, "13900139000") as phone:
        made = [await phone.dial("record") for _ in range(calls)]
        for call in made:
            await call.answered(timeout=10)
        await intrude(made, foreign // 2)  # before anybody spoke: nothing is locked yet
        for call in made:
            call.start_playing(ToneSource([(CALLER_HZ,)], on_ms=60_000, repeats=None))
            await call.heard.sound(timeout=5)
        marks = [call.heard.frames_total for call in made]
        await intrude(made, foreign - foreign // 2)
        warm = len(packets) // 2  # what is made once, or kept for half a minute, is no growth: the second half tells
        await flood(switch, Seen(), packets[:warm])
        await flood(switch, seen, packets[warm:])
        await asyncio.sleep(settle_s)  # 64*T1 and a bit
        seen.kept_kib = max(0, resident_kib(switch.pid) - seen.before_kib)
        for call, mark in zip(made, marks, strict=True):
            frames = call.heard.frames[mark - call.heard.frames_total :]
            seen.silent_share = max(seen.silent_share, sum(not any(frame) for frame in frames) / max(1, len(frames)))
        presser = await phone.dial("play")
        await presser.answered(timeout=10)
        presser.start_playing(ToneSource([(CALLER_HZ,)], on_ms=60_000, repeats=None))
        await press_madly(switch, seen, presser, digits)
        seen.calls, seen.calls_up = calls, sum(call.is_up for call in made)
        for call in (*made, presser):
            await call.hang_up()
    await asyncio.to_thread(wait_until_gone, switch)
    judge_recordings(folder, seen)


def wait_until_gone(switch: Booted) -> None:
    """Until the recordings are whole."""
    deadline = time.monotonic() + 10
    with probe.connected("127.0.0.1", switch.esl_port, switch.password) as api:
        while not api("show calls count").strip().startswith("0") and time.monotonic() < deadline:
            time.sleep(0.1)


def measure(folder: Path, *, calls: int, datagrams_: int, foreign: int, digits: int, settle_s: float) -> Seen:
    """On a switch of its own."""
    seen = Seen()
    packets = datagrams(datagrams_)
    with booted("soft", folder) as switch:
        amounts = {"calls": calls, "foreign": foreign, "digits": digits}
        with watched(switch, seen):
            asyncio.run(story(switch, folder, seen, packets=packets, settle_s=settle_s, **amounts))
    log = (folder / "switch.log").read_text(errors="replace")
    seen.exceptions = log.count("Traceback")
    if seen.exceptions and os.environ.get("ZONGJI_SHOW"):
        print(log[-4000:])
    return seen


def main() -> None:
    words = argparse.ArgumentParser(description="Hostile input against the soft switch, measured.")
    words.add_argument("--calls", type=int, default=20)
    words.add_argument("--datagrams", type=int, default=10_000)
    words.add_argument("--foreign", type=int, default=10_000)
    words.add_argument("--digits", type=int, default=1_000_000)
    words.add_argument("--json", action="store_true", help="print one JSON object")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = measure(
            Path(folder),
            calls=given.calls,
            datagrams_=given.datagrams,
            foreign=given.foreign,
            digits=given.digits,
            settle_s=SETTLE_S,
        )
    report = Report("hostile")
    report.add(f"calls of {seen.calls} that were still up", seen.calls_up, at_least=seen.calls)
    report.add("silence in what a caller heard meanwhile, worst", 100 * seen.silent_share, "%", at_most=1)
    report.add(f"{given.datagrams:,} malformed datagrams: tracebacks in the log", seen.exceptions, at_most=0)
    report.add("memory grown by the last of them", seen.growth_kib / 1024, "MiB")
    report.add("memory kept of it half a minute later", seen.kept_kib / 1024, "MiB", at_most=5)
    report.add("of one core, calls included", 100 * seen.core, "%", at_most=80)
    report.add("bytes answered per byte sent", seen.back_bytes / max(1, seen.sent_bytes), at_most=2)
    report.add(f"{given.foreign:,} foreign RTP packets: marker in a recording, worst", seen.marker_share, at_most=0.02)
    report.add("recorded pieces that are the caller's tone, worst", 100 * seen.caller_share, "%", at_least=95)
    report.add(
        f"{given.digits:,} digits: taken in the worst second", seen.digits_per_s, "/s", at_most=MOST_DIGITS_PER_S
    )
    report.add("memory grown by them", seen.digit_growth_kib / 1024, "MiB", at_most=5)
    report.add(
        f"event socket's answer meanwhile, 99 % of {len(seen.waits_ms):,}",
        share(seen.waits_ms, 0.99),
        "ms",
        at_most=100,
    )
    report.print(as_json=given.json)


if __name__ == "__main__":
    main()
