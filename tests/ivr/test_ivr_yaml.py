"""Strict YAML: what PyYAML guesses wrongly stays words, every place is known, no file can eat the machine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import strict_yaml
from ivr.strict_yaml import read_yaml


@pytest.mark.parametrize(
    "text, value",
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("0123", "0123"),
        ("+8613800138000", "+8613800138000"),
        ("12:30", "12:30"),
        ("2026-12-31", "2026-12-31"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("1e3", "1e3"),
        ("-3", -3),
        ("0", 0),
        ("1.50", 1.5),
        ("true", True),
        ("~", None),
        ('"5"', "5"),
        ("12345678901234567890", "12345678901234567890"),
        ("How can we help?", "How can we help?"),
    ],
)
def test_scalars_mean_what_they_look_like(text: str, value: object) -> None:
    for source in (f"key: {text}", f"key: [{text}]"):
        read = read_yaml("a.yaml", source)
        assert not read.problems
        got = read.value["key"]
        got = got[0] if isinstance(got, list) else got
        assert (got, type(got)) == (value, type(value))


def test_keys_are_strings_and_duplicates_are_refused_at_the_second() -> None:
    read = read_yaml("a.yaml", 'keys:\n  1: a\n  "1": b\n  no: c\n')
    assert list(read.value["keys"]) == ["1", "no"]
    assert [str(problem) for problem in read.problems] == [
        "a.yaml:3:3: the key '1' is here twice (first in line 2); keep one of them"
    ]


def test_every_node_has_its_place() -> None:
    read = read_yaml("a.yaml", "a:\n  - {b: c}\n  - d\n")
    assert read.marks[("a", 0, "b")] == (2, 9)
    assert read.key_marks[("a", 0, "b")] == (2, 6)
    assert read.marks[("a", 1)] == (3, 5)
    assert read.mark(("a", 0, "b", "nowhere")) == (2, 9)


@pytest.mark.parametrize(
    "text, words",
    [
        ("a: !!python/object:os.system x", "tag"),
        ("a: !secret x", "tag"),
        ("<<: {a: 1}", "merge keys"),
        ("a: 1\n---\nb: 2", "second document"),
        ("a: *nowhere", "unknown alias"),
        ("? [a]\n: b", "a key must be"),
        ("[" * 200, "nested deeper"),
        ("a: {b: 1", "write '}' where it ends"),
        ("a: say: this", "double quotes"),
        ("a:\n\t- b", "spaces"),
        ("a: \x07", "cannot be seen"),
        (b"a: \xff\xfe", "UTF-8"),
        ("a: 1\n" * 200_000, "larger than"),
        ("- 1\n" * 600, "more than 500"),
        ("a: &a [" + "1," * 20 + "]\nb: [" + "*a," * 30 + "]", "more than 500"),
        ("a: &a 1\nb: [" + "*a," * 120 + "]", "more than 100 aliases"),
    ],
)
def test_what_is_refused_is_said_with_a_mend(text: str | bytes, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_yaml, "NODE_BOUND", 500)
    problems = read_yaml("a.yaml", text).problems
    assert problems
    assert words in str(problems[0])
    assert "; " in str(problems[0])


@pytest.mark.parametrize(
    "text, told",
    [
        ("a:\n- b\nbooking\n  - c\n", "3:1: a colon is missing after 'booking'; write 'booking:', or begin the line"),
        ("say: Hello: you\n", "1:11: a second colon in one line; put the text in double quotes"),
        (
            "a:\n  hangup\n  c: 1\n",
            "3:4: the line above, 'hangup', is a text, and names cannot follow it; write",
        ),
        ("a:\n  - {b: 1\n  - c\nd: 1\n", "2:5: the bracket '{' is not closed; write '}' where it ends"),
        ("a: {b: 1\n    c: 2}\n", "2:5: a comma is missing before this line; write a comma"),
        ("a: {b: hello: you}\n", "1:13: a colon stands inside a text, or a comma is missing before"),
        ("a:\n  - b\n  -c\n", "3:3: a space is missing after the dash of '-c'; write '- c'"),
        ("a: b\nc: d\0e\n", "2:5: the character #x0000 cannot be seen and does not belong into a text; delete it"),
        ("a: 'x\nb: 1\n", "1:4: the quote that begins here is not closed; close it"),
        ("a:\n  - b\n - c\n", "3:2: this line is not indented like those it belongs to; begin it"),
        ("a:\n\t- b\n", "2:1: a tab stands here; indent with spaces"),
        ("a: {*: b}\n", "1:5: a star alone means something else in YAML; write a star in double quotes"),
        ("a: @me\n", "1:4: no text begins with '@'; put the text in double quotes"),
        (
            "- a: ｛b: c, d: e｝\n",
            "1:6: a full-width '｛' stands where '{' belongs; write a plain {, and a plain } at its",
        ),
        ("a: ［b: c］\n", "1:4: a full-width '［' stands where '[' belongs; write a plain [, and a plain ] at its end"),
        ("a: {b：c, d: e}\n", "1:6: a full-width colon stands where ': ' belongs; write a plain colon"),
        ("a: {b: c，d: e}\n", "1:9: a full-width comma stands where ', ' belongs; write a plain comma"),
        ("a:\n  b: 1\n\u00a0 c: 2\n  d: 3\n", "3:1: this only looks like a space; indent with plain spaces"),
        ("a:\n  b: 1\n\u3000\u3000c: 2\n  d: 3\n", "3:1: this only looks like a space; indent with plain spaces"),
        ("a: [b: c, d: e}\n", "1:4: the bracket '[' is closed by '}'; write ']' where it ends"),
        ("a: {b: c, d: e]\n", "1:4: the bracket '{' is closed by ']'; write '}' where it ends"),
        ('a: a 5" screen\nb: c: d\n', "2:5: a second colon in one line; put the text in double quotes"),
        ("- language {1: zh, 2: en}\n", "1:3: a colon is missing after 'language'; write 'language:'"),
        ("a:\n  b：\n    c: 1\n", "2:4: a full-width colon stands where ': ' belongs; write a plain colon"),
        ('a: {b: "您好, c: x}\nd: {"*": e}\n', "1:8: the quote that begins here is not closed; close it"),
        ('a: "您好\nb: "Hi"\n', "1:4: the quote that begins here is not closed; close it"),
        ("a: {b: Yes, sir, c: d}\n", "1:13: 'sir' follows a comma and has no colon; put the whole text before it in"),
        ("a: {b: One, two, three, four}\n", "1:13: 'two' follows a comma and has no colon; put the whole text"),
    ],
)
def test_mistakes_of_grammar_are_said_plainly(text: str, told: str) -> None:
    (problem,) = read_yaml("a.yaml", text).problems
    assert str(problem).startswith(f"a.yaml:{told}"), str(problem)


def test_a_text_cut_at_its_commas_is_read_as_it_was_meant() -> None:
    assert read_yaml("a.yaml", "a: {b: One, two, three, c: 1}\n").value == {"a": {"b": "One, two, three", "c": 1}}
    for right in ('a: {b: "One, two"}\n', "a: {b: , c: d}\n", "a: {b, c: d}\n", 'a: "One\n  two"\nb: {c: "d"}\n'):
        assert read_yaml("a.yaml", right).problems == []


def test_an_alias_bomb_is_refused_quickly() -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 9)]
    assert "more than" in str(read_yaml("a.yaml", "\n".join(layers)).problems[0])


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:{}[]#&*!|>'\"%@`-? ,\n\t\x00好"), max_size=60))
def test_any_text_gives_a_value_or_a_problem(text: str) -> None:
    read = read_yaml("a.yaml", text)
    assert all(problem.line >= 1 for problem in read.problems)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_a_problem(content: bytes) -> None:
    read_yaml("a.yaml", content)
