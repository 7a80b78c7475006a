"""A site with several mistakes: each is told in one go, and nothing that only follows from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr import read_site
from ivr.checks import check_folder, run
from ivr.loader import read_draft
from ivr.problems import Problem

SITE = """site: Lake Clinic
languages: [en, zh]
timezone: Asia/Shanghai
numbers: {"4000": main, "4001": other}
channels: {web: {type: webchat, flow: main}}
calendars: {desk: {open: {mon-fri: [08:30-12:00]}}}
skills: [booking]
queues:
  booking: {skills: {booking: 1}}
agents:
  "2001": {name: Li, skills: {booking: 3}, languages: [en, zh]}
"""
MAIN = """flow: main
start:
  - hours: desk
    closed: closed
  - menu:
      prompt: {en: Press 1 or 2., zh: 请按1或2。}
      keys: {1: booking, 2: person}
      otherwise: person
booking:
  - gather: {as: day, prompt: {en: Which day?, zh: 哪一天？}, digits: 2, otherwise: person}
  - say: {en: On day $(day)., zh: 第$(day)天。}
  - goto: person
person:
  - queue: {name: booking, otherwise: closed}
closed:
  - hangup: {say: {en: Goodbye., zh: 再见。}}
"""
OTHER = "flow: other\nstart:\n  - queue: {name: booking, otherwise: [hangup: {say: {en: Bye., zh: 再见。}}]}\n"
FILES = {"site.yaml": SITE, "flows/main.yaml": MAIN, "flows/other.yaml": OTHER}


def told(*changes: tuple[str, str, str], files: dict[str, str] = FILES) -> list[str]:
    """What is found after each change ``(file, old, new)``: ``file:line: problem``."""
    changed: dict[str, str | bytes] = dict(files)
    for file, old, new in changes:
        text = changed[file]
        assert isinstance(text, str) and old in text, old
        changed[file] = text.replace(old, new, 1)
    return [short(problem) for problem in _found(changed)]


def short(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}: {problem.text}"


def _found(files: dict[str, str | bytes]) -> list[Problem]:
    draft, problems = read_draft(files)
    return problems if draft is None else run(draft, found=problems)


def test_the_good_site_has_no_problem() -> None:
    assert told() == []


def test_mistakes_of_every_kind_and_file_come_together() -> None:
    assert told(
        ("site.yaml", "timezone: Asia/Shanghai", "timezone: Asia/Shanghi"),
        ("site.yaml", "booking: {skills: {booking: 1}}", "booking: {skills: {booking: 1}, music: moh/none.wav}"),
        ("flows/main.yaml", "hours: desk", "hours: dask"),
        ("flows/main.yaml", "digits: 2, ", "digitz: 2, "),
        ("flows/main.yaml", "{en: Goodbye., zh: 再见。}", "{en: Goodbye.}"),
        ("flows/other.yaml", "name: booking, ", "name: booking "),
    ) == [
        "flows/main.yaml:3: there is no calendar 'dask'",
        "flows/main.yaml:10: unknown key 'digitz' in gather",
        "flows/main.yaml:16: the text of hangup is missing in zh",
        "flows/other.yaml:3: a colon stands inside a text, or a comma is missing before the name",
        "site.yaml:3: 'Asia/Shanghi' is not a timezone",
        "site.yaml:9: there is no file 'moh/none.wav' in prompts",
    ]


def test_two_mistakes_of_grammar_in_one_file_are_both_told() -> None:
    assert told(
        ("flows/main.yaml", "hours: desk\n", "hours: [desk\n"),
        ("flows/main.yaml", "otherwise: closed}", "otherwise: closed"),
        ("flows/main.yaml", "goto: person\n", "goto: pirson\n"),
    ) == [
        "flows/main.yaml:3: the bracket '[' is not closed",
        "flows/main.yaml:12: there is no section 'pirson'",
        "flows/main.yaml:14: the bracket '{' is not closed",
    ]


ONE = [
    ("site.yaml", '"4001": other', '"4001": othr', "site.yaml:4: there is no flow 'othr'"),
    ("site.yaml", "queues:\n", "quees:\n", "site.yaml:8: unknown key 'quees' in site.yaml"),
    ("site.yaml", "queues:\n  booking:", "queues:\n  booking", "site.yaml:9: "),
    ("site.yaml", "languages: [en, zh]\n", "languages: [en, zh\n", "site.yaml:2: the bracket '[' is not closed"),
    ("site.yaml", "timezone: Asia", "timezome: Asia", "site.yaml:3: unknown key 'timezome' in site.yaml"),
    ("site.yaml", "type: webchat, flow: main", "type: webchat, flwo: main", "site.yaml:5: unknown key 'flwo'"),
    ("site.yaml", "name: Li", "nmae: Li", "site.yaml:11: unknown key 'nmae' in site.yaml"),
    ("flows/main.yaml", "keys: {1: booking", "keys: {1: boking", "flows/main.yaml:7: there is no section 'boking'"),
    ("flows/main.yaml", "as: day, ", "as: dya, ", "flows/main.yaml:11: nobody sets 'day'"),
    ("flows/main.yaml", "- gather:", "- gathr:", "flows/main.yaml:10: unknown step 'gathr'"),
    ("flows/main.yaml", "otherwise: person\nb", "otherwize: person\nb", "flows/main.yaml:8: unknown key 'otherwize'"),
    ("flows/main.yaml", "person:\n", "person\n", "flows/main.yaml:13: a colon is missing after 'person'"),
    ("flows/main.yaml", "  - goto: person", "\t- goto: person", "flows/main.yaml:12: a tab stands here"),
    ("flows/main.yaml", "closed: closed", "cloused: closed", "flows/main.yaml:4: unknown key 'cloused' in hours"),
    (
        "flows/main.yaml",
        "booking:\n  -",
        "booking: later\nold:\n  -",
        "flows/main.yaml:9: the section 'booking'",
    ),
    ("flows/main.yaml", "- say: {en: On", "- say：{en: On", "flows/main.yaml:11: a full-width colon stands"),
    ("flows/main.yaml", "Which day?", "Which \x00day?", "flows/main.yaml:10: the character #x0000 cannot be seen"),
    ("flows/main.yaml", "  - goto: person", "  -goto: person", "flows/main.yaml:12: a space is missing after the dash"),
]


@pytest.mark.parametrize(("file", "old", "new", "beginning"), ONE, ids=[f"{one[0]}-{one[2][:12]!r}" for one in ONE])
def test_one_mistake_is_one_problem(file: str, old: str, new: str, beginning: str) -> None:
    found = told((file, old, new))
    assert len(found) == 1 and found[0].startswith(beginning), found


def test_a_file_that_cannot_be_read_at_all_hides_only_itself() -> None:
    files: dict[str, str | bytes] = {**FILES, "flows/other.yaml": OTHER.encode("gb18030")}
    files["site.yaml"] = SITE.replace("[08:30-12:00]", "[08:30-25:00]")
    assert [short(problem) for problem in _found(files)] == [
        "flows/other.yaml:3: line 3 is not UTF-8, but GBK",
        "site.yaml:6: '08:30-25:00' is not a time span",
    ]


def test_what_stands_inside_a_wrong_step_is_looked_at_too() -> None:
    steps = "- hours: desk\n    closed: [sya: hello]\n    closd: closed\n"
    found = told(("flows/main.yaml", "- hours: desk\n    closed: closed\n", steps))
    assert found == [
        "flows/main.yaml:4: unknown step 'sya'",
        "flows/main.yaml:5: unknown key 'closd' in hours",
    ]


def test_files_of_a_folder_that_are_no_files(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    flows = tmp_path / "flows"
    (flows / "other.yaml").rename(flows / "other.yml")
    (flows / "old.yaml").mkdir()
    (flows / "gone.yaml").symlink_to("nowhere")
    (flows / ".#main.yaml").symlink_to("somebody@host.1")
    (flows / "main.yaml~").write_text("{{{", "utf-8")
    assert [short(problem) for problem in check_folder(str(tmp_path))] == [
        "flows/gone.yaml:1: the link points to nothing",
        "flows/old.yaml:1: this is a folder, not a file",
        "flows/other.yml:1: the name does not end with .yaml, and the file is not read",
    ]


def test_a_draft_never_comes_into_force() -> None:
    site, problems = read_site({**FILES, "flows/other.yaml": "flow: other\nstart:\n  - sya: hi\n"})
    assert site is None and problems
    draft, _ = read_draft({**FILES, "flows/other.yaml": "flow: other\nstart:\n  - sya: hi\n"})
    assert draft is not None and draft.unread


TWO_IN_ONE = """start:
  - menu:
      prompt: {en: Hi, zh: 你
      # a comment
      keys: {1: end, 2: end}
      words: {end: [b, c}
      tries: @3
      otherwise: end
end:
  - hangup
"""


def test_two_mistakes_of_grammar_in_one_step_are_both_told() -> None:
    _, problems = read_draft({"site.yaml": SITE, "flows/main.yaml": TWO_IN_ONE})
    mine = [(one.line, one.column, one.code) for one in problems if one.file == "flows/main.yaml"]
    assert mine == [(3, 15, "yaml"), (6, 20, "yaml"), (7, 14, "yaml")], problems


def test_what_runs_over_the_entries_of_a_step_is_told_once() -> None:
    flow = 'start:\n  - menu:\n      prompt: Press "1\n      keys: {1: [end\n      , end}\nend:\n  - hangup\n'
    _, problems = read_draft({"site.yaml": SITE, "flows/main.yaml": flow})
    assert len([one for one in problems if one.code == "yaml"]) == 1, problems


def test_an_entry_that_cannot_be_read_hides_no_misspelt_name_of_another() -> None:
    assert told(
        ("site.yaml", "booking: {skills: {booking: 1}}", "booking: {skills: {booking: 1}"),
        ("site.yaml", "skills: {booking: 3}", "skills: {bookng: 3}"),
        ("flows/other.yaml", "name: booking, ", "name: bokking, "),
    ) == [
        "flows/other.yaml:3: there is no queue 'bokking'",
        "site.yaml:9: the bracket '{' is not closed",
        "site.yaml:11: there is no skill 'bookng'",
    ]


def test_a_misspelt_skill_of_an_agent_hides_no_other_queue_without_staff() -> None:
    assert told(
        ("site.yaml", "skills: [booking]", "skills: [booking, rare]"),
        (
            "site.yaml",
            "  booking: {skills: {booking: 1}}",
            "  booking: {skills: {booking: 1}}\n  far: {skills: {rare: 1}}",
        ),
        ("site.yaml", "skills: {booking: 3}", "skills: {bookng: 3}"),
        ("flows/main.yaml", "name: booking, ", "name: far, "),
    ) == [
        "site.yaml:10: no agent can take the calls and chats of queue 'far'",
        "site.yaml:12: there is no skill 'bookng'",
    ]


def test_a_word_that_is_read_nowhere_is_no_suggestion() -> None:
    found = _found(
        {**FILES, "flows/main.yaml": MAIN.replace("digits: 2, ", "digits: [2, ").replace("第$(day)", "第$(dya)")}
    )
    assert [(one.line, one.mend) for one in found if "dya" in one.text] == [
        (11, "known are date, language, medium, time, weekday")
    ]


def test_what_closes_a_circle_is_told_there_with_its_mend() -> None:
    text = MAIN.replace("otherwise: closed}", "no_agents: person, otherwise: closed}")
    assert [str(one) for one in _found({**FILES, "flows/main.yaml": text})] == [
        "flows/main.yaml:14:39: who does nothing goes in a circle: 'no_agents' of 'queue' leads back to 'person'; "
        "lead 'no_agents' to a person, to a section further down, or to hangup"
    ]


def test_languages_of_an_article_are_told_at_its_keys() -> None:
    article = "question: {en: Hi, fr: Salut}\nanswer:\n  zh: 好\n"
    assert [short(one) for one in _found({**FILES, "articles/hello.yaml": article})] == [
        "articles/hello.yaml:1: the question of article hello is missing in zh",
        "articles/hello.yaml:1: 'fr' is not a language of this site",
        "articles/hello.yaml:3: the answer of article hello is missing in en",
    ]


def test_what_is_right_in_a_step_with_a_mistake_is_looked_at_too() -> None:
    text = MAIN.replace("{name: booking, otherwise: closed}", "{name: bokking, priority: 12, otherwise: closed}")
    text = text.replace("hours: desk\n    closed: closed", "hours: dsk\n    closed: closed\n    fials: closed")
    assert [short(one) for one in _found({**FILES, "flows/main.yaml": text})] == [
        "flows/main.yaml:3: there is no calendar 'dsk'",
        "flows/main.yaml:5: unknown key 'fials' in hours",
        "flows/main.yaml:15: there is no queue 'bokking'",
        "flows/main.yaml:15: 'priority' must be at most 9, not 12",
    ]


def test_an_article_with_a_mistake_hides_no_misspelt_article() -> None:
    faq = "  - faq: {prompt: {en: Press 1., zh: 请按1。}, keys: {1: helo}, agent: person, solved: closed"
    faq += ", otherwise: person}\n"
    text = MAIN.replace("  - goto: person\n", faq)
    article = "qestion: {en: Hi, zh: 好}\nanswer: {en: Hi, zh: 好}\n"
    assert [short(one) for one in _found({**FILES, "flows/main.yaml": text, "articles/hello.yaml": article})] == [
        "articles/hello.yaml:1: unknown key 'qestion' in the article",
        "flows/main.yaml:12: there is no article 'helo'",
    ]


def test_a_queue_without_staff_is_told_where_its_step_cannot_be_read() -> None:
    assert (
        told(
            ("site.yaml", "booking: {skills: {booking: 1}}", "booking: {skills: {booking: 5}}"),
            ("flows/main.yaml", "{name: booking, otherwise", "{name: booking, otherwize"),
            ("flows/other.yaml", "{name: booking, otherwise", "{name: booking, otherwize"),
        )[-1]
        == "site.yaml:9: no agent can take the calls and chats of queue 'booking'"
    )


@pytest.mark.parametrize("name", ["report.ftch", "reprot.fetch", "reprot"])
@pytest.mark.parametrize("verb", ["call", "goto"])
def test_a_misspelt_way_into_another_flow_is_told_once(verb: str, name: str) -> None:
    step = f"call: {{flow: {name}, save: {{day: state}}}}" if verb == "call" else f"goto: {name}"
    after = "  - say: {zh: 第$(day)天。, en: Day $(day).}\n  - hangup\n" if verb == "call" else ""
    main = f"start:\n  - {step}\n{after}"
    report = "fetch:\n  - set: {state: 1}\n  - return\n" if verb == "call" else "fetch:\n  - hangup\n"
    (problem,) = _found({**FILES, "flows/main.yaml": main, "flows/report.yaml": report})
    meant = "report" if name == "reprot" else "report.fetch"
    assert f"there is no section {name!r}; did you mean {meant!r}?" in str(problem)


@pytest.mark.parametrize(
    ("report", "line"),
    [("fetch:\n  - sett: {state: 1}\n  - return\n", 2), ("flow: report\nfetch\n  - set: {state: 1}\n  - return\n", 2)],
)
def test_what_an_unreadable_subflow_may_give_back_is_not_missed(report: str, line: int) -> None:
    main = (
        "start:\n  - call: {flow: report, save: {state: state}}\n  - say: {zh: $(state)。, en: $(state).}\n  - hangup\n"
    )
    found = _found({**FILES, "flows/main.yaml": main, "flows/report.yaml": report})
    assert [(one.file, one.line) for one in found] == [("flows/report.yaml", line)], found
