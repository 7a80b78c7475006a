"""The switch alone, by SIPp: calls per second set up and torn down, and many calls that hear a prompt at once.

    python -m tests.bench.softswitch [--json] [--rate 60] [--seconds 20] [--at-once 150]

Set up and torn down: answered and hung up by the switch. At once: calls that play a prompt; the RTP is heard on one
port with the kernel's time of arrival. With ``ZONGJI_FREESWITCH_START`` (see ``switches``) the same on a real
FreeSWITCH, and the ratio of both. Not part of the suite.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import Report, share
from tests.bench.rtp_ear import RtpEar
from tests.bench.sipp import Load, Sipp
from tests.bench.switches import Booted, booted, cpu_seconds, kinds, resident_kib

NOWHERE = 9  # the discard port
FASTEST = 1000.0
PACKETS_PER_S = 50
TOO_LATE_MS = 5.0
NAMES = {"soft": "soft switch", "real": "FreeSWITCH"}


@dataclass
class Seen:
    """What one switch did."""

    start_s: float = 0.0
    per_second: float = 0.0  # as asked for
    most_per_second: float = 0.0  # as fast as it goes
    answer_ms: float = 0.0  # 99 %
    failed: int = 0
    retransmissions: int = 0
    cpu_ms: float = 0.0  # per call
    at_once: int = 0
    packets: float = 0.0  # share of those that should have come
    jitter_ms: float = 0.0  # 99 %
    worst_ms: float = 0.0
    core: float = 0.0  # share of one core with all calls up
    kib_per_call: float = 0.0


def set_up(switch: Booted, seen: Seen, rate: float, seconds: float) -> None:
    """At the asked rate, then as fast as it goes with 20 at once."""
    Sipp("until_bye", switch.sip, "hangup", Load(20, FASTEST, 5), rtp_port=NOWHERE).run()
    before, calls = cpu_seconds(switch.pid), round(rate * seconds)
    outcome = Sipp("until_bye", switch.sip, "hangup", Load(calls, rate, 500), rtp_port=NOWHERE).run()
    seen.cpu_ms = 1000 * (cpu_seconds(switch.pid) - before) / calls
    seen.per_second, seen.answer_ms = outcome.per_second, share(outcome.response_ms, 0.99)
    seen.failed, seen.retransmissions = outcome.failed, outcome.retransmissions
    fast = Sipp("until_bye", switch.sip, "hangup", Load(calls, FASTEST, 20), rtp_port=NOWHERE).run()
    seen.most_per_second = fast.per_second
    seen.failed += fast.failed


def at_once(switch: Booted, seen: Seen, calls: int, seconds: float) -> None:
    """So many calls that hear a prompt, for so long."""
    idle = resident_kib(switch.pid)
    stay = round(1000 * (seconds + calls / 25 + 5))
    with RtpEar() as ear, Sipp("says_bye", switch.sip, "play", Load(calls, 25, calls, stay), rtp_port=ear.port) as sipp:
        if not sipp.wait_for_calls(calls, 60):
            raise SystemExit(f"never {calls} calls at once:\n{sipp.screen()}")
        time.sleep(2)  # the last calls are being set up: not what is measured
        seen.kib_per_call = (resident_kib(switch.pid) - idle) / calls
        ear.forget()
        before, began = cpu_seconds(switch.pid), time.monotonic()
        time.sleep(seconds)  # the measurement
        took = time.monotonic() - began
        seen.core = (cpu_seconds(switch.pid) - before) / took
        streams = ear.take_all()
        ear.forget()
        seen.failed += sipp.wait(stay / 1000 + 30).failed
    seen.at_once = len(streams)
    seen.packets = sum(stream.packets for stream in streams) / (PACKETS_PER_S * took * calls)
    late = [abs(gap) for stream in streams for gap in stream.gaps_ms]
    seen.jitter_ms, seen.worst_ms = share(late, 0.99), max(late, default=float("nan"))


def tell(report: Report, kind: str, seen: Seen, wanted: int) -> None:
    """The figures of one switch; goals are the soft switch's."""
    name, soft = NAMES[kind], kind == "soft"
    report.add(f"{name}: from its start until it takes calls", seen.start_s, "s", at_most=1.0 if soft else None)
    report.add(f"{name}: calls set up and torn down", seen.per_second, "/s", at_least=50 if soft else None)
    report.add(f"{name}: INVITE to 200, 99 %", seen.answer_ms, "ms")
    report.add(f"{name}: processor time per call", seen.cpu_ms, "ms")
    report.add(f"{name}: as fast as it goes, 20 at once", seen.most_per_second, "/s")
    report.add(f"{name}: calls failed", seen.failed, at_most=0)
    report.add(f"{name}: retransmissions", seen.retransmissions)
    report.add(f"{name}: calls at once that hear a prompt", seen.at_once, at_least=wanted)
    report.add(f"{name}: RTP packets that came, of those due", 100 * seen.packets, "%", at_least=99 if soft else None)
    report.add(f"{name}: jitter of the RTP sent, 99 %", seen.jitter_ms, "ms", at_most=TOO_LATE_MS if soft else None)
    report.add(f"{name}: jitter of the RTP sent, worst", seen.worst_ms, "ms")
    report.add(f"{name}: of one core", 100 * seen.core, "%")
    report.add(f"{name}: memory per call", seen.kib_per_call, "KiB")


def compare(report: Report, soft: Seen, real: Seen) -> None:
    """Soft switch over FreeSWITCH, of the same run."""
    report.add("ratio: as fast as it goes", soft.most_per_second / real.most_per_second)
    report.add("ratio: processor time per call", soft.cpu_ms / real.cpu_ms if real.cpu_ms else float("nan"))
    report.add("ratio: of one core with all calls up", soft.core / real.core if real.core else float("nan"))
    report.add("ratio: memory per call", soft.kib_per_call / real.kib_per_call if real.kib_per_call else float("nan"))


def main() -> None:
    words = argparse.ArgumentParser(description="Set-up rate and simultaneous calls of the switch, by SIPp.")
    words.add_argument("--rate", type=float, default=60.0, help="calls per second begun")
    words.add_argument("--seconds", type=float, default=20.0, help="of each part")
    words.add_argument("--at-once", type=int, default=150)
    words.add_argument("--json", action="store_true", help="print one JSON object")
    given = words.parse_args()
    report, found = Report("softswitch"), dict[str, Seen]()
    for kind in kinds():
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            switch = stack.enter_context(booted(kind, folder))
            seen = found[kind] = Seen(start_s=switch.start_s)
            set_up(switch, seen, given.rate, given.seconds)
            at_once(switch, seen, given.at_once, given.seconds)
            tell(report, kind, seen, given.at_once)
    if len(found) == 2:
        compare(report, found["soft"], found["real"])
    report.print(as_json=given.json)


if __name__ == "__main__":
    main()
