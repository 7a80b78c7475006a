"""Who holds up the daemon's hub: fifty calls and twenty chats at once in the demonstration site, with agents at work.

    python -m tests.bench.hub [--json] [--calls 50] [--chats 20] [--agents 3] [--stay 30]

Calls come by SIPp: welcome, language, menu (digits by RFC 4733: as root; others let the menus run out), the queue with
its music and announcements, hang-up. Chats write every second and follow their stream. Agents follow theirs, take
chats and answer them. What counts is the daemon's own measure on ``/metrics``: by how much a sleep of 5 ms came late,
and how long one round of the hub took the core. With ``ZONGJI_FREESWITCH_START`` the calls go through a real
FreeSWITCH. Not part of the suite.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from eslapp.demo.timeline import Unseen
from eslapp.demo.web import Desk, Visitor
from tests.bench.report import Report, share
from tests.bench.sides import fetch
from tests.bench.sipp import Load, Sipp
from tests.bench.switches import cpu_seconds
from tests.system.running_site import RunningSite

CALLS_PER_SECOND = 10.0
BUCKET = re.compile(r'(?m)^(zongji_hub_(?:stall|held)_seconds)_bucket\{le="([^"]+)"\} (\S+)')
LIMIT = "0.02"
AGENTS = ("1001", "1002", "1009")
WORDS = ("hello?", "is anybody there?", "我的订单到哪里了", "the washing machine is broken", "thank you")


@dataclass
class Traffic:
    """What the chats and the agents did, from many threads."""

    asked_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def ask(self, work: Callable[[], Any]) -> Any:
        """One request, timed; None where it was refused."""
        began = time.perf_counter()
        try:
            return work()
        except (Unseen, requests.RequestException) as error:
            self.refused.append(str(error))
            return None
        finally:
            self.asked_ms.append(1000 * (time.perf_counter() - began))


def visit(url: str, number: int, traffic: Traffic, stop: threading.Event) -> None:
    """One visitor: a menu's answer, then a message every second, then away."""
    visitor = traffic.ask(lambda: Visitor(url, "en" if number % 2 else "zh", f"Visitor {number}"))
    if visitor is None:
        return
    follow(visitor._http, f"{url}/chat/events", stop)
    traffic.ask(lambda: visitor.write("1"))
    for turn in range(10_000):
        if stop.wait(1.0):
            break
        traffic.ask(lambda turn=turn: visitor.write(WORDS[turn % len(WORDS)]))
    traffic.ask(visitor.leave)


def serve(url: str, agent: str, password: str, traffic: Traffic, stop: threading.Event) -> None:
    """One agent: takes what chat is offered, answers each once, ends it, wraps up."""
    desk = traffic.ask(lambda: Desk(url, agent, password))
    if desk is None:
        return
    follow(desk._http, f"{url}/api/events", stop)
    traffic.ask(lambda: desk.post(f"/api/agents/{agent}/presence", presence="available"))
    while not stop.wait(0.5):
        for offer in (traffic.ask(lambda: desk.get("/api/offers")) or {"offers": []})["offers"]:
            if offer["medium"] == "text":
                traffic.ask(lambda offer=offer: desk.post(f"/api/offers/{offer['id']}/accept"))
                path = f"/api/interactions/{offer['interaction']}"
                traffic.ask(lambda path=path: desk.post(f"{path}/messages", text="one moment", client_id=path[-12:]))
        traffic.ask(lambda: desk.get("/api/queues"))


def follow(http: requests.Session, url: str, stop: threading.Event) -> None:
    """Keep a stream of server-sent events open, in a thread of its own."""

    def read() -> None:
        try:
            with requests.Session() as own:
                own.trust_env = False
                own.headers.update(http.headers)
                own.cookies.update(http.cookies)
                with own.get(url, stream=True, timeout=60) as stream:
                    for _ in stream.iter_lines():
                        if stop.is_set():
                            return
        except requests.RequestException:
            return  # the site has ended

    threading.Thread(target=read, daemon=True).start()


@contextmanager
def people(site: RunningSite, chats: int, agents: int, traffic: Traffic) -> Iterator[None]:
    """Visitors and agents at work while the block runs."""
    stop = threading.Event()
    work = [(visit, (site.url, number, traffic, stop)) for number in range(chats)]
    secrets = site.dir.secrets().agents
    work += [(serve, (site.url, name, secrets[name]["web_password"], traffic, stop)) for name in AGENTS[:agents]]  # type: ignore[misc]
    threads = [threading.Thread(target=does, args=given, daemon=True) for does, given in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(15)


def stalls(url: str) -> dict[str, dict[str, float]]:
    """Both histograms: name -> upper bound -> how many."""
    found: dict[str, dict[str, float]] = {}
    for name, bound, count in BUCKET.findall(fetch(f"{url}/metrics").text):
        found.setdefault(name, {})[bound] = float(count)
    return found


def beyond(before: dict[str, float], after: dict[str, float], limit: str) -> int:
    """How many were above the limit meanwhile."""
    return int(after["+Inf"] - before["+Inf"] - (after[limit] - before[limit]))


def longest(before: dict[str, float], after: dict[str, float]) -> str:
    """The bucket of the longest one, in milliseconds."""
    below = 0.0
    for bound, count in after.items():
        below = count - before[bound]
        if below >= after["+Inf"] - before["+Inf"]:
            return f"{float(bound) * 1000:g}"
    return "more"


def main() -> None:
    words = argparse.ArgumentParser(description="Stalls of the daemon's hub under calls and chats.")
    words.add_argument("--calls", type=int, default=50)
    words.add_argument("--chats", type=int, default=20)
    words.add_argument("--agents", type=int, default=3)
    words.add_argument("--stay", type=float, default=30.0, help="seconds each call stays in the queue")
    words.add_argument("--json", action="store_true", help="print one JSON object")
    given = words.parse_args()
    report, traffic = Report("hub"), Traffic()
    with tempfile.TemporaryDirectory() as folder, RunningSite(Path(folder) / "site") as site:
        pid = int(site.dir.state()["daemon"]["pid"])
        before, cpu, began = stalls(site.url), cpu_seconds(pid), time.monotonic()
        with people(site, given.chats, given.agents, traffic):
            load = Load(given.calls, CALLS_PER_SECOND, given.calls, stay_ms=int(1000 * given.stay))
            calls = Sipp("demo_caller", site.sip, "1000", load).run(within_s=120 + given.stay)
        took, after = time.monotonic() - began, stalls(site.url)
        busy = (cpu_seconds(pid) - cpu) / took
    report.add("calls, the most at once", calls.most_at_once)
    report.add("failed calls", calls.failed, at_most=0)
    report.add("requests of chats and agents", len(traffic.asked_ms))
    report.add("refused requests", len(traffic.refused), at_most=0)
    report.add("request answered after, 99 %", share(traffic.asked_ms, 0.99), "ms")
    report.add("daemon's share of one core", 100 * busy, "%")
    for name, what, goal in (
        ("held", "of the daemon's own making", True),
        ("stall", "with the machine's own delays", False),
    ):
        one, other = before[f"zongji_hub_{name}_seconds"], after[f"zongji_hub_{name}_seconds"]
        over, limit = beyond(one, other, LIMIT), 1000 * float(LIMIT)
        report.add(f"stalls over {limit:g} ms {what}", over, at_most=0 if goal else None)
        report.notes.append(f"longest stall {what}: at most {longest(one, other)} ms of {int(other['+Inf'])} looks")
    report.notes += sorted(set(traffic.refused))[:5]
    report.print(as_json=given.json)


if __name__ == "__main__":
    main()
