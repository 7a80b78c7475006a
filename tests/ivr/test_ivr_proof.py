"""Walking every path with the real engine: what is found, and that the path told is a path that happens."""

from __future__ import annotations

from functools import lru_cache
from textwrap import dedent

from ivr_sites import DEMO, make

import ivr.checks
from ivr import Engine, Site, load_site
from ivr.proof import explore
from ivr.proof.human import quickest
from ivr.proof.paths import covering, keys_of, words
from ivr.proof.plans import plans
from ivr.proof.scenarios import file_names
from ivr.waits import Failed, KeysPressed

BYE = "bye:\n  - hangup: {say: {zh: 再见, en: Bye}}\n"


@lru_cache
def demo() -> Site:
    site, _ = load_site(DEMO)
    assert site is not None
    return site


def found(flow: str, code: str) -> list[str]:
    return [str(problem) for problem in ivr.checks.run(make(flow)) if problem.code == code]


def test_every_reachable_step_of_the_demo_is_visited() -> None:
    visited = set()
    for flow, medium in (("main", "voice"), ("main", "text"), ("night", "voice")):
        walk = explore(demo(), flow, medium)
        assert walk.is_whole and walk.stuck == []
        visited |= {(node.session.block, node.session.index) for node in walk.nodes}
    waiting = {"say", "menu", "language", "queue"}
    steps = {(b.id, n) for flow in demo().flows.values() for b, n, step in flow.steps() if step.verb in waiting}
    assert steps <= visited | {("main.welcome", 0)}


def test_a_path_told_is_a_path_that_happens() -> None:
    walk = explore(demo(), "main", "voice")
    paths = list(covering(walk, may=lambda edge: True, is_end=lambda node: node.is_over, alike=_alike))
    assert len(paths) > 10
    for path in paths[:10]:
        if any(edge.chosen for edge in path):
            continue
        engine = Engine(demo())
        turn = engine.start(flow="main", medium="voice", at=path[0].target.at)
        for edge in path[1:]:
            assert edge.happening is not None
            turn = engine.resume(turn.session, edge.happening, path[0].target.at)
        assert (turn.session.block, turn.session.cause) == (path[-1].turn.session.block, path[-1].turn.session.cause)


def _alike(edge: object) -> object:
    return (edge.turn.session.trail[-1:], str(edge.happening))  # type: ignore[attr-defined]


def test_a_contact_cut_off_is_told_with_the_keys() -> None:
    flow = "start:\n  - menu: {prompt: {zh: 按1, en: Press 1}, keys: {1: more}, otherwise: bye}\n"
    flow += "more:\n  - menu: {prompt: {zh: 按2, en: Press 2}, keys: {2: hangup}, otherwise: bye}\n" + BYE
    assert found(flow, "cut_off") == [
        "flows/main.yaml:5:5: a call ends here without a word: 1, 2; say goodbye on this way: [hangup: {say: ...}]",
    ]


def test_both_sides_of_every_condition_and_calendar_are_walked() -> None:
    flow = """
    start:
      - hours: workshop
        closed: hangup
      - branch:
          - {when: contact.level == "vip", go: vip}
          - {when: time >= "18:00" and weekday == "sat", go: late}
      - goto: bye
    vip:
      - hangup
    late:
      - hangup
    """
    text = "\n".join(found(dedent(flow) + BYE, "cut_off"))
    assert "(calendar.workshop is closed)" in text and "(contact.level is vip)" in text
    assert ":13:" in text  # only on a Saturday evening


def test_counters_end_and_failures_are_tried() -> None:
    flow = """
    start:
      - menu: {prompt: {zh: 按1, en: Press 1}, keys: {1: count}, otherwise: bye}
    count:
      - set: {n: $(n + 1)}
      - branch: [{when: n > 3, go: bye}]
      - goto: start
    bye:
      - hangup: {say: {zh: 再见, en: Bye}}
    """
    walk = explore(make(flow), "main", "voice")
    assert walk.is_whole and len(walk.nodes) < 60
    assert any(isinstance(edge.happening, Failed) for edge in walk.edges)
    assert max(len([key for key in keys_of(walk.path_of(edge)) if key == "1"]) for edge in walk.edges) == 4


def test_the_quickest_way_to_people_counts_what_is_heard() -> None:
    walk = explore(demo(), "main", "voice")
    result = quickest(walk)
    assert result is not None
    spent, path = result
    assert 5 < spent < 30
    assert [edge.happening for edge in path if isinstance(edge.happening, KeysPressed)]
    assert words(path).startswith("1")


def test_calls_that_read_alike_say_where_something_fails() -> None:
    site, _ = load_site(DEMO.parent / "appliances")
    assert site is not None
    planned = plans(site, "main", "4000")
    told = [plan.told for plan in planned]
    assert len(set(told)) == len(told) and sum(", at " in one for one in told) == 2
    assert len(set(file_names(planned))) == len(planned)


EARLY = """
start:
  - say: {zh: 免费, en: Free}
  - answer:
    on: voice
  - language: {1: zh, 2: en}
  - transfer: {to: 1001, busy: bye, otherwise: bye}
    on: voice
  - hangup: {say: {zh: 好, en: Done}}
bye:
  - hangup: {say: {zh: 再见, en: Bye}}
"""


def test_what_is_heard_before_the_answer_has_no_mark_and_its_own_language() -> None:
    """A phone takes no INFO before its call is answered; who is known is greeted in their language."""
    planned = plans(make(EARLY), "main", "1000")
    assert planned and all("say" not in plan.waits[0].place for plan in planned if not plan.why_not)
    answered = [plan for plan in planned if plan.told.startswith("answer: answered")]
    assert answered and all(plan.waits[0].place == "main.start[1] answer" for plan in answered)
    assert any("transfer: busy" in plan.told or "transfer: talked" in plan.told for plan in planned)
    walk = explore(make(EARLY), "main", "voice")
    greeted = {str(node.known.get("contact.language", "")): node.session.language for node in walk.nodes[:3]}
    assert greeted == {"": "zh", "zh": "zh", "en": "en"}
    never = make(
        "start:\n  - say: {zh: 忙, en: Busy}\n  - branch: [{when: contact.known, go: bye}]\n"
        "  - answer:\n    on: voice\n"
        "  - goto: bye\nbye:\n  - hangup: {say: {zh: 再见, en: Bye}}\n"
    )
    assert "it ends before the call is answered" in {plan.why_not for plan in plans(never, "main", "1000")}
