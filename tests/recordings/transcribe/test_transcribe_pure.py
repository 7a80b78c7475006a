"""Turns, grammars, choices and counting: the parts of the transcriber that only think."""

from __future__ import annotations

import json

import pytest
from fake_engine import FakeEngine
from hypothesis import given
from hypothesis import strategies as st

from recordings.transcribe.accuracy import Errors, errors
from recordings.transcribe.engine import Absent, Found, Places, Segment
from recordings.transcribe.engines import ENGINES
from recordings.transcribe.grammar import guarded_grammar
from recordings.transcribe.selection import WishError, choose, parse_wish
from recordings.transcribe.turns import tidy, turns_of


def test_sides_alternate_by_time_and_own_pauses_join() -> None:
    sides = {
        "contact": [Segment("my washer", 1.0, 2.0), Segment("broke", 2.5, 3.0), Segment("yes", 9.0, 9.4)],
        "agent": [Segment("hello", 0.0, 0.8), Segment("since when", 4.0, 5.0)],
    }
    assert [(turn.side, turn.text, turn.start_s) for turn in turns_of(sides)] == [
        ("agent", "hello", 0.0),
        ("contact", "my washer broke", 1.0),
        ("agent", "since when", 4.0),
        ("contact", "yes", 9.0),
    ]


def test_a_long_pause_or_an_interjection_ends_a_turn() -> None:
    pause = {"agent": [Segment("one", 0.0, 1.0), Segment("two", 5.0, 6.0)]}
    interjection = {**pause, "contact": [Segment("hm", 0.5, 0.7)]}
    assert len(turns_of(pause)) == 2
    assert [turn.side for turn in turns_of(interjection)] == ["agent", "contact", "agent"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.text(max_size=8), st.floats(0, 99), st.floats(0, 9))))
def test_turns_are_in_order_and_never_empty(said: list[tuple[str, str, float, float]]) -> None:
    sides: dict[str, list[Segment]] = {"a": [], "b": []}
    for side, text, start, length in said:
        sides[side].append(Segment(text, start, start + length))
    turns = turns_of(sides)
    assert all(turn.text and turn.text.isprintable() and turn.end_s >= turn.start_s for turn in turns)
    assert [turn.start_s for turn in turns] == sorted(turn.start_s for turn in turns)


def test_chinese_loses_the_blanks_between_its_words() -> None:
    assert tidy("我 的 订单 还 没有  到\n。") == "我的订单还没有到。"
    assert tidy("我 要 iPhone 15 的 发票") == "我要 iPhone 15 的发票"


def test_a_grammar_holds_only_known_words_as_json() -> None:
    known = {"yes", "no", "order", "number"}
    grammar = guarded_grammar(["Yes", "no ", "order number", "maybe", "yes"], lambda word: word in known)
    assert json.loads(grammar) == ["yes", "no", "order number"]


@pytest.mark.parametrize("phrases", [[], ["xyzzy"], ["  "], ["\0"]])
def test_an_empty_grammar_never_reaches_vosk(phrases: list[str]) -> None:
    """``"[]"`` in the constructor is a SIGSEGV in vosk 0.3.45."""
    with pytest.raises(ValueError, match="none of the phrases"):
        guarded_grammar(phrases, lambda word: word == "yes")


@given(st.lists(st.text(max_size=20), max_size=20))
def test_whatever_the_phrases_are_the_grammar_is_a_filled_json_list(phrases: list[str]) -> None:
    try:
        grammar = guarded_grammar(phrases, lambda _word: True)
    except ValueError:
        return
    assert all(isinstance(phrase, str) and phrase for phrase in json.loads(grammar))


def test_the_best_engine_with_a_model_is_chosen() -> None:
    engines = {**ENGINES, "fake": FakeEngine}
    found = choose("en", Places(), engines)
    assert isinstance(found, Found) and found.engine == "fake"


def test_without_any_model_the_reason_and_the_mend_are_one_line() -> None:
    found = choose("zh", Places(), {name: ENGINES[name] for name in ("vosk", "none")})
    assert isinstance(found, Found) and found.engine == "none"
    assert found.reason.startswith("asr: model for 'zh' not found; looked in /var/lib/zongji/models/")
    assert found.reason.endswith("; run 'zongji asr install zh' or set ASR_MODEL_ZH")
    assert "\n" not in found.reason


def test_the_operators_wish_wins() -> None:
    found = choose("en", Places(), {**ENGINES, "fake": FakeEngine}, [parse_wish("en=none")])
    assert isinstance(found, Found) and found.engine == "none"
    gone = choose("en", Places(), ENGINES, [parse_wish("en=vosk:/nowhere")])
    assert isinstance(gone, Absent) and "ASR_MODEL_EN=/nowhere is not a Vosk model: no such folder" in gone.reason
    unknown = choose("en", Places(), ENGINES, [parse_wish("en=siri")])
    assert isinstance(unknown, Absent) and "no engine 'siri'" in unknown.reason


@pytest.mark.parametrize("text", ["", "en", "en=", "=vosk", "e=vosk", "../=vosk"])
def test_a_wish_that_cannot_be_read_says_how_it_is_written(text: str) -> None:
    with pytest.raises(WishError):
        parse_wish(text)


@pytest.mark.parametrize(
    ("said", "heard", "language", "expected"),
    [
        ("The order number is 459.", "the order number is four five nine", "en", Errors(0, 7)),
        ("go forward ten meters", "go for ten metres more", "en", Errors(3, 4)),
        ("请按1。", "请按一", "zh", Errors(0, 3)),
        ("您好", "", "zh", Errors(2, 2)),
        ("", "", "en", Errors(0, 0)),
    ],
)
def test_errors_are_counted_as_the_literature_does(said: str, heard: str, language: str, expected: Errors) -> None:
    assert errors(said, heard, language) == expected
