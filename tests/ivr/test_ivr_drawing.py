"""Flows as pictures: nothing overlaps, every way is drawn or told, hostile words stay words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ivr_sites import DEMO, make

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
