"""Tests beside flows: what passes, what fails at which line, and a talk written down as a test."""

from __future__ import annotations

from datetime import datetime

import pytest
from ivr_sites import DEMO, make

from ivr import load_site
from ivr.site_files import test_sources as sources_of_tests
from ivr.trial import Talk, run_tests
from ivr.trial.written import HEADER, Repro
from ivr.waits import KeysPressed

FLOW = """
start:
  - say: {zh: 您好, en: Hello}
  - menu:
      prompt: {zh: 请按1, en: Press 1}
      keys: {1: ask}
      otherwise: bye
ask:
  - lookup: {url: "https://shop.example/orders", save: {state: $.state}, missing: bye, fails: bye}
  - say: {zh: 状态$(state), en: State $(state)}
  - queue: {name: orders, otherwise: bye}
bye:
  - hangup: {say: {zh: 再见, en: Goodbye}}
"""
GOOD = """
tests:
  - name: found
    language: en
    known: {contact.level: vip}
    answers: {lookup: {status: 200, body: {state: 7}}}
    talk:
      - hears: [Hello, Press 1]
      - at: start
      - press: 1
      - hears: State
      - never_hears: Goodbye
      - knows: {state: 7, contact.level: vip}
      - speaks: en
      - in_queue: orders
      - queue: served
      - ends: handled
  - name: the system is down
    language: en
    answers: {lookup: {fails: time-out}}
    talk: [press: 1, hears: Goodbye, ends: self_service]
  - name: a chat
    on: chat
    language: en
    talk: [write: "1", answer: {status: 404}, hears: Goodbye]
  - name: silence, a crash and a hang-up
    talk: [silence, crash, hang_up, ends: NORMAL_CLEARING]
"""


def run(text: str) -> list[str]:
    _, problems = run_tests(make(FLOW), {"flows/main.tests.yaml": text})
    return [str(problem) for problem in problems]


def test_what_is_expected_passes() -> None:
    count, problems = run_tests(make(FLOW), {"flows/main.tests.yaml": GOOD})
    assert ([str(problem) for problem in problems], count) == ([], 4)


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (("[Hello, Press 1]", "[Press 1, Hello]"), 8, "expected to hear 'Hello', heard 'Hello / Press 1'"),
        (("at: start", "at: ask"), 9, "expected to be at 'ask', but menu at main.start[1] waits for"),
        (("- press: 1\n      - hears: State", "- press: 2\n      - hears: State"), 11, "heard 'Sorry, that is not"),
        (("never_hears: Goodbye", "never_hears: Hello"), 12, "'Hello' was said"),
        (("{state: 7,", "{state: 8,"), 13, "expected state to be 8, it is 7"),
        (("speaks: en", "speaks: zh"), 14, "expected the language zh, it is en"),
        (("in_queue: orders", "in_queue: repairs"), 15, "expected the queue 'repairs', it is 'orders'"),
        (("queue: served", "press: 1"), 16, "press cannot happen now"),
        (("ends: handled", "ends: overflowed"), 17, "expected the end 'overflowed', it is 'handled'"),
    ],
)
def test_a_difference_is_told_at_its_line(change: tuple[str, str], line: int, told: str) -> None:
    assert change[0] in GOOD
    (problem,) = run(GOOD.replace(*change, 1))
    assert problem.startswith(f"flows/main.tests.yaml:{line}:9: test 'found': ") and told in problem


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("press: 1", "pres: 1"), "unknown key 'pres' in tests; did you mean 'press'?"),
        (("queue: served", "queue: sered"), "a queue does not end with 'sered'; did you mean 'served'?"),
        (("hears: State", "hears: State\n        press: 2"), "holds one thing"),
        (("name: found", "nmae: found"), "unknown key 'nmae' in tests; did you mean 'name'?"),
        (("tests:", "flow: other\ntests:"), "there is no flow 'other'"),
        (("language: en", "at: yesterday"), "'yesterday' is not an hour"),
    ],
)
def test_a_test_that_cannot_be_read_is_told_too(change: tuple[str, str], told: str) -> None:
    problems = run(GOOD.replace(*change, 1))
    assert any(told in problem for problem in problems), problems


def test_a_talk_written_down_is_a_test_that_passes() -> None:
    site = make(FLOW)
    talk = Talk(site, flow="main", medium="voice", at=1795572000.0, language="en")
    written = Repro(
        'a "call"',
        "call",
        "+8613800138000",
        datetime(2026, 11, 25, 10),
        "en",
        known={"contact.level": "vip"},
        facts={},
        answers={},
    )
    written.saw(talk)
    for verb, value in (("press", "1"), ("answer", {"status": 200, "body": {"state": "x: {y"}}), ("queue", "full")):
        from ivr.trial.running import happening_of

        happening = happening_of(talk, verb, value)
        assert happening is not None
        talk.does(happening)
        written.did(verb, value)
        written.saw(talk)
    assert run(HEADER + written.text()) == []


def test_the_tests_beside_the_demo_pass_and_are_no_flows() -> None:
    site, problems = load_site(DEMO)
    assert site is not None, problems
    assert "main.tests" not in site.flows
    count, failed = run_tests(site, sources_of_tests(DEMO))
    assert (failed, count >= 5) == ([], True)


def test_keys_that_nobody_waits_for_change_nothing() -> None:
    talk = Talk(make(FLOW), flow="main", medium="voice", at=0.0, language="en")
    talk.does(KeysPressed("1"))  # the lookup waits for its answer now
    before = talk.turn
    talk.does(KeysPressed("1"))
    assert talk.turn is before and talk.heard == []


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("    talk: [answer: bussy]", "answer: it does not end with 'bussy', did you mean 'busy'?"),
        ("    answers: {transfer: bussy}\n    talk: [silence]", "it does not end with 'bussy'; did you mean 'busy'?"),
        ("    answers: {transfer: [busy, gone]}\n    talk: [silence]", "it does not end with 'gone'; known are busy,"),
    ],
)
def test_an_answer_that_a_transfer_never_gives_is_told(case: str, told: str) -> None:
    site = make("start:\n  - transfer: {to: 1001, otherwise: bye}\n    on: voice\n  - goto: bye\nbye:\n  - hangup\n")
    problems = run_tests(site, {"flows/main.tests.yaml": f"tests:\n  - name: nobody answers\n{case}\n"})[1]
    assert len(problems) == 1 and told in str(problems[0]) and problems[0].line == 3, problems
