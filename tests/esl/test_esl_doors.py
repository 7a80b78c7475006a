"""R5: whatever text comes to a door, it is refused or stays exactly one argument of exactly one command.

The oracle is a strict reader of what the switch would understand, written from FreeSWITCH's own rules: commands end at
a blank line, headers at a line break, arguments at blanks outside single quotes, ``^^;`` lists at semicolons.
"""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eslapp.esl import commands, doors, messages
from eslapp.esl.commands import App, CommandError

LEG = "8c7e457d-5817-49e6-9ab5-d842b980bceb"
OTHER = "c119a96b-7e8e-4007-9727-7254067abf41"
NASTY = [
    "x=a\n\napi system id",
    "${system(id)}",
    "a,b=c",
    "a;b=c",
    "a' b",
    "a}user/9@x",
    "^^:a",
    "&park()",
    "-bleg",
    " a",
    "a ",
    "a  b",
    "a\r\nb",
    "a\0b",
    "a\u2028b",
    "a\x85b",
    "a\x0bb",
    "\ud800",
    "~x",
    "a|b",
    "[x]b",
    "<a>",
    '"a"',
    "a%0Ab",
    "a\\nb",
    "",
    " ",
    "/../x",
    "/a/../b",
    "/a!/b",
    "/a'b",
    "/a'b c'd",
    "/a b' c",
    "-1",
]
ANYTHING = st.text() | st.sampled_from(NASTY) | st.text(alphabet="ab1 /.-;,='${}~\n")
# 20,000 examples are run with ZONGJI_EXAMPLES=20000 (two minutes).
thorough = settings(max_examples=int(os.environ.get("ZONGJI_EXAMPLES", "60")), deadline=None)


def sent(message: str) -> list[list[str]]:
    """The commands the switch reads in these bytes, each as its lines."""
    raw = messages.message_bytes(message).decode()
    assert raw.endswith("\n\n")
    return [block.split("\n") for block in raw.removesuffix("\n\n").split("\n\n")]


def api(line: str) -> list[str]:
    """The arguments of the one api command sent by this line."""
    ((text,),) = sent(f"api {line}")
    assert "${" not in text and "$$" not in text
    return arguments(text.removeprefix("api "))


def arguments(text: str) -> list[str]:
    found = re.findall(r"((?:'[^']*'|[^ '])+)", text)
    assert " ".join(found) == text, "single blanks, closed quotes"
    return [re.sub(r"'([^']*)'", r"\1", one) for one in found]


def execute(app: App) -> tuple[str, str]:
    """The application and argument the switch reads in the order sent for this."""
    (lines,) = sent(messages.execute_message(app, OTHER))
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert len(headers) == len(lines) - 1
    assert list(headers)[:4] == ["call-command", "execute-app-name", "Event-UUID", "event-lock"]
    assert "${" not in app.arg
    return headers["execute-app-name"], headers.get("execute-app-arg", "")


def assignments(text: str) -> dict[str, str]:
    pairs = [pair.split("=", 1) for pair in text.split(";")]
    assert all(len(pair) == 2 for pair in pairs)
    return dict(pairs)


def or_refused(build, check) -> None:
    try:
        built = build()
    except CommandError:
        return
    check(built)


@thorough
@given(ANYTHING, ANYTHING)
@example("zj_did", "2000")
def test_variables_add_nothing(name, value):
    want = {name: value}
    or_refused(
        lambda: commands.set_variables(want),
        lambda app: assert_equal(execute(app), ("multiset", f"^^;{name}={value}"), assignments(app.arg[3:]), want),
    )
    or_refused(
        lambda: commands.uuid_setvar(LEG, want),
        lambda line: assert_equal(assignments(line.split(" ", 2)[2]), want),
    )


def assert_equal(*pairs) -> None:
    for got, want in zip(pairs[::2], pairs[1::2], strict=True):
        assert got == want


@thorough
@given(ANYTHING)
@example("/s/a b.wav")
def test_paths_stay_one_argument(path):
    or_refused(lambda: commands.playback(path), lambda app: assert_equal(execute(app), ("playback", path)))
    or_refused(
        lambda: commands.playback([path, "/s/b.wav"]),
        lambda app: assert_equal(app.arg.removeprefix("file_string://").split("!"), [path, "/s/b.wav"]),
    )
    or_refused(
        lambda: commands.uuid_record(LEG, "start", path),
        lambda line: assert_equal(api(line), ["uuid_record", LEG, "start", path]),
    )
    or_refused(
        lambda: commands.play_and_get_digits(path, low=1, high=1),
        lambda app: assert_equal(arguments(execute(app)[1])[5], path, len(arguments(app.arg)), 10),
    )


@thorough
@given(ANYTHING, ANYTHING)
@example("#", "[12]")
@example("", r"\d{4}")
def test_keys_and_patterns_stay_one_argument(ends, pattern):
    def check(app: App) -> None:
        got = arguments(execute(app)[1])
        assert len(got) == 10
        assert got[4] == (ends or "none")
        assert re.compile(got[8]).groups == re.compile(pattern).groups

    or_refused(lambda: commands.play_and_get_digits([], low=1, high=4, ends=ends, pattern=pattern), check)


@thorough
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
@example("1001", "127.0.0.1", "1000", "Ann Lee", "zj_offer", "abc")
@example("1001", "127.0.0.1", "x'y", "O'Neil, {a}=${system id}", "zj_offer", "two words")
def test_an_originate_rings_whom_it_should_with_the_variables_it_should(user, domain, number, name, key, value):
    def check(line: str) -> None:
        command, dial, app = api(line)
        assert (command, app) == ("originate", "&park()")
        inside, rest = dial[1:].split("}")
        assert rest == f"user/{user}@{domain}"
        assert inside.startswith("^^;")
        found = assignments(inside.removeprefix("^^;"))
        assert list(found) == [
            "origination_uuid",
            "ignore_early_media",
            "hangup_after_bridge",
            "originate_timeout",
            "origination_caller_id_number",
            "origination_caller_id_name",
            key,
        ]
        assert found[key] == value and found["origination_uuid"] == LEG

    or_refused(
        lambda: commands.originate_user(
            LEG, user, domain, caller_number=number, caller_name=name, variables={key: value}
        ),
        check,
    )


@thorough
@given(ANYTHING, ANYTHING)
def test_names_and_numbers_of_strangers_never_stop_a_call(number, name):
    line = commands.originate_user(LEG, "1001", "127.0.0.1", caller_number=number, caller_name=name)
    assert api(line)[-1] == "&park()"


@thorough
@given(ANYTHING)
def test_single_word_arguments(text):
    for build, place, size in (
        (lambda: commands.uuid_kill(text), 1, 3),
        (lambda: commands.uuid_kill(LEG, text), 2, 3),
        (lambda: commands.uuid_bridge(LEG, text), 2, 3),
        (lambda: commands.uuid_break(text), 1, 3),
        (lambda: commands.uuid_exists(text), 1, 2),
        (lambda: commands.uuid_dump(text), 1, 3),
        (lambda: commands.uuid_getvar(LEG, text), 2, 3),
        (lambda: commands.uuid_transfer(LEG, text, "zongji"), 2, 5),
        (lambda: commands.uuid_transfer(LEG, "zj-1", text), 4, 5),
    ):
        or_refused(build, lambda line, p=place, s=size: assert_equal(api(line)[p], text, len(api(line)), s))
    or_refused(lambda: commands.hangup(text), lambda app: assert_equal(execute(app), ("hangup", text)))
    or_refused(
        lambda: commands.return_after_bridge(LEG, text, "zongji"),
        lambda line: assert_equal(
            assignments(api(line)[2]),
            {"socket_resume": "false", "transfer_after_bridge": f"{text}:XML:zongji"},
        ),
    )
    or_refused(lambda: doors.number(text), lambda got: assert_equal(got, text))


@thorough
@given(ANYTHING)
def test_a_finished_line_is_one_command(text):
    or_refused(lambda: doors.line(text), lambda line: assert_equal(sent(f"api {line}"), [[f"api {text}"]]))
    or_refused(
        lambda: messages.job_message(text, LEG),
        lambda message: assert_equal(sent(message), [[f"bgapi {text}", f"Job-UUID: {LEG}"]]),
    )


@thorough
@given(ANYTHING)
def test_a_message_is_one_message(text):
    or_refused(lambda: messages.message_bytes(text), lambda raw: assert_equal(raw.count(b"\n\n"), 1))


@pytest.mark.parametrize("text", NASTY)
def test_nasty_values_are_refused(text):
    if text:
        with pytest.raises(CommandError):
            doors.variable_value(text)
    with pytest.raises(CommandError):
        doors.path(text)


@pytest.mark.parametrize(
    ("door", "text"),
    [
        (doors.number, "+8613800138000"),
        (doors.number, "*72"),
        (doors.leg, LEG),
        (doors.leg, "0123456789abcdef0123456789abcdef"),
        (doors.variable_name, "zj_interaction"),
        (doors.variable_name, "RECORD_STEREO"),
        (doors.variable_value, "张三 O-Neil @home 1.5"),
        (doors.variable_value, ""),
        (doors.path, "/srv/我的 site/prompts/a+b.wav"),
        (doors.sound, "silence_stream://200"),
        (doors.sound, "tone_stream://%(300,9700,440)"),
        (doors.cause, "NORMAL_CLEARING"),
        (doors.domain, "pbx.example.org"),
        (doors.keys, ""),
    ],
)
def test_good_arguments_pass_unchanged(door, text):
    assert door(text) == text


@pytest.mark.parametrize(
    ("build", "argument"),
    [
        (lambda: commands.uuid_kill("x"), "leg"),
        (lambda: commands.uuid_bridge("x", LEG), "caller"),
        (lambda: commands.uuid_record(LEG, "erase", "/a.wav"), "action"),
        (lambda: commands.set_variables({"Bad-Name": "1"}), "variable"),
        (lambda: commands.set_variables({"zj_a": "a;b"}), "zj_a"),
        (lambda: commands.set_variables({}), "variables"),
        (lambda: commands.playback([]), "sounds"),
        (lambda: commands.play_and_get_digits([], low=3, high=2), "low"),
        (lambda: commands.play_and_get_digits([], low=1, high=True), "high"),
        (lambda: commands.play_and_get_digits([], low=1, high=1, first_s=-1), "first_s"),
        (lambda: commands.play_and_get_digits([], low=1, high=1, pattern="["), "pattern"),
        (lambda: commands.originate_user(LEG, "1", "h", timeout_s=0), "timeout_s"),
        (lambda: commands.originate_user(LEG, "1", "h", variables={"origination_uuid": OTHER}), "variables"),
        (lambda: commands.uuid_kill(None), "leg"),
    ],
)
def test_the_refusal_names_the_argument(build, argument):
    with pytest.raises(CommandError, match=f"^{argument}: "):
        build()


def test_the_whole_input_must_match_the_pattern():
    wanted = commands.play_and_get_digits([], low=1, high=1, pattern="[12]|3").arg.split(" ")[8]
    assert [bool(re.search(wanted, keys)) for keys in ("1", "3", "12", "13", "4")] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("reply", "is_refusal"),
    [
        ("+OK\n", False),
        ("-ERR No such channel!\n", True),
        ("-USAGE: <uuid> [all]\n", True),
        ("USAGE: x", True),
        ("-ERROR", True),
        ("false", False),
        ("_undef_", False),
    ],
)
def test_a_refusal_is_known_by_its_text(reply, is_refusal):
    assert bool(commands.refusal(reply)) is is_refusal
