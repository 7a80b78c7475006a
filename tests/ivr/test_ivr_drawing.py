"""Flows as pictures: nothing overlaps, every way is drawn or told, hostile words stay words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ivr_sites import DEMO, SITE, make

import ivr.checks
from ivr import Site, load_site
from ivr.drawing import cards_of, mermaid, svg
from ivr.drawing.layout import Box, laid_out
from ivr.drawing.wording import WORDS
from ivr.steps import STEPS

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = """
start:
  - say: {zh: "<script>alert(1)</script>", en: 'quote " and & and ]]> `x`'}
  - menu:
      prompt: {zh: "请按1", en: Press 1}
      keys: {1: start, 2: [say: {zh: 一, en: One}], 3: again, 4: next}
      labels: {1: {zh: "</text><image href='x'/>", en: "--> e[x]"}}
      otherwise: end
end:
  - queue: {name: orders, full: end2, otherwise: end2}
end2:
  - hangup: {say: {zh: 再见, en: Bye}}
"""


def demo() -> Site:
    site, _ = load_site(DEMO)
    assert site is not None
    return site


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_demo_is_drawn_in_both_languages(language: str) -> None:
    site = demo()
    root = ET.fromstring(svg(cards_of(site, "main", language), "Title", language))
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    wanted = ["订单查询", "维修服务", "重来"] if language == "zh" else ["Orders", "Repairs", "again"]
    assert all(any(word in text for text in texts) for word in wanted)
    assert len(list(root.iter(f"{SVG}path"))) == 9  # eight lines and the arrow's head
    assert "main.menu" in [element.get("id") for element in root.iter(f"{SVG}g")]


def test_hostile_words_stay_words() -> None:
    site = make(HOSTILE)
    for language in ("zh", "en"):
        text = svg(cards_of(site, "main", language), 'a "title" <b>', language)
        root = ET.fromstring(text)
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "title", "style", "defs", "marker", "path", "rect", "g", "text", "circle"
        }  # fmt: skip
        assert "<script" not in text
        chart = mermaid(cards_of(site, "main", language), "a\nb")
        assert all(line.count('"') in (0, 2, 4) for line in chart.splitlines()), chart


def test_ways_back_are_told_and_not_drawn() -> None:
    text = svg(cards_of(make(HOSTILE), "main", "en"), "T", "en")
    assert "↩ start" in text and "↻ again" in text and "↓ next" in text


def test_problems_are_marked_at_their_row() -> None:
    site = make("start:\n  - say: {zh: 好, en: Hi}\n  - queue: oders\n")
    problems = [problem for problem in ivr.checks.run(site) if problem.file == "flows/main.yaml"]
    cards = cards_of(site, "main", "en", problems)
    assert cards[0].rows[1].problems and not cards[0].rows[0].problems and cards[0].rows[1].is_error
    assert "did you mean" in svg(cards, "T", "en", problems)
    assert re.search(r"class n0 error", mermaid(cards, "T", problems))


def test_every_step_has_its_word_in_both_languages() -> None:
    assert set(STEPS) <= set(WORDS)


names = st.sampled_from([f"n{number}" for number in range(12)])
ports = st.lists(st.tuples(names, st.floats(20, 80)), max_size=4)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(names, ports, min_size=1, max_size=12))
def test_boxes_never_overlap_and_lines_go_to_the_right(drawn: dict[str, list[tuple[str, float]]]) -> None:
    boxes = [Box(name, 100.0, 100.0, [aim for aim in aims if aim[0] in drawn]) for name, aims in drawn.items()]
    picture = laid_out(boxes, [boxes[0].id])
    for one, other in combinations(picture.boxes.values(), 2):
        is_apart = (
            one.layer != other.layer or one.y + one.height <= other.y + 0.01 or other.y + other.height <= one.y + 0.01
        )
        assert is_apart, (one, other)
    for line in picture.lines:
        xs = [x for x, _ in line.points]
        assert xs == sorted(xs)
        target = picture.boxes[line.target]
        assert line.points[-1] == (target.x, target.y + target.entry)
    assert len(picture.lines) + len(picture.back) == sum(len(box.ports) for box in picture.boxes.values() if box.ports)


LISTENS = """
start:
  - listen:
      as: topic
      prompt: {zh: 请说, en: Speak}
      words: {orders: {zh: [订单], en: [order, parcel]}, repairs: {zh: [维修], en: [repair]}}
      keys: {1: orders}
      silence: [say: {zh: 没听到, en: Nothing heard}, goto: more]
      otherwise: more
more:
  - faq: {prompt: {zh: 请按1, en: Press 1}, keys: {1: returns, 2: warranty}, agent: line, solved: bye}
line:
  - queue:
      name: repairs
      keys: {1: {offer: voicemail, on: voice}, 2: bye}
      labels: {1: {zh: 留言, en: Leave a message}}
      after: {wait: 2 min, go: bye}
  - lookup: {url: "https://shop.example/", save: {state: $.state}, missing: bye}
  - goto: bye
bye:
  - hangup: {say: {zh: 再见, en: Bye}}
"""


def drawn(site: Site, language: str = "en") -> dict[str, list[tuple[str, str, str]]]:
    """Of every card the ways of all its rows: key, text, where to."""
    cards = cards_of(site, "main", language)
    return {
        card.title: [(one.key, one.text, one.told or one.where) for row in card.rows for one in row.ports]
        for card in cards
    }


def test_every_way_of_a_step_is_drawn() -> None:
    site = make(LISTENS, SITE.replace("limit: 3}", "limit: 3, overflow: {full: {queue: orders}}}"))
    ways = drawn(site)
    assert ways["start"] == [
        ("1", "orders", "↓ next"),
        ("say", "order / parcel", "orders ↓ next"),
        ("say", "repair", "repairs ↓ next"),
        ("silence", "", "listen silence"),
        ("otherwise", "invalid", "more"),
    ]
    assert ways["listen silence"] == [("go to", "", "more")]
    assert ways["more"][:2] == [
        ("1", "How do I return something?", "is answered"),
        ("2", "How long is the warranty?", "is answered"),
    ]
    assert ("a person, silence, invalid", "", "line") in ways["more"] and ("solved", "", "bye") in ways["more"]
    assert ways["line"] == [
        ("1", "Leave a message · calls only", "queue 1 Leave a message · calls only"),
        ("2", "", "bye"),
        ("after a while", "2 min", "bye"),
        ("full", "", "→ orders"),
        ("nobody there", "", "■ told so, ends"),
        ("not found", "", "bye"),
        ("fails", "", "→ fallback"),
        ("go to", "", "bye"),
    ]
    chart = mermaid(cards_of(site, "main", "en"), "T")
    assert all(
        f'"{text}"' in chart
        for text in ("1 orders", "say order / parcel", "silence", "fails", "2 How long is the warranty?")
    )


def test_every_way_of_every_step_has_words_in_both_languages() -> None:
    for step in STEPS.values():
        site = make(step.EXAMPLE)
        for flow_step in (one for block in site.blocks.values() for one in block.steps):
            for way_out in flow_step.exits():
                kind = way_out.kind.split()[0]
                assert kind in {"key", "word", "case", "overflow", *WORDS} or way_out.way is None, (step.verb, kind)


def test_a_problem_is_marked_at_its_own_step_even_on_one_line() -> None:
    flow = (
        "start:\n  - menu: {prompt: {zh: 按1, en: Press 1}, "
        "keys: {1: [say: {zh: 好, en: Hi}, queue: oders]}, otherwise: nowhere}\n  - hangup\n"
    )
    site = make(flow)
    found = [
        problem
        for problem in ivr.checks.run(site)
        if problem.code in ("unknown_queue", "unknown_target", "unreachable")
    ]
    cards = {card.title: card for card in cards_of(site, "main", "en", found)}
    marks = {
        (title, row.verb): [found[number - 1].code for number in row.problems]
        for title, card in cards.items()
        for row in card.rows
        if row.problems
    }
    assert marks == {
        ("start", "menu"): ["unknown_target"],
        ("menu 1", "queue"): ["unknown_queue"],
        ("start", "hangup"): ["unreachable"],
    }


@pytest.mark.parametrize(("language", "told"), [("zh", "orders; 90 秒"), ("en", "orders; 90 s")])
def test_durations_are_drawn_as_people_write_them(language: str, told: str) -> None:
    site = make("start:\n  - voicemail: {queue: orders, longest: 90 s}\n    on: voice\n  - hangup: {say: Bye}\n")
    assert told in svg(cards_of(site, "main", language), "Title", language)
