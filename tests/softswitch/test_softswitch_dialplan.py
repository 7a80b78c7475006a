"""Hunting a dialplan: conditions, breaks, captures, inline and anti-actions."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from eslapp.softswitch.dialplan import Action, Route, compiled, hunt, match_field, substitute

CALL = {"destination_number": "1001", "caller_id_number": "2000", "empty": "", "dial": "1001"}


def route(extensions: str, inline: dict[str, str] | None = None, call: dict[str, str] = CALL) -> Route:
    taken = inline if inline is not None else {}
    return hunt(ET.fromstring(f"<context>{extensions}</context>"), call.get, taken.__setitem__)


def run(extensions: str) -> list[str]:
    return [action.application for action in route(extensions).actions]


def condition(expression: str, actions: str, more: str = "", field: str = "destination_number") -> str:
    return f'<condition field="{field}" expression="{expression}" {more}>{actions}</condition>'


def do(name: str, data: str = "", tag: str = "action", more: str = "") -> str:
    return f'<{tag} application="{name}" data="{data}" {more}/>'


def test_the_first_extension_that_matches_is_taken() -> None:
    extensions = "".join(
        f'<extension name="{name}">{condition(expression, do(name, "$1-$0"))}</extension>'
        for name, expression in (("no", "^2"), ("yes", "^10(.*)$"), ("late", "^1"))
    )
    found = route(extensions)
    assert (found.extension, found.actions) == ("yes", [Action("yes", "01-1001")])


def test_continue_goes_on_after_a_match() -> None:
    first = f'<extension name="first" continue="true">{condition("", do("set"))}</extension>'
    assert run(first + f'<extension name="then">{condition("1001", do("park"))}</extension>') == ["set", "park"]
    assert route("<extension name='x'/>").extension == ""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", ["one", "anti"]),  # on-false is the default
        ('break="never"', ["one", "anti", "three"]),
        ('break="always"', ["one", "anti"]),
        ('break="on-true"', ["one", "anti", "three"]),
        ('break="on-false"', ["one", "anti"]),
    ],
)
def test_break_rules(rule: str, expected: list[str]) -> None:
    middle = condition("^9", do("two") + do("anti", tag="anti-action"), rule)
    assert run(f"<extension>{condition('^1', do('one'))}{middle}{condition('^1', do('three'))}</extension>") == expected


def test_all_conditions_must_hold_for_the_extension_to_match() -> None:
    both = condition("^1", do("one")) + condition("^9", do("two"))
    found = route(f'<extension name="half">{both}</extension><extension name="whole">{condition("", "")}</extension>')
    assert found.extension == "whole"


@pytest.mark.parametrize(
    ("mode", "expressions", "holds"),
    [
        ("all", ["^1", "^2"], True),
        ("all", ["^1", "^9"], False),
        ("any", ["^9", "^2"], True),
        ("any", ["^8", "^9"], False),
        ("xor", ["^1", "^9"], True),
        ("xor", ["^1", "^2"], False),
        ("nonsense", ["^1", "^2"], False),
    ],
)
def test_many_fields_in_one_condition(mode: str, expressions: list[str], holds: bool) -> None:
    fields = ("destination_number", "caller_id_number")
    parts = "".join(
        f'<regex field="{field}" expression="{expression}"/>'
        for field, expression in zip(fields, expressions, strict=True)
    )
    found = run(f'<extension><condition regex="{mode}">{parts}{do("yes")}</condition></extension>')
    assert found == (["yes"] if holds else [])


def test_inline_actions_run_while_hunting() -> None:
    taken: dict[str, str] = {}
    actions = do("set", "a=$1", more='inline="true"') + do("park")
    assert route(f"<extension>{condition('^(1)', actions)}</extension>", taken).actions == [Action("park")]
    assert taken == {"set": "a=1"}


def test_data_may_be_the_text_of_the_element() -> None:
    actions = '<action application="playback"> tone_stream://%(1,0,1) </action>'
    found = route(f"<extension>{condition('.', actions)}</extension>")
    assert found.actions == [Action("playback", "tone_stream://%(1,0,1)")]


@pytest.mark.parametrize(
    ("field", "expression", "captures"),
    [
        ("destination_number", "^(10)(x)?", ["10", "10", ""]),
        ("${destination_number}-${caller_id_number}", "^1001-(2)", ["1001-2", "2"]),
        ("destination_number", "^${dial}$", ["1001"]),
        ("unknown", "^$", [""]),
        ("empty", "/^X?$/i", [""]),
        ("destination_number", "([", None),
        ("destination_number", "a{99999999999}", None),
    ],
)
def test_fields_and_expressions(field: str, expression: str, captures: list[str] | None) -> None:
    assert match_field(field, expression, CALL.get) == captures


def test_expressions_with_flags() -> None:
    pattern = compiled("/^ab/i")
    assert pattern is not None and pattern.search("ABC")


def test_substitute() -> None:
    assert substitute("$1/$2/$0/$9/${var}/$", ["whole", "a", "b"]) == "a/b/whole//${var}/$"
    assert substitute("$1", []) == "$1"
