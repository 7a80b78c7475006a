"""Calls placed by SIPp, through a switch, to the daemon's flow and to a bare socket doing the same three commands.

    python -m tests.bench.calls [--json] [--calls 400] [--at-once 50] [--rounds 3] [--only soft|real] [--apart]

Answer, a prompt of 100 ms, hang-up. Both sides take turns on one switch, round by round, so that a slow moment of the
machine hits both. The ratio is the median of the rounds'. Speed is what the whole chain does with ``--at-once`` calls;
beside it stands what one call costs in processor time, which a busy machine does not change. The time to the first
command is taken by the switch's clock, one call at a time. With ``ZONGJI_FREESWITCH_START`` (see ``switches``) the same
on a real FreeSWITCH; ``--apart`` gives the switch a core of its own, as where it has a machine of its own. Not part of
the suite.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from eslapp.sitedir import SiteDir
from eslapp.supervisor import free_port
from tests.bench.first_commands import FirstCommands
from tests.bench.report import Report, share
from tests.bench.sides import Link, Side, bare_socket, daemon, make_site
from tests.bench.sipp import Load, Sipp
from tests.bench.switches import Booted, booted, cpu_seconds, kinds

RATIO_GOAL = 0.9
ADDED_GOAL_MS = 5.0
NOWHERE = 9  # the discard port: nobody listens to the prompt
FASTEST = 1000.0  # calls per second SIPp may begin: always more than the chain takes


@dataclass
class Seen:
    """One side's rounds."""

    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    switch_ms: list[float] = field(default_factory=list)  # of the switch's processor time, per call
    first_ms: list[float] = field(default_factory=list)
    calls: int = 0
    failed: int = 0
    retransmissions: int = 0


def one_round(switch: Booted, side: Side, seen: Seen, *, calls: int, at_once: int) -> None:
    """Warm up, one call at a time for the latency, then many for the speed."""
    Sipp("until_bye", switch.sip, "1000", Load(10, FASTEST, 5), rtp_port=NOWHERE).run()
    with FirstCommands(switch.esl_port, switch.password) as first:
        alone = Load(max(10, calls // 10), FASTEST, 1)
        seen.failed += Sipp("until_bye", switch.sip, "1000", alone, rtp_port=NOWHERE).run().failed
    seen.first_ms += first.milliseconds
    before, switch_before = cpu_seconds(side.pid), cpu_seconds(switch.pid)
    many = Sipp("until_bye", switch.sip, "1000", Load(calls, FASTEST, at_once), rtp_port=NOWHERE).run()
    seen.cpu_ms.append(1000 * (cpu_seconds(side.pid) - before) / calls)
    seen.switch_ms.append(1000 * (cpu_seconds(switch.pid) - switch_before) / calls)
    seen.per_second.append(many.per_second)
    seen.calls += calls
    seen.failed += many.failed
    seen.retransmissions += many.retransmissions


def apart() -> tuple[set[int], set[int]]:
    """The cores for the switch, and those for everybody else: as where the switch has a machine of its own."""
    first, *others = sorted(os.sched_getaffinity(0))
    if not others:
        raise SystemExit("--apart needs two cores")
    return {first}, set(others)


def measure(
    kind: str, folder: Path, *, calls: int, at_once: int, rounds: int, cores: set[int] | None
) -> dict[str, Seen]:
    """Both sides in turn on one switch."""
    site, port = make_site(folder / "site"), free_port()
    found = {"bare socket": Seen(), "daemon": Seen()}
    with booted(kind, folder / "switch", outbound_port=port, cores=cores) as switch:
        link = Link(switch.esl_port, switch.password)
        sides: tuple[Callable[[SiteDir, int], AbstractContextManager[Side]], ...] = (
            bare_socket,
            lambda site, port: daemon(site, port, link),
        )
        for _ in range(rounds):
            for start in sides:
                with start(site, port) as side:
                    one_round(switch, side, found[side.name], calls=calls, at_once=at_once)
    return found


def tell(report: Report, kind: str, found: dict[str, Seen], at_once: int) -> None:
    """The figures of one switch."""
    name = {"soft": "soft switch", "real": "FreeSWITCH"}[kind]
    for side, seen in found.items():
        report.add(f"{name}, {side}: calls per second, {at_once} at once", median(seen.per_second), "/s")
        report.add(f"{name}, {side}: processor time per call", median(seen.cpu_ms), "ms")
        report.add(f"{name}, {side}: the switch's processor time per call", median(seen.switch_ms), "ms")
        report.add(f"{name}, {side}: first command after, median", share(seen.first_ms, 0.5), "ms")
        report.add(f"{name}, {side}: first command after, 95 %", share(seen.first_ms, 0.95), "ms")
        report.add(f"{name}, {side}: failed of {seen.calls} calls", seen.failed, at_most=0)
    ours, bare = found["daemon"], found["bare socket"]
    ratios = [mine / theirs for mine, theirs in zip(ours.per_second, bare.per_second, strict=True) if theirs]
    report.add(f"{name}: ratio of calls per second", median(ratios), at_least=RATIO_GOAL)
    added = share(ours.first_ms, 0.5) - share(bare.first_ms, 0.5)
    report.add(f"{name}: added to the first command, median", added, "ms", at_most=ADDED_GOAL_MS)


def main() -> None:
    words = argparse.ArgumentParser(description="Calls through the daemon's flow against a bare socket, by SIPp.")
    words.add_argument("--calls", type=int, default=400)
    words.add_argument("--at-once", type=int, default=50)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--only", choices=("soft", "real"), help="one of the two switches")
    words.add_argument("--apart", action="store_true", help="the switch on a core of its own")
    words.add_argument("--json", action="store_true", help="print one JSON object")
    given = words.parse_args()
    report, cores = Report("calls"), None
    if given.apart:
        cores, rest = apart()
        os.sched_setaffinity(0, rest)  # of SIPp and of both sides: they inherit it
        report.notes.append("the switch had a core of its own (--apart)")
    for kind in kinds(given.only):
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (folder / "switch").mkdir()
            amounts = {"calls": given.calls, "at_once": given.at_once, "rounds": given.rounds}
            tell(report, kind, measure(kind, folder, cores=cores, **amounts), given.at_once)
    report.print(as_json=given.json)


if __name__ == "__main__":
    main()
