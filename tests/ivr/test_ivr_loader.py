"""The loader: every problem of every file at once, each at its place with a mend."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ivr_sites import DEMO, SITE, complaints, make, sources

from ivr import checks, load_site, read_site
from ivr.loader import read_draft

BROKEN = """
start:
  - sya: {zh: 你好, en: Hello}
  - menu:
      promt: Choose
      keys: {1: start, x: start, 2: 7-up}
      tries: many
      wait: 5
      confirm: yes
  - gather: {as: Order, prompt: P, digits: 12-6, ends: x}
  - queue: {name: orders, priority: 99, musik: a.wav}
  - branch: [{when: a = 1, go: start}]
  - set: {A: 1, b: "$(c"}
  - say: {eng: Hi, english: Hello}
  - say: $(a|shout)
  - hangup: now
  - say: Hi
    play: moh/calm.wav
  - [say, Hi]
  - hours: service
  - goto
again:
  - hangup
empty: []
text: hello
"""

EXPECTED = """
flows/main.yaml:4:5: unknown step 'sya'; did you mean 'say'?
flows/main.yaml:6:7: unknown key 'promt' in menu; did you mean 'prompt'?
flows/main.yaml:7:24: 'x' cannot be keys of a telephone; use 0-9, "*" and "#"
flows/main.yaml:7:37: '7-up' is not a way out; name a section, or write a list of steps beginning with '- '
flows/main.yaml:8:14: 'tries' must be a whole number, not 'many'; write a number such as 3
flows/main.yaml:9:13: 5 is not a duration; write it with a unit: 5 s, 2 min, 1 h
flows/main.yaml:10:7: unknown key 'confirm' in menu;
flows/main.yaml:11:18: 'Order' cannot be the name of a value; use small letters, digits and _, beginning with a letter
flows/main.yaml:11:44: '12-6' is not a number of digits; from 1 to 40, the smaller first
flows/main.yaml:11:56: 'ends' cannot be 'x'; write '#', '*' or ''
flows/main.yaml:12:37: 'priority' must be at most 9, not 99; write 9 or less
flows/main.yaml:12:41: unknown key 'musik' in queue; did you mean 'music'?
flows/main.yaml:13:23: cannot read the condition 'a = 1': cannot read '= 1', comparing is written ==;
flows/main.yaml:14:11: 'A' cannot be the name of a value;
flows/main.yaml:14:21: cannot read '$(c': the bracket of $( is not closed; insert values as $(name)
flows/main.yaml:15:20: 'english' cannot be a language;
flows/main.yaml:16:10: cannot read '$(a|shout)': unknown filter 'shout', known are digits, number, last4, word, ordinal,
flows/main.yaml:17:13: 'hangup' cannot be 'now';
flows/main.yaml:19:5: 'play' is a second step in the same entry; begin a new line '- play: ...'
flows/main.yaml:20:5: [say, Hi] is not a step; write steps as '- verb: words', such as '- say: Hello'
flows/main.yaml:21:5: hours needs 'closed'; add 'closed: ...'
flows/main.yaml:22:5: goto needs 'to'; add 'to: ...'
flows/main.yaml:23:1: 'again' cannot name a section;
flows/main.yaml:25:1: the section 'empty' is empty;
flows/main.yaml:26:7: the section 'text' is not a list of steps;
"""


def test_every_problem_at_once_each_at_its_place() -> None:
    found = complaints(BROKEN)
    expected = EXPECTED.strip().splitlines()
    assert len(found) == len(expected), "\n".join(found)
    for problem, beginning in zip(found, expected, strict=True):
        assert problem.startswith(beginning), f"\n{problem}\n{beginning}"
        assert re.match(r"^[\w/.]+:\d+:\d+: [^;].*; .+", problem)


def test_problems_of_site_yaml() -> None:
    site = """
site: T
languages: [zh, en, english]
timezone: Asia/Shangai
numbers: {"10a": main}
calendars:
  a: {open: {mon-fry: [9-18], tue: [18:00-18:00], wed: 09:00-12:00, mon-wed: 10:00-11:00}, holidays: CHN}
  b: {open: {daily: 09:00-25:00}, except: {2026-13-01: closed}}
queues:
  orders: {skills: {orders: 11}, target: fast, ring: 20, announce: {position: 5 s}, music: ../x.wav, limt: 3}
agents:
  "1001": {name: One, capacity: {voice: 2}}
phone: 1
"""
    found = complaints("start:\n  - hangup\n", site)
    for part in (
        "site.yaml:3:21: 'english' cannot be a language",
        "site.yaml:4:11: 'Asia/Shangai' is not a timezone; did you mean 'Asia/Shanghai'?",
        "site.yaml:5:11: '10a' is not written rightly",
        "site.yaml:7:14: 'mon-fry' is not a day",
        "site.yaml:7:24: '9-18' is not a time span; write it like 09:00-18:00",
        "site.yaml:7:37: '18:00-18:00' is not a time span",
        "site.yaml:7:102: no holidays are known for 'CHN'",
        "site.yaml:8:21: '09:00-25:00' is not a time span",
        "site.yaml:8:44: '2026-13-01' is not a date",
        "site.yaml:10:29: 'orders' must be at most 10, not 11",
        "site.yaml:10:42: 'fast' is not a target; write it like: 80 % in 20 s",
        "site.yaml:10:54: 20 is not a duration",
        "site.yaml:10:79: '5 s' does not say how often",
        "site.yaml:10:92: '../x.wav' cannot be a prompt file",
        "site.yaml:10:102: unknown key 'limt' in site.yaml; did you mean 'limit'?",
        "site.yaml:12:41: 'voice'",
        "site.yaml:13:1: unknown key 'phone' in site.yaml;",
    ):
        assert any(problem.startswith(part) for problem in found), f"{part}\n" + "\n".join(found)
    assert len(found) == 17, "\n".join(found)


def test_two_lines_for_one_day_are_refused() -> None:
    site = SITE.replace("sat: [10:00-16:00]}", '"sat,mon": [10:00-16:00]}')
    assert "mon has hours in two lines" in complaints("start:\n  - hangup\n", site)[0]


def test_problems_of_all_files_come_together() -> None:
    files = sources("start:\n  - sya: x\n", SITE.replace("languages: [zh, en]\n", "languages: zh\n", 1))
    files["flows/other.yaml"] = "flow: another\na:\n  - hangup\n"
    files["flows/third.yaml"] = "flow: third\n"
    files["flows/fourth.yaml"] = "- say: x\n"
    files["flows/fifth.yaml"] = "flow: fifth\na: {b: : }\n"
    site, problems = read_site(files)
    assert site is None
    assert [(problem.file, problem.line) for problem in problems] == [
        ("flows/fifth.yaml", 2),
        ("flows/fourth.yaml", 1),
        ("flows/main.yaml", 3),
        ("flows/other.yaml", 1),
        ("flows/third.yaml", 1),
        ("site.yaml", 3),
    ]


def test_a_label_for_nothing_is_found() -> None:
    text = "start:\n  - menu: {prompt: P, keys: {1: start}, labels: {2: Two, stat: X}, otherwise: start}\n"
    found = complaints(text)
    assert found[0].startswith("flows/main.yaml:3:50: '2' is neither a key nor a way of this menu")
    assert "did you mean 'start'?" in found[1]


def test_a_wait_that_the_switch_would_refuse_is_refused_before() -> None:
    found = complaints("start:\n  - menu: {prompt: P, keys: {1: start}, wait: 10 min, otherwise: start}\n")
    assert found == ["flows/main.yaml:3:47: 'wait' must be at most 2 min, not '10 min'; write 2 min or less"]


def test_a_step_without_its_colon_is_told_so() -> None:
    found = complaints("start:\n  - hangup {say: Bye}\n  - queue orders\n")
    assert found == [
        "flows/main.yaml:3:5: a colon is missing after 'hangup'; write '- hangup: ...'",
        "flows/main.yaml:4:5: a colon is missing after 'queue'; write '- queue: ...'",
    ]


def test_short_and_long_forms_are_the_same() -> None:
    def shape(text: str) -> object:
        return [step.model_dump() for _, _, step in make(text).flows["main"].steps()]

    pairs = [
        ("queue: orders", "queue: {name: orders}"),
        ("queue: orders\n    priority: 3", "queue: {name: orders, priority: 3}"),
        ("say: Hi", 'say: {text: {"*": Hi}}'),
        ("say: {zh: 好, en: Hi, on: voice}", "say:\n      text: {zh: 好, en: Hi}\n    on: voice"),
        ("hangup", "hangup: {}"),
        ("hangup: busy", "hangup: {cause: busy}"),
        ("set: {a: 1}", "set: {values: {a: 1}}"),
        ("language: {1: zh}", "language: {keys: {1: zh}}"),
    ]
    for short, long in pairs:
        assert shape(f"start:\n  - {short}\n") == shape(f"start:\n  - {long}\n"), short


def test_an_alias_serves_a_text_twice() -> None:
    site = make("start:\n  - say: &hello {zh: 你好, en: Hello}\n  - say: *hello\n  - hangup\n")
    first, second = (step for step in site.blocks["main.start"].steps[:2])
    assert first.model_dump() == second.model_dump()


def test_the_revision_changes_with_any_byte() -> None:
    assert make("start:\n  - hangup\n").revision != make("start:\n  - hangup \n").revision
    assert make("start:\n  - hangup\n").revision == make("start:\n  - hangup\n").revision


def test_folders_that_are_no_sites(tmp_path: Path) -> None:
    assert "there is no site.yaml" in str(load_site(tmp_path)[1][0])
    assert "there is no site.yaml" in str(load_site(tmp_path / "nowhere")[1][0])
    (tmp_path / "site.yaml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-16" in str(load_site(tmp_path)[1][0])


def test_the_folder_is_read_with_its_prompts(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "prompts" / "moh").mkdir(parents=True)
    (tmp_path / "prompts" / "moh" / "a.wav").write_bytes(b"")
    (tmp_path / "site.yaml").write_text("site: T\nlanguages: [zh]\ntimezone: UTC\n", "utf-8")
    (tmp_path / "flows" / "main.yaml").write_text("flow: main\na:\n  - hangup\n", "utf-8")
    site, problems = load_site(tmp_path)
    assert site is not None and not problems
    assert site.prompt_files == {"moh/a.wav"}
    assert list(site.flows) == ["main"]


DEMO_FILES = {name: (DEMO / name).read_text("utf-8") for name in ("site.yaml", "flows/main.yaml", "flows/night.yaml")}


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_damaged_site_gives_problems_or_a_site_and_never_raises(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(DEMO_FILES)))
    text = DEMO_FILES[name]
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 12))
    junk = data.draw(st.text(alphabet="abz019 :-{}[],\"'*#&\n\t$(|)好", max_size=6))
    site, problems = read_site({**DEMO_FILES, name: text[:at] + junk + text[at + length :]})
    assert (site is None) == bool(problems)
    if site is not None:
        from ivr import checks

        checks.run(site)


@pytest.mark.parametrize("value", ["null", "[]", "5", "x", "{}", "{a: {b: {c: d}}}", '""'])
def test_any_value_anywhere_is_answered(value: str) -> None:
    from ivr.steps import STEPS

    for verb in STEPS:
        for text in (f"start:\n  - {verb}: {value}\n", f"start:\n  - {verb}: {{on: {value}, fails: {value}}}\n"):
            site, problems = read_site(sources(text))
            assert (site is None) == bool(problems)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("- say: Order $(order and $(level", ["$(order and"]),
        ("- say: {zh: $(contact.number)号, en: No. $(contact.number) of $(level +)}", ["$(level +)"]),
        ('- say: "a $(contact.number), $(levle)"', ["$(levle)"]),
        ("- say: 'it''s $(levle)'", ["$(levle)"]),
        ("- set: {a: 1, b: $(a) $(levle + 1)}", ["$(levle + 1)"]),
        ("- say: |\n      Number $(contact.number)\n      is $(levle), and $(call.nr |)", ["$(call.nr |)"]),
        ("- say: >-\n      Number $(contact.number)\n      is $(levle)", ["$(levle)"]),
        ("- say: Number\n      $(contact.number) is\n      $(levle)", ["$(levle)"]),
        ("- say: &text Now $(levle)\n  - say: *text", ["$(levle)", "*text"]),
        ("- lookup: {url: https://shop.example/$(contact.number)/$(order and), fails: end}", ["$(order and)"]),
        ("- branch: [{when: levle > 3, go: end}]", ["levle > 3"]),
        ("- say: {en: $(levle)", ["$(levle)"]),
    ],
)
def test_what_is_wrong_inside_a_text_is_told_where_it_stands(step: str, told: list[str]) -> None:
    flow = f"flow: main\nstart:\n  {step}\nend:\n  - hangup\n"
    if step.count("{") != step.count("}"):  # next to a mistake of grammar
        flow = f"flow: main\nstart:\n  {step}}}\nend:\n  - say: {{en: Bye\n  - hangup\n"
    site, problems = read_draft({"site.yaml": SITE, "flows/main.yaml": flow})
    assert site is not None
    found = [one for one in checks.run(site, found=problems) if one.code in ("value", "unknown_value")]
    lines = flow.splitlines()
    assert len(found) == len(told), found
    for one, words in zip(found, told, strict=True):
        assert lines[one.line - 1][one.column - 1 :].startswith(words), str(one)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("languages: [zh, en]\n", "languages: [zh, zh]\n", "3:17: 'zh' is here twice; keep one of them"),
        ("languages: [zh, en]\n", "languages: [zh, en, zh]\n", "3:21: 'zh' is here twice; keep one of them"),
        ("skills: [", "skills: [orders, orders, ", "'orders' is here twice; keep one of them"),
    ],
)
def test_a_name_that_stands_twice_in_a_list_is_told_there_and_nothing_else(old: str, new: str, told: str) -> None:
    assert old in SITE
    site = SITE.replace(old, new, 1)
    files = sources("start:\n  - say: {zh: 好, en: Good}\n  - hangup\n", site)
    draft, found = read_draft(files, {"moh/calm.wav": 2.0})
    assert draft is not None
    problems = [one for one in checks.run(draft, found=found) if one.severity == "error"]
    assert [told in str(one) for one in problems] == [True], problems


FORMS = [
    (
        "start:\n  - queue: {name: orders, after: 10 min}\n",
        "3:34: 'after' must be a mapping, not '10 min'; write {wait: ..., go: ...}",
    ),
    (
        "start:\n  - hours: workshop\n    closed: [bye]\nbye:\n  - hangup\n",
        "4:14: unknown step 'bye'; write 'goto: bye'",
    ),
]


FORMS += [
    ("start:\n  - say: Hi ${contact.name}\n  - hangup\n", "3:13: '${contact.name}' would be said as it stands; insert"),
    ("start:\n  - set: {a: '{{ order }}'}\n  - hangup\n", "insert values as $(order)"),
    ("start:\n  - set: topic = a\n  - hangup\n", "3:10: 'set' must be a mapping, not 'topic = a'"),
    ("start:\n  - survey:\n  - hangup\n", "3:5: survey needs 'name'; add 'name: ...'"),
]


@pytest.mark.parametrize(("flow", "told"), FORMS)
def test_a_wrong_form_is_told_with_the_right_one(flow: str, told: str) -> None:
    assert [one for one in complaints(flow) if told in one], complaints(flow)


def test_a_chinese_city_has_the_hour_of_shanghai() -> None:
    for city in ("Asia/Beijing", "Beijing", "Asia/Shenzhen"):
        _, problems = read_site(sources("start:\n  - hangup\n", SITE.replace("Asia/Shanghai", city)))
        assert [one.mend for one in problems if "timezone" in one.text] == ["did you mean 'Asia/Shanghai'?"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("$(a | date)", "$(a | dat)", "unknown filter 'dat' (did you mean 'date'?); insert values as $(name)"),
        ('a == "x"', 'a = "x"', 'write it like: a == "x"'),
        ('a == "x"', 'contact.level = "vip" and a=1', 'write it like: contact.level == "vip" and a == 1'),
        ('a == "x"', "a =", 'write it like: level == "vip"'),
    ],
)
def test_mistakes_in_values_are_mended_with_their_own_names(old: str, new: str, told: str) -> None:
    flow = """
start:
  - branch: [{when: 'a == "x"', go: bye}]
  - say: {zh: $(a | date), en: $(a | date)}
bye:
  - hangup: {say: {zh: 再见, en: Bye}}
"""
    assert old in flow
    assert any(told in one for one in complaints(flow.replace(old, new)))
