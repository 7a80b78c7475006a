"""Steps per second of the pure engine, and how long a flow of a thousand steps takes to check.

    python -m tests.bench.flows                     # prints both, with ratios to plain Python work of this machine
    python -m tests.bench.flows --steps 2000

Ratios are to a loop of plain dictionary copies in the same run: they say the same on a fast and on a busy machine.
"""

from __future__ import annotations

import argparse
import time

from ivr import Engine, Session, Site, read_site
from ivr.checks import CHECKS, run
from ivr.graph import Survey
from ivr.waits import KeysPressed, PlayEnded

SITE = """
site: Bench
languages: [zh, en]
timezone: Asia/Shanghai
numbers: {"1000": main}
channels: {website: {type: webchat, flow: main}}
skills: [orders]
queues: {orders: {skills: {orders: 1}}}
agents: {"1001": {name: One, skills: {orders: 3}, languages: [zh, en]}}
fallback: {queue: orders}
"""
SECTION = """s{n}:
  - say: {{zh: 你好{n}, en: Hello {n}}}
  - menu:
      prompt: {{zh: 请按1、2或3, en: "Press 1, 2 or 3"}}
      keys: {{1: s{one}, 2: s{two}, 3: t{n}}}
      otherwise: end
t{n}:
  - set: {{a: 1}}
  - queue: {{name: orders, otherwise: s{three}}}
  - goto: end
"""


def site_of(steps: int) -> Site:
    """A site whose one flow has about so many steps."""
    count = steps // 5
    sections = "".join(
        SECTION.format(n=n, one=(n + 1) % count, two=n * 7 % count, three=n * 3 % count) for n in range(count)
    )
    flow = f"flow: main\n{sections}end:\n  - say: {{zh: 再见, en: Bye}}\n  - hangup\n"
    site, problems = read_site({"site.yaml": SITE, "flows/main.yaml": flow})
    assert site is not None, problems[:3]
    return site


def steps_per_second(site: Site, seconds: float) -> float:
    """One caller after the other, each pressing 1; every session is stored and loaded between waits."""
    engine, done = Engine(site), 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        turn = engine.start(flow="main", medium="voice", at=0.0)
        for _ in range(40):
            happening = KeysPressed("1") if "KeysPressed" in turn.session.waits_for else PlayEnded()
            turn = engine.resume(Session.from_json(turn.session.to_json()), happening, 0.0)
        done += 41
    return done / seconds


def plain_copies_per_second(seconds: float) -> float:
    """The unit: copies of a dictionary of twenty entries."""
    record, done = {f"key{number}": number for number in range(20)}, 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for _ in range(1000):
            dict(record)
        done += 1000
    return done / seconds


def main() -> None:
    """Print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--steps", type=int, default=1000)
    words.add_argument("--seconds", type=float, default=3.0)
    given = words.parse_args()
    unit = plain_copies_per_second(1.0)
    rate = steps_per_second(site_of(100), given.seconds)
    print(f"engine: {rate:,.0f} steps a second, with a stored session each; {unit / rate:.0f} dictionary copies a step")
    begin = time.perf_counter()
    site = site_of(given.steps)
    read = time.perf_counter() - begin
    begin = time.perf_counter()
    problems = run(site)
    checked = time.perf_counter() - begin
    survey = Survey(site)
    states = sum(len(walk.nodes) for walk in survey.walks())
    edges = sum(len(walk.edges) for walk in survey.walks())
    steps = sum(len(block.steps) for block in site.blocks.values())
    print(f"check: {steps} steps read in {read:.2f} s, checked in {checked:.2f} s ({len(CHECKS)} checks,")
    print(f"       {states} states, {edges} ways, {len(problems)} problems); {checked * unit / 1e6:.0f} M copies")


if __name__ == "__main__":
    main()
