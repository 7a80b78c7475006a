"""Pure parts: variables, dial strings, digits, causes, numbers, sounds; their doctests; that they are pure."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from switch_lab import DATA

import eslapp.softswitch
from eslapp.softswitch import causes, dialstring, keypad
from eslapp.softswitch.deadlines import seconds_until_epoch
from eslapp.softswitch.dialstring import BadDialString
from eslapp.softswitch.invite_variables import unescaped
from eslapp.softswitch.media.sources import Source
from eslapp.softswitch.profile import FIELDS, CallerProfile, Times
from eslapp.softswitch.soundpath import Places, open_sound
from eslapp.softswitch.substitution import expand
from eslapp.softswitch.variables import Variables, is_true

ROOT = Path(eslapp.softswitch.__path__[0])
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(eslapp.softswitch.__path__, "eslapp.softswitch.")
    if not module.name.endswith("__main__")
)
IMPURE = {"asyncio", "socket", "time", "random", "secrets", "logging", "os", "subprocess", "threading", "gevent"}
PLACES = Places(DATA / "sounds", {"hold": DATA / "sounds", "default": DATA / "nothing"})


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_are_true(name: str) -> None:
    module = importlib.import_module(name)
    if ">>>" in Path(module.__file__ or "").read_text("utf-8"):  # looking for examples takes long
        assert doctest.testmod(module).failed == 0


def test_what_says_it_is_pure_imports_nothing_that_is_not() -> None:
    pure = 0
    for name in MODULES:
        path = Path(importlib.import_module(name).__file__ or "")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if "Pure." not in (ast.get_docstring(tree) or ""):
            continue
        pure += 1
        imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imports |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {each.partition(".")[0] for each in imports} & IMPURE, name
    assert pure >= 10


# -- variables --------------------------------------------------------------------------------------------------------

LOOKUP = {"a": "1", "name": "A", "A": "nested", "long": "0123456789", "list": "x", "self": "${self}"}.get


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("plain", "plain"),
        ("${a}-${b}-${a}", "1--1"),
        ("${${name}}", "nested"),
        ("${long:2:3} ${long:-3} ${long:-3:2} ${long:4} ${long:0:-2}", "234 789 78 456789 0123456789"),
        ("${long:x:1} ${long:99} ${long:-99}", "0  0123456789"),
        (r"\${a} $ $a", r"\${a} $ $a".removeprefix("\\")),
        (r"\$x $$x", r"\$x $$x"),  # nothing to replace: all stays
        (r"${a}\${a}", r"1\1"),  # what follows a variable is never looked at
        (r"${a} \$${a} $$x $${a}", "1 ${a} $x 1"),
        (r"${a", "1"),
        (r"it\'s \\n \n", r"its \n \n"),
        ("${upper(x)} ${upper (x)} ${upper ${a}} ${ upper(x)}", "<upper|x> <upper|(x)> <upper|1> <|upper(x)>"),
        ("${self}", "${self}"),  # a value is not expanded again
        ("${a" + "}" * 3, "1}}"),
    ],
)
def test_expansion(text: str, expanded: str) -> None:
    assert expand(text, LOOKUP, lambda name, argument: f"<{name}|{argument}>") == expanded


def test_what_a_channels_variable_holds_is_expanded_too_but_not_for_ever() -> None:
    known = {"a": "1", "b": "<${a}>", "self": "x${self}", "twice": "${twice}${twice}"}.get
    assert expand("${b} ${b:1:1}", known, is_deep=True) == "<1> 1"
    assert expand("${b}", known) == "<${a}>"
    assert set(expand("${self}", known, is_deep=True)) <= set("x${self}")
    assert len(expand("${twice}", known, is_deep=True)) <= 65_536


def test_a_strangers_text_is_never_replaced() -> None:
    variables = Variables({"display": "${secret}", "odd": r"$\{secret}"})
    assert not list(variables)
    variables.assign("own", "${a}")
    assert variables.get("own") == "${a}"
    profile = CallerProfile("u", "c", caller_id_name="${secret}", caller_id_number="1")
    assert profile.caller_id_name == profile.field("caller_id_name") == "%{secret}"
    profile.callee_id_name = "${secret}"
    assert profile.field("callee_id_name") == "%{secret}"


@given(st.text("${}:\\a1(", max_size=80))
def test_any_text_is_expanded_or_left(text: str) -> None:
    assert len(expand(text, LOOKUP, lambda _name, _text: "")) <= 65_536


def test_a_set_moves_to_the_end_and_an_empty_value_unsets() -> None:
    variables = Variables({"a": "1", "b": "2"})
    variables.set("A", "3")
    assert list(variables) == [("b", "2"), ("A", "3")]
    variables.set("b", "")
    variables.put("A", "4")
    assert list(variables) == [("A", "4")] and "b" not in variables and "a" in variables


def test_arrays_grow_by_push() -> None:
    variables = Variables()
    for value in ("x", "y", "z"):
        variables.push("list", value)
    assert variables.get("list") == "ARRAY::x|:y|:z"
    assert [variables.get(f"list[{index}]") for index in ("0", "2", "3", "-1", "9" * 5000)] == ["x", "z", *[None] * 3]


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("true", True),
        ("YES", True),
        ("1", True),
        ("-1", True),
        ("0", False),
        ("0.0", False),
        ("no", False),
        ("", False),
    ],
)
def test_truth(text: str, truth: bool) -> None:
    assert is_true(text) is truth


# -- dial strings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "variables", "groups"),
    [
        ("user/1001", {}, [["user/1001"]]),
        ("{a=1}{b=2}user/1", {"a": "1", "b": "2"}, [["user/1"]]),
        ("<a=1>{b='x, y'}user/1 , user/2", {"a": "1", "b": "x, y"}, [["user/1", "user/2"]]),
        (r"{a=1\,2,b=3}user/1", {"a": "1,2", "b": "3"}, [["user/1"]]),
        ("{^^:a=1,2:b=3}user/1|[c=|,]user/2", {"a": "1,2", "b": "3"}, [["user/1"], ["user/2"]]),
        ("{a={x}}user/1", {"a": "{x}"}, [["user/1"]]),
        ("", {}, []),
        (" , | ", {}, []),
    ],
)
def test_dial_strings(text: str, variables: dict[str, str], groups: list[list[str]]) -> None:
    dial = dialstring.parse(text)
    assert dial.variables == variables
    assert [[leg.target for leg in group] for group in dial.groups] == groups


@pytest.mark.parametrize("text", ["{a=1", "[a", ",".join(["user/1"] * 101)])
def test_dial_strings_that_are_none(text: str) -> None:
    with pytest.raises(BadDialString):
        dialstring.parse(text)


@given(st.text("{}[]<>^,|=';a/\\ ", max_size=60))
def test_any_dial_string_is_read_or_refused(text: str) -> None:
    try:
        dialstring.parse(text)
    except BadDialString:
        pass


# -- causes, digits, times, profiles ----------------------------------------------------------------------------------


def test_causes_have_one_number_and_one_name_each() -> None:
    assert {causes.name_of(str(number)) for number in causes.NUMBERS.values()} == set(causes.NUMBERS)
    assert set(causes.OF_SIP_CODES.values()) <= set(causes.NUMBERS)
    assert causes.name_of("user_busy") == "USER_BUSY" and causes.name_of("x", "NONE") == "NONE"
    assert (causes.cause_of_q850(0), causes.cause_of_q850(17)) == ("NORMAL_CLEARING", "USER_BUSY")
    assert causes.cause_of_sip_code(499) == causes.cause_of_sip_code(699) == "NORMAL_UNSPECIFIED"
    assert [causes.cause_of_sip_code(code) for code in (428, 429, 437, 438)] == [
        "NO_IDENTITY",
        "BAD_IDENTITY_INFO",
        "UNSUPPORTED_CERTIFICATE",
        "INVALID_IDENTITY",
    ]


@pytest.mark.parametrize(
    ("text", "digits", "is_whole"),
    [("12#", "12#", True), ("1w2@100", "1w2", True), ("1x2", "12", False), ("", "", False), ("@9", "", False)],
)
def test_digits(text: str, digits: str, is_whole: bool) -> None:
    parsed, understood = keypad.parse_digits(text)
    assert ("".join(digit for digit, _ in parsed), understood) == (digits, is_whole)


def test_deadlines_are_whole_seconds_of_the_clock() -> None:
    for now in (1_000_000_000, 1_000_999_999):
        left = seconds_until_epoch(3, now)
        assert 2.0 <= left <= 3.0


def test_profiles() -> None:
    times = Times(created=5, bridged=7)
    profile = CallerProfile("u", "sofia/lab/1", caller_id_name="A", callee_id_name="B", times=times)
    moved = profile.transferred(at=9, destination_number="2")
    assert (moved.index, moved.created, moved.times, moved.field("destination_number")) == (2, 9, Times(created=5), "2")
    assert profile.flipped().caller_id_name == "B"
    frozen = profile.frozen()
    profile.times.hangup = 1
    assert frozen.times.hangup == 0
    assert all(profile.field(name) is not None for name in FIELDS) and profile.field("nothing") is None


@pytest.mark.parametrize(
    ("user", "shown"),
    [("1000", "1000"), ("%2B49", "+49"), ("a%20b", "a b"), ("a%0D%0AVia", "a%0D%0AVia"), ("%E6%80%BB", "总"), ("", "")],
)
def test_users_lose_their_escapes_but_no_control_character_comes_out(user: str, shown: str) -> None:
    assert unescaped(user) == shown


# -- what can be played -----------------------------------------------------------------------------------------------


def length_ms(source: Source, limit: int = 1000) -> int:
    frames = 0
    while frames < limit and source.read() is not None:
        frames += 1
    return frames * 20


@pytest.mark.parametrize(
    ("name", "duration"),
    [
        ("silence_stream://200", 200),
        ("silence_stream://200,400", 200),
        ("tone_stream://%(100,100,440,480)", 200),
        ("tone_stream://%(40,0,440);loops=3", 120),
        ("tone_stream://L=2;%(40,0,440)", 80),
        ("file_string://silence_stream://60!silence_stream://40", 100),
        ("{a=b}silence_stream://20", 20),
        ("silence_stream://-1", 20_000),  # for ever: cut here
        ("tone_stream://%(40,0,440);loops=-1", 20_000),
        ("local_stream://hold", 20_000),
        ("tone_stream://%(0,0,440);loops=-1", 0),
    ],
)
def test_sounds_last_as_long_as_they_say(name: str, duration: int) -> None:
    assert length_ms(open_sound(name, PLACES).source) == duration


@pytest.mark.parametrize("name", ["prompt.wav", f"{DATA}/sounds/prompt.wav", f"file://{DATA}/sounds/prompt.wav"])
def test_files_are_found_under_the_sounds_folder_or_by_their_path(name: str) -> None:
    sound = open_sound(name, PLACES)
    assert sound.total_samples > 800
    later = open_sound(f"{name}@@800", PLACES)
    assert (later.offset, later.total_samples) == (800, sound.total_samples - 800)


@pytest.mark.parametrize(
    "name",
    [
        "", "none.wav", "/etc/passwd", "../data/golden.json.gz", "say://x",
        "silence_stream://x", "local_stream://default", "file_string://", "file_string://other.wav!none.wav",
        "silence_stream://" + "9" * 5000,
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_not_found(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        open_sound(name, PLACES)
