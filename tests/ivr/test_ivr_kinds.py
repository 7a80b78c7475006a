"""What a value can be, and the mend for an expression that forgets it."""

import pytest
from ivr_sites import make, sources

import ivr.checks
from ivr.expressions import parse
from ivr.judging import shown
from ivr.loader import read_draft

FLOW = """
start:
  - gather: {{as: order, prompt: P, digits: 6-8, otherwise: end}}
  - set: {{topic: orders, again: $(topic), tries: $(tries + 1), closing: "18:00"}}
  - listen: {{as: mood, prompt: P, words: {{good: {{zh: [好]}}, bad: {{zh: [坏]}}}}, otherwise: end}}
  - branch:
      - when: {}
        go: end
  - queue: orders
end:
  - hangup
"""


def told(condition: str) -> list[str]:
    """What is said of one condition: text and mend."""
    site = make(FLOW.format("'" + condition.replace("'", "''") + "'"))
    return [f"{one.text}; {one.mend}" for one in ivr.checks.run(site, with_proofs=False) if one.code == "wrong_kind"]


@pytest.mark.parametrize(
    "condition, mend",
    [
        ('weekday == "Monday"', "did you mean 'mon'?"),
        ('weekday == "周六"', "did you mean 'sat'?"),
        ('calendar.service == "opne"', "did you mean 'open'?"),
        ('language == "fr"', "known are en, zh"),
        ('medium in ["chat"]', "known are text, voice"),
        ('queue.orders.ready == "yes"', "compare it with a number, such as: queue.orders.ready > 0"),
        ("queue.orders.waiting >= 0", "compare it with a number, such as: queue.orders.waiting > 0"),
        ('queue.orders.wait > "long"', "compare it with a number, such as: queue.orders.wait > 0"),
        ("time > 18", 'write it like: time >= "18:30"'),
        ('"9:00" > time', 'write it like: time >= "18:30"'),
        ('contact.verified_by == "sms"', "known are chat, code, member, number"),
        ("contact.verified == no", "write: contact.verified, or: not contact.verified"),
        ("contact.known + 1 > 2", "compute with numbers only"),
        ('again == "order"', "did you mean 'orders'?"),
        ('mood == "god"', "did you mean 'good'?"),
        ("topic > 3", "compare with == or 'in [...]'"),
        ("tries == yes", "compare it with a number, such as: tries > 0"),
        ('order != "1234"', "compare it with as many digits, or with a number"),
        ("1 == 1 or contact.known", 'compare a value, such as: contact.level == "vip"'),
        ('call.dialled == "1001"', "did you mean '1000'?"),
        ('contact.language == "Chinese"', 'write it like: contact.language == "zh"'),
    ],
)
def test_what_can_never_be_is_told_with_its_mend(condition: str, mend: str) -> None:
    found = told(condition)
    assert [one.rpartition("; ")[2] for one in found] == [mend], found


@pytest.mark.parametrize(
    "condition",
    [
        'weekday in ["sat", "sun"] and not (time < "12:00") and date >= "2026-10-01"',
        'calendar.service != "open" or language == "zh" or medium == "text"',
        "queue.orders.ready > 0 and queue.orders.waiting + 1 <= 5 and queue.orders.wait >= 2 min",
        'queue.orders.wait == "" or queue.orders.wait is known or queue.orders.waiting == "3"',
        'contact.level == "vip" or contact.level > 5 or contact.language == "fr" or contact.known == "yes"',
        "contact.verified and contact.known and not contact.last_agent",
        'topic == "orders" and again != "" and mood != "bad" and tries > 3 and time < closing',
        'order > 600000 or order == "123456" or order * 2 > 5 or order is known or order',
    ],
)
def test_nothing_is_said_of_what_can_be(condition: str) -> None:
    assert told(condition) == []


def test_names_set_from_each_other_come_to_an_end() -> None:
    chain = "".join(f"  - set: {{a{n}: $(a{n + 1} + a{n + 1}), b{n}: $(b{n + 1})}}\n" for n in range(60))
    site = make(f"start:\n{chain}  - set: {{a60: $(a0), b60: $(b0)}}\n  - hangup\n")
    assert [one for one in ivr.checks.run(site, with_proofs=False) if one.code == "wrong_kind"] == []


def test_an_expression_is_shown_as_it_is_written() -> None:
    assert shown(parse('a in ["x", 1] and not b is known or -c > 2')) == "a in ['x', 1] and not b is known or -c > 2"


@pytest.mark.parametrize(
    ("condition", "column", "told"),
    [
        ('contact.level == "x" or contct.level == "x"', 24, "nobody sets 'contct.level'"),
        ('time > "10:00" and weekday == "Monday"', 19, "weekday == 'Monday' is never true"),
        ('weekday in ["sat", "Sunday"]', 19, "weekday == 'Sunday' is never true"),
        ('weekday == "sat" und x', 17, "'und' is not expected there"),
        ('weekday == "sat" or (time > "10:00"', 20, "')' is missing"),
        ('weekday == "sat" or weekday = "sun"', 28, "cannot read '= \"sun\"', comparing is written =="),
        ('weekday == "sat" or', 17, "something is missing at its end"),
    ],
)
def test_what_is_wrong_in_a_condition_is_told_inside_it(condition: str, column: int, told: str) -> None:
    begin = "  - branch:\n      - when: {}\n        go: bye\n  - goto: bye\nbye:\n  - hangup\n"
    for quoted, more in ((condition, 0), (f"'{condition.replace(chr(39), chr(39) * 2)}'", 1)):
        draft, found = read_draft(sources("start:\n" + begin.format(quoted)), {"moh/calm.wav": 2.0})
        assert draft is not None
        problems = ivr.checks.run(draft, found=found, with_proofs=False)
        assert [(one.line, one.column) for one in problems if told in one.text] == [(4, 15 + more + column)], problems


def test_what_is_wrong_in_a_condition_with_escapes_is_told_at_its_beginning() -> None:
    when = r'"weekday == \"Monday\""'
    text = f"start:\n  - branch:\n      - when: {when}\n        go: bye\n  - goto: bye\nbye:\n  - hangup\n"
    draft, found = read_draft(sources(text), {"moh/calm.wav": 2.0})
    assert draft is not None
    problems = ivr.checks.run(draft, found=found, with_proofs=False)
    assert [(one.line, one.column) for one in problems if "never true" in one.text] == [(4, 15)], problems
