"""Steps per second of the pure engine, and how long a flow of a thousand steps takes to check, and a short one that
has every step, for calls and chats: it has more states than its length would tell.

    python -m tests.bench.flows                     # prints all, with ratios to plain Python work of this machine
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

ASK = "prompt: {zh: 请按, en: Press}"
EVERY = f"""flow: main
start:
  - answer: {{on: voice}}
  - say: {{zh: 好, en: Hi}}
  - play: {{file: calm.wav, on: voice}}
  - language: {{1: zh, 2: en}}
  - identify: {{by: number, otherwise: next}}
  - identify: {{by: member, otherwise: next}}
  - identify: {{by: code, to: website, otherwise: next, fails: next}}
  - set: {{round: 1}}
  - hours: {{calendar: desk, closed: next}}
  - branch: [{{when: contact.level == "vip", go: next}}]
  - gather: {{as: order, {ASK}, digits: 6-8, confirm: yes, otherwise: next}}
  - gather: {{as: day, {ASK}, digits: 8, valid: date, otherwise: next}}
  - listen: {{as: it, {ASK}, words: {{a: {{zh: [订单], en: [order]}}, b: {{zh: [修], en: [mend]}}}}, otherwise: next}}
  - menu: {{{ASK}, keys: {{1: next, 2: next, 3: next}}, otherwise: next}}
  - lookup: {{url: "https://shop.example/o", save: {{state: $.state}}, missing: next, fails: next}}
  - branch: [{{when: state == "ready", go: next}}, {{when: state == "sent", go: next}}]
  - record: {{consent: {{zh: 同意请按1, en: Press 1}}, on: voice}}
  - faq: {{{ASK}, keys: {{1: returns}}, agent: next, solved: next}}
  - call: {{flow: sub, with: {{a: 1}}, save: {{b: r}}}}
  - ticket: {{subject: {{zh: 票, en: Ticket}}, fails: next}}
  - message: {{text: {{zh: 看, en: Look}}, to: website, fails: next}}
  - callback: {{queue: orders, when: choose, calendar: desk, declined: next}}
  - voicemail: {{queue: orders, on: voice, otherwise: next}}
  - transfer: {{to: 1001, otherwise: next, on: voice}}
  - queue: {{name: orders, keys: {{1: {{offer: callback}}, 2: {{offer: voicemail, on: voice}}}}, otherwise: next}}
  - survey: short
  - goto: end
end:
  - hangup: {{say: {{zh: 再见, en: Bye}}}}
sub:
  - return: {{r: $(a)}}
"""
SETTINGS = """
calendars: {desk: {open: {mon-fri: [09:00-18:00]}, holidays: CN}}
surveys: {short: {question: {zh: 满意吗, en: Were you happy}}}
trunk: {way: gateway out, caller_number: "02161230000", allow: ["1##########"]}
"""
ARTICLE = "question: {zh: 退货, en: Returns}\nanswer: {zh: 可以, en: Yes}\n"


def every_step() -> Site:
    """A site whose one flow has every step there is."""
    files = {"site.yaml": SITE + SETTINGS, "flows/main.yaml": EVERY, "articles/returns.yaml": ARTICLE}
    site, problems = read_site(files, frozenset({"calm.wav"}))
    assert site is not None, problems[:3]
    return site


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
    tell_check(site, unit, f"read in {read:.2f} s, ")
    tell_check(every_step(), unit, "every one there is, ")


def tell_check(site: Site, unit: float, more: str) -> None:
    """How long all checks take."""
    begin = time.process_time()
    problems = run(site)
    checked = time.process_time() - begin
    survey = Survey(site)
    states = sum(len(walk.nodes) for walk in survey.walks())
    edges = sum(len(walk.edges) for walk in survey.walks())
    steps = sum(len(block.steps) for block in site.blocks.values())
    print(f"check: {steps} steps, {more}checked in {checked:.2f} s of processor ({len(CHECKS)} checks,")
    print(f"       {states} states, {edges} ways, {len(problems)} problems); {checked * unit / 1e6:.0f} M copies")


if __name__ == "__main__":
    main()
