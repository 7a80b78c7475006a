"""A queue's ``overflow`` as ways of its steps: read, checked, rendered, gone; mistakes at their place."""

from __future__ import annotations

from typing import Any

import pytest
from ivr_sites import PROMPTS

from ivr import catalog, checks, read_site
from ivr.effects import EndFlow, EnterQueue, TurnedAway, Write
from ivr.engine import Engine
from ivr.site import Site
from ivr.waits import FULL, NO_AGENTS, TIMEOUT, QueueLeft

SITE = """site: T
languages: [zh, en]
timezone: Asia/Shanghai
numbers: {"1000": main}
channels: {website: {type: webchat, flow: main}}
trunk: {way: gateway t, allow: ["1##########"], caller_number: "4001"}
queues:
  orders:
    limit: 1
    longest_wait: 5 min
    overflow:
      OVERFLOW
  repairs: {}
agents: {"1001": {name: One}}
"""
FLOW = "flow: main\nstart:\n  - queue: {name: orders STEP}\nbot:\n  - say: {zh: 机器人, en: I am a robot}\n  - hangup\n"
SAY = "{say: {zh: 请稍后再来, en: Please come back later}}"


def loaded(overflow: str, step: str = "") -> tuple[Site | None, list[str]]:
    texts = {"site.yaml": SITE.replace("OVERFLOW", overflow), "flows/main.yaml": FLOW.replace("STEP", step)}
    site, problems = read_site(texts, PROMPTS)
    return site, [str(one) for one in problems]


def good(overflow: str, step: str = "") -> Site:
    site, problems = loaded(overflow, step)
    assert site is not None, problems
    return site


def in_line(site: Site, medium: str, waiting: int = 0) -> tuple[Engine, Any]:
    engine = Engine(site)
    moment = {"queue.orders.waiting": waiting}
    return engine, engine.start(flow="main", medium=medium, language="en", facts=moment, at=0.0)


def test_the_router_is_told_where_to_by_reason_and_medium() -> None:
    site = good(f"waited: {{voice: callback, text: {SAY}}}\n      full: {{queue: repairs}}")
    assert site.queues["orders"].overflow.kinds() == {
        "timeout:voice": "callback",
        "timeout:text": "say",
        "full:voice": "queue repairs",
        "full:text": "queue repairs",
    }


@pytest.mark.parametrize(("medium", "words"), [("text", "Please come back later"), ("voice", "")])
def test_the_flow_goes_the_sites_way(medium: str, words: str) -> None:
    site = good(f"waited: {SAY}")
    engine, turn = in_line(site, medium)
    (entering,) = [one for one in turn.effects if isinstance(one, EnterQueue)]
    assert entering.own == (TIMEOUT,)
    turn = engine.resume(turn.session, QueueLeft(TIMEOUT), 1.0)
    if words:
        assert [one.text for one in turn.effects if isinstance(one, Write)] == [words]
        assert [one.outcome for one in turn.effects if isinstance(one, EndFlow)] == ["overflowed"]
    said = {one.text for one in catalog.all_speech(site)}
    assert {"请稍后再来", "Please come back later"} <= said


def test_a_section_of_a_flow_is_a_way() -> None:
    site = good("no_agents: {go: main.bot}")
    engine, turn = in_line(site, "text")
    turn = engine.resume(turn.session, QueueLeft(NO_AGENTS), 1.0)
    assert "I am a robot" in [one.text for one in turn.effects if isinstance(one, Write)]
    assert not [one for one in checks.run(site) if one.code in ("unreachable", "unknown_target")]


def test_what_the_step_says_comes_first() -> None:
    site = good(f"full: {SAY}", ", full: bot")
    _, turn = in_line(site, "text", waiting=1)
    assert [one for one in turn.effects if isinstance(one, TurnedAway)] == [TurnedAway("orders", FULL)]
    assert "I am a robot" in [one.text for one in turn.effects if isinstance(one, Write)]


def test_a_full_queue_with_another_one_is_left_to_the_router() -> None:
    site = good("full: {queue: repairs}")
    _, turn = in_line(site, "text", waiting=1)
    assert [one.own for one in turn.effects if isinstance(one, EnterQueue)] == [()]


def test_a_voicemail_for_chats_is_found_at_its_place() -> None:
    site = good("closed: voicemail")
    told = [str(one) for one in checks.run(site) if one.code == "wrong_medium"]
    assert told and told[0].startswith("site.yaml:12:") and "a chat comes here" in told[0], told


@pytest.mark.parametrize(
    ("overflow", "line"),
    [("full: bounce", 12), ("full: {queue: repairs, go: main.bot}", 12), ("full: 7", 12), ("often: callback", 12)],
)
def test_words_that_mean_nothing_are_refused_at_their_place(overflow: str, line: int) -> None:
    site, problems = loaded(overflow)
    assert site is None and problems[0].startswith(f"site.yaml:{line}:"), problems
