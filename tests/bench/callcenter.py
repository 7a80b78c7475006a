"""mod_callcenter and our dispatcher, one after the other on one FreeSWITCH: the same callers, phones, music, talks.

    ZONGJI_FREESWITCH_START=... python -m tests.bench.callcenter [--json] [--waiting 500] [--agents 100] [--talk-s 4]

All callers wait while nobody is there; then all agents become available, each talks ``--talk-s``, hangs up, and is free
again at once. By the switch's own events and clock, the same rule for both: from an agent's hang-up (free) to the
next call to their phone (offer); from "available" to the first call; how long all took. Processor time: of the switch,
and of the daemon where there is one. Each agent's browser makes its own agent available, eight at once. 500 streams of
music alone take most of two cores. Needs SIPp and a FreeSWITCH that has mod_callcenter. Some minutes.
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree

import requests

from eslapp.demo.web import Desk
from eslapp.freeswitch_conf import probe
from eslapp.sitedir import SiteDir
from eslapp.supervisor import free_port
from tests.bench.offers_seen import OffersSeen
from tests.bench.report import Report, share
from tests.bench.sides import Link, daemon
from tests.bench.sipp import Load, Sipp
from tests.bench.switches import START, Booted, booted, cpu_seconds, kinds, prompt

SITE = """site: Bench
languages: [en]
timezone: UTC
numbers: {"1000": main}
skills: [calls]
queues: {bench: {skills: {calls: 1}, wrapup: 0 s, ring: 20 s, music: music.wav, record: "no"}}
agents:
"""
FLOW = "flow: main\nstart:\n  - queue: {name: bench}\n  - hangup\n"
QUEUE = "bench@default"
FIRST_AGENT = 1001
COME_PER_S = 40.0
SETTLE_S = 6.0  # the last who came are greeted, and wait as all the others do
LOOK_S = 10.0  # how long the waiting alone is watched
OVER_S = 240.0
AGENTS_AT_ONCE = 8
EARS: list[socket.socket] = []


@dataclass
class Side:
    """What one of the two did."""

    name: str
    free_ms: list[float] = field(default_factory=list)  # agent free -> their phone is called
    first_ms: list[float] = field(default_factory=list)  # made available -> their phone is called
    all_s: float = 0.0  # from the first "available" to the end of the last talk
    waited: int = 0
    served: int = 0
    waiting_cpu: float = 0.0  # of one core, while all wait and nobody is there
    waiting_cpu_daemon: float = 0.0  # of that, the daemon's part
    serving_cpu_s: float = 0.0  # processor seconds from "available" to the end
    serving_cpu_daemon_s: float = 0.0  # of these, the daemon's


def make_site(root: Path, agents: int) -> SiteDir:
    """So many agents with one skill, one queue."""
    (root / "flows").mkdir(parents=True)
    (root / "prompts").mkdir()
    people = "".join(
        f'  "{FIRST_AGENT + n}": {{name: A{n}, skills: {{calls: 1}}, languages: [en]}}\n' for n in range(agents)
    )
    (root / "site.yaml").write_text(SITE + people, encoding="utf-8")
    (root / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    prompt(root / "prompts" / "music.wav", 10_000)
    return SiteDir(root)


def with_callcenter(site: SiteDir, extensions: list[str]) -> Callable[[Path], None]:
    """Its module and its configuration: the same music, no pauses, the agents' own phones."""

    def add(conf: Path) -> None:
        modules = conf / "autoload_configs" / "modules.conf.xml"
        modules.write_text(
            modules.read_text().replace("</modules>", '  <load module="mod_callcenter"/>\n  </modules>'), "utf-8"
        )
        root = ElementTree.Element("configuration", name="callcenter.conf")
        ElementTree.SubElement(root, "settings")
        queue = ElementTree.SubElement(ElementTree.SubElement(root, "queues"), "queue", name=QUEUE)
        for name, value in {
            "strategy": "longest-idle-agent",
            "moh-sound": str(site.root / "prompts" / "music.wav"),
            "time-base-score": "queue",
            "max-wait-time": "0",
            "max-wait-time-with-no-agent": "0",
            "tier-rules-apply": "false",
        }.items():
            ElementTree.SubElement(queue, "param", name=name, value=value)
        agents, tiers = ElementTree.SubElement(root, "agents"), ElementTree.SubElement(root, "tiers")
        none = {"max-no-answer": "0", "wrap-up-time": "0", "reject-delay-time": "0", "busy-delay-time": "0"}
        for one in extensions:
            contact = f"[leg_timeout=20]user/{one}@127.0.0.1"
            ElementTree.SubElement(
                agents, "agent", name=one, type="callback", contact=contact, status="Logged Out", **none
            )
            ElementTree.SubElement(tiers, "tier", agent=one, queue=QUEUE, level="1", position="1")
        file = conf / "autoload_configs" / "callcenter.conf.xml"
        file.write_text(ElementTree.tostring(root, encoding="unicode"), encoding="utf-8")

    return add


@cache
def nobody_hears() -> int:
    """A port where sound is lost without a word: a closed one would answer each packet."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
    ear.bind(("127.0.0.1", 0))
    EARS.append(ear)
    return int(ear.getsockname()[1])


@contextmanager
def phones(switch: Booted, site: SiteDir, extensions: list[str], talk_s: float, folder: Path) -> Iterator[None]:
    """All agents' phones, registered, at one address."""
    port, passwords = free_port(), site.secrets(extensions).agents
    lines = folder / "agents.csv"
    proofs = {one: f"[authentication username={one} password={passwords[one]['sip_password']}]" for one in extensions}
    rows = "".join(f"{one};{proof};\n" for one, proof in proofs.items())
    lines.write_text("SEQUENTIAL\n" + rows, encoding="utf-8")
    everybody = Load(1_000_000, 1000, 10_000, stay_ms=round(talk_s * 1000))
    with Sipp("agent_phone", switch.sip, "agents", everybody, port=port, rtp_port=nobody_hears()):
        load = Load(len(extensions), 50, 50)
        told = Sipp("register", switch.sip, "agents", load, lines=lines, phone=port).run(60)
        if told.succeeded < len(extensions):
            raise SystemExit(f"{told.succeeded} of {len(extensions)} phones are registered")
        yield


def run(side: Side, switch: Booted, number: str, pids: list[int], waiting: int, talk: Callable[[], Talk]) -> None:
    """Callers in, look at the waiting, agents in, to the end."""

    many = Load(waiting, COME_PER_S, waiting)

    def used() -> float:
        return sum(map(cpu_seconds, pids))

    with (
        OffersSeen(switch.esl_port, switch.password) as seen,
        Sipp("until_bye", switch.sip, number, many, port=free_port(), rtp_port=nobody_hears()) as callers,
        talk() as ours,
    ):
        try:  # a call that the switch refused (two switches may want one port) does not wait
            until(lambda: ours.waiting() >= waiting - callers.failed_now(), 120, f"{side.name}: {waiting} in line")
        except SystemExit as late:
            raise SystemExit(f"{late}, but {ours.waiting()}\n{callers.screen()}") from None
        note(f"{side.name}: {ours.waiting()} wait")
        time.sleep(SETTLE_S)  # nothing tells that a leg rests
        before, began = [cpu_seconds(pid) for pid in pids], time.monotonic()
        time.sleep(LOOK_S)  # what waiting costs is measured over time
        shares = [(cpu_seconds(pid) - was) / (time.monotonic() - began) for pid, was in zip(pids, before, strict=True)]
        side.waiting_cpu, side.waiting_cpu_daemon = sum(shares), sum(shares[1:])
        cpu, daemon_cpu, began = used(), sum(map(cpu_seconds, pids[1:])), time.monotonic()
        waited = ours.waiting()
        ours.all_available(seen.is_available)
        until(lambda: seen.ended >= waited, OVER_S, f"{side.name}: all served", must=False)
        side.all_s, side.serving_cpu_s = time.monotonic() - began, used() - cpu
        side.serving_cpu_daemon_s = sum(map(cpu_seconds, pids[1:])) - daemon_cpu
        side.waited, side.served = waited, seen.ended
        note(f"{side.name}: {seen.ended} served, {side.waiting_cpu:.0%} of a core while all waited")
        side.free_ms, side.first_ms = seen.free_ms, seen.first_ms
        callers.read()


class Talk(Protocol):
    """How one side is asked."""

    def __enter__(self) -> Talk: ...
    def __exit__(self, *_: object) -> None: ...
    def waiting(self) -> int:
        """How many are in line."""

    def all_available(self, tell: Callable[[str], None]) -> None:
        """Make every agent available; ``tell`` is told before each."""


class CallCenter:
    """By the switch's own commands."""

    def __init__(self, switch: Booted, extensions: list[str]) -> None:
        self._stack = ExitStack()
        self._extensions = extensions
        self._api = self._stack.enter_context(probe.connected("127.0.0.1", switch.esl_port, switch.password, 30.0))

    def __enter__(self) -> CallCenter:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._extensions:
            self._api(f"callcenter_config agent set status {one} 'Logged Out'")
        self._stack.close()

    def waiting(self) -> int:
        return int(self._api(f"callcenter_config queue count members {QUEUE} Waiting").strip() or 0)

    def all_available(self, tell: Callable[[str], None]) -> None:
        for one in self._extensions:
            tell(one)
            self._api(f"callcenter_config agent set status {one} Available")


class Ours:
    """By the daemon's API."""

    def __init__(self, url: str, site: SiteDir, extensions: list[str]) -> None:
        self._admin = Desk(url, "admin", site.secrets().admin_password)
        self._extensions = extensions
        here = lambda: all(one["phone_registered"] for one in self._admin.get("/api/agents")["agents"])  # noqa: E731
        until(here, 30, "the phones at the daemon")

    def __enter__(self) -> Ours:
        return self

    def __exit__(self, *_: object) -> None:
        """The daemon ends by itself."""

    def waiting(self) -> int:
        try:
            return int(self._admin.get("/api/queues")["queues"][0]["waiting"])
        except requests.Timeout:  # while they all come at once
            return 0

    def all_available(self, tell: Callable[[str], None]) -> None:
        def tell_one(one: str) -> None:
            tell(one)
            self._admin.post(f"/api/agents/{one}/presence", presence="available")

        with ThreadPoolExecutor(AGENTS_AT_ONCE) as people:  # each has a browser
            list(people.map(tell_one, self._extensions))


def note(text: str) -> None:
    """What goes on, for who waits."""
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


def until(holds: Callable[[], bool], within_s: float, what: str, *, must: bool = True) -> None:
    """Wait for it."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            if must:
                raise SystemExit(f"not within {within_s:.0f} s: {what}")
            return
        time.sleep(0.2)


def measure(folder: Path, waiting: int, agents: int, talk_s: float) -> tuple[Side, Side]:
    """mod_callcenter, then ours."""
    extensions = [str(FIRST_AGENT + number) for number in range(agents)]
    site, outbound = make_site(folder / "site", agents), free_port()
    site.make()
    extension = ("callcenter", [("answer", ""), ("callcenter", QUEUE), ("hangup", "")])
    theirs, ours = Side("mod_callcenter"), Side("zongji")
    with (
        booted(
            "real",
            folder / "switch",
            outbound_port=outbound,
            extensions=(extension,),
            site=site,
            add=with_callcenter(site, extensions),
        ) as switch,
        phones(switch, site, extensions, talk_s, folder),
    ):
        run(theirs, switch, "callcenter", [switch.pid], waiting, lambda: CallCenter(switch, extensions))
        with daemon(site, outbound, Link(switch.esl_port, switch.password)) as side:
            pids = [switch.pid, side.pid]
            run(ours, switch, "1000", pids, waiting, lambda: Ours(side.url, site, extensions))
    return theirs, ours


def told(theirs: Side, ours: Side) -> Report:
    """Both, and how many times better ours is."""
    report = Report("callcenter")
    for side in (theirs, ours):
        report.add(f"{side.name}: callers served, of {side.waited} who waited", side.served, at_least=side.waited)
        for part, word in ((0.5, "median"), (0.99, "99 %")):
            report.add(f"{side.name}: agent free -> offer, {word}", share(side.free_ms, part), "ms")
        report.add(f"{side.name}: available -> first offer, 99 %", share(side.first_ms, 0.99), "ms")
        report.add(f"{side.name}: all served after", side.all_s, "s")
        report.add(f"{side.name}: processor while all wait", side.waiting_cpu * 100, "% of a core")
        report.add(f"{side.name}: of that, the daemon", side.waiting_cpu_daemon * 100, "% of a core")
        report.add(f"{side.name}: processor per call served", 1000 * side.serving_cpu_s / max(1, side.served), "ms")
        report.add(f"{side.name}: of that, the daemon", 1000 * side.serving_cpu_daemon_s / max(1, side.served), "ms")
    for what, get in (
        ("agent free -> offer, median", lambda side: share(side.free_ms, 0.5)),
        ("agent free -> offer, 99 %", lambda side: share(side.free_ms, 0.99)),
        ("all served after", lambda side: side.all_s),
        ("processor while all wait", lambda side: side.waiting_cpu),
        ("processor per call served", lambda side: side.serving_cpu_s / max(1, side.served)),
    ):
        report.add(f"ratio, mod_callcenter / zongji: {what}", get(theirs) / get(ours) if get(ours) else 0.0)
    return report


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--json", action="store_true")
    words.add_argument("--waiting", type=int, default=500)
    words.add_argument("--agents", type=int, default=100)
    words.add_argument("--talk-s", type=float, default=4.0)
    given = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # the switch and SIPp end with us
    if "real" not in kinds():
        raise SystemExit(f"{START} names no FreeSWITCH")
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = measure(Path(folder), given.waiting, given.agents, given.talk_s)
    told(theirs, ours).print(as_json=given.json)


if __name__ == "__main__":
    main()
