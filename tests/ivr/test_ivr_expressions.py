"""Conditions and insertions: typed, budgeted, and safe on anything a contact types."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.effects import Piece, Spoken
from ivr.evaluation import evaluate, is_true
from ivr.expressions import ExpressionError, parse
from ivr.templates import fill, parse_template, speak, value_of
from ivr.values import clean, simplified

WORLD = {"level": "vip", "waiting": 7, "name": "王伟", "order": "0123", "price": 2.5, "ok": True, "queue.a.wait": 90}


def value(source: str) -> object:
    return evaluate(parse(source), WORLD.get)


@pytest.mark.parametrize(
    "source, expected",
    [
        ('level == "vip" and waiting > 5', True),
        ("level == 'gold' or not ok", False),
        ("waiting + 1 == 8", True),
        ("-waiting < 0", True),
        ("2 * (1 + 2) - 1", 5),
        ("1 / 4", 0.25),
        ('order == "0123"', True),
        ("order == 123", True),  # both read as numbers
        ("order is known and missing is not known", True),
        ('missing == ""', True),
        ("missing > 5", False),
        ('level in ["vip", "gold"]', True),
        ('"ip" in level', True),
        ('"x" not in level', True),
        ("queue.a.wait > 1 min", True),
        ("queue.a.wait >= 1.5 min", True),
        ('ok == yes and ok == "yes"', True),
        ("no", False),
        ('"09:30" < "18:00"', True),
        ('名字 == ""', True),
        ("not not ok", True),
        ('level == "vip" == ok', None),
    ],
)
def test_the_operators(source: str, expected: object) -> None:
    if expected is None:
        with pytest.raises(ExpressionError):
            parse(source)
    else:
        assert value(source) == expected


@pytest.mark.parametrize("source", ["level > 5", "name + 1", "1 / 0", "999999999999999 * 999999999999999", "-level"])
def test_what_cannot_be_computed_is_an_error_not_a_guess(source: str) -> None:
    with pytest.raises(ExpressionError):
        value(source)


@pytest.mark.parametrize(
    "source",
    ["", "a =", "a = b", "a ==", "(a", "a)", "a b", "[1]", "a in [", '"x', "__import__('os')", "a.b()", "a[0]",
     "x if y else z", "a" * 501, "(" * 30 + "a" + ")" * 30, "a" + " + a" * 120,
     "lambda: 1", "a;b", "`a`", "a.", "1 and"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        parse(source)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        is_true(evaluate(parse(source), WORLD.get))
    except ExpressionError:
        pass
    try:
        fill(source, WORLD.get)
    except ExpressionError:
        pass


def test_insertions_as_text_and_as_speech() -> None:
    text = "Order $(order) costs $(price), you are number $(waiting)."
    assert fill(text, WORLD.get) == "Order 0123 costs 2.5, you are number 7."
    assert speak("订单$(order)，第$(waiting)位。", "zh", WORLD.get) == (
        Spoken("订单", "zh"),
        Piece("digits", "0123", "zh"),
        Spoken("，第", "zh"),
        Piece("number", "7", "zh"),
        Spoken("位。", "zh"),
    )
    assert speak("$(waiting | digits)", "en", WORLD.get) == (Piece("digits", "7", "en"),)
    assert speak("Hello $(name).", "en", WORLD.get) == (Spoken("Hello", "en"), Spoken("王伟", "en"))
    assert speak("Hello $(missing).", "en", WORLD.get) == (Spoken("Hello", "en"),)
    assert fill("$(order | last4)!", {"order": "12345678"}.get) == "5678!"
    assert fill('$( "a)b" )', {}.get) == "a)b"


def test_a_lone_insertion_keeps_its_type() -> None:
    assert value_of("$(waiting + 1)", WORLD.get) == 8
    assert value_of("n$(waiting + 1)", WORLD.get) == "n8"


@pytest.mark.parametrize("text", ["$(", "$(a", "$(a|shout)", "$(a = b)", "$(" + "a" * 600 + ")", "$(a)" * 60])
def test_broken_insertions_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_template(text)


def test_a_contacts_words_are_cleaned_and_never_read_again() -> None:
    nasty = "$(order)\r\nX: ${uuid}\x00\u202e\u2028" + "a" * 5000
    told = fill("You said $(said)", {"said": nasty, "order": "SECRET"}.get)
    assert "SECRET" not in told
    assert not any(letter in told for letter in "\r\n\x00\u202e\u2028")
    assert len(told) < 1100


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=100))
def test_cleaning_is_complete_and_stable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.isprintable() or once == ""


def test_answers_are_compared_simply() -> None:
    assert simplified(" １。 ") == "1"
    assert simplified("Orders, PLEASE!") == "orders please"
