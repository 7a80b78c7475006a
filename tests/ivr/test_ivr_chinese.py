"""Problems in Chinese: every sentence of every check and of the readers has one, and none outlives its English."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from ivr_sites import PROMPTS, SITE
from test_ivr_checks import DEFECTS, FAR_FLOW, GOOD_FLOW, TWO_QUEUES, hurried

import ivr
import ivr.checks
from ivr import read_site
from ivr.checks import CHECKS
from ivr.chinese import SLOT, both, half, in_chinese, problem_in
from ivr.chinese_faults import FAULTS
from ivr.problems import Problem

QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\$?\{[^}]*\}")
NOT_OURS = ("while ", "expected {}, but found {}", "mapping values are", "unacceptable character", "block ")  # PyYAML's
MADE_OF_PARTS = (
    "must be",
    "cannot be",
    "is empty, not",
    "is not written",
    "or less",
    "there is no site.yaml",
    "cannot read '",
    "', comparing is written",
)
DAEMON = ("eslapp/services/site_settings.py", "webhooks/channel_accounts.py")
ROOT = Path(ivr.__file__).parent
SOURCES = [path for path in ROOT.rglob("*.py") if path.name != "chinese_faults.py"]
SOURCES += [ROOT.parent / path for path in DAEMON]
BAD_FLOWS = [
    "start:\n  - sya: Hello\n",
    "start:\n  - say: {text: }\n",
    "start:\n  - menu: {prompt: A, keys: {1: odrers}, wait: 5}\n",
    "start:\n  - gather: {prompt: A, digits: 12-6}\n",
    "start:\n  - queue: {name: orders, after: {wait: 10}}\n",
    "start:\n  - hours: [1]\n",
    "start: 5\n",
    "start:\n  - say: {en: Hello., zh.text: 你好。}\n",
    "start:\n  - say: [a\n",
    "start:\n  - say: a\n  - say: b\nstart:\n  - hangup\n",
    "start:\n\t- say: a\n",
]


def is_told_in_chinese(text: str) -> bool:
    """Chinese outside of what the author wrote and of YAML to be typed."""
    return bool(re.search("[一-鿿]", QUOTED.sub("", in_chinese(text))))


@pytest.mark.parametrize("file", DEFECTS, ids=lambda file: file.name)
def test_every_seeded_defect_is_told_in_chinese(file: Path) -> None:
    text = file.read_text("utf-8")
    flow = TWO_QUEUES if file.name.startswith("unstaffed") else GOOD_FLOW
    flow = FAR_FLOW if file.name.startswith("far_human") else flow
    is_site = file.name.endswith(".site.yaml")
    files = {"site.yaml": text, "flows/main.yaml": flow} if is_site else {"site.yaml": SITE, "flows/main.yaml": text}
    site, problems = read_site(files, PROMPTS)
    found = problems if site is None else ivr.checks.run(hurried(site), date(2026, 11, 29))
    assert found
    assert [text for one in found for text in (one.text, one.mend) if not is_told_in_chinese(text)] == []


@pytest.mark.parametrize("flow", BAD_FLOWS)
def test_what_the_reader_refuses_is_told_in_chinese(flow: str) -> None:
    _, problems = read_site({"site.yaml": SITE, "flows/main.yaml": "flow: main\n" + flow}, PROMPTS)
    assert problems
    assert [text for one in problems for text in (one.text, one.mend) if not is_told_in_chinese(text)] == []


def test_every_check_has_its_sentences() -> None:
    assert [code for code, check in CHECKS.items() if not check.chinese] == []


def known() -> list[tuple[str, str]]:
    return [*FAULTS.items(), *(pair for check in CHECKS.values() for pair in check.chinese.items())]


def test_slots_are_the_same_in_both() -> None:
    assert [english for english, chinese in known() if len(SLOT.findall(english)) != len(SLOT.findall(chinese))] == []


def test_no_sentence_outlives_its_english() -> None:
    """The longest piece of each template still stands in the code."""
    code = re.sub(r"\s+", " ", " ".join(path.read_text("utf-8") for path in SOURCES)).replace('\\"', '"')
    code = code.replace('" "', "").replace('" f"', "")
    code += code.replace("{{", "{").replace("}}", "}")
    pieces = {english: max(SLOT.split(english)[::2], key=len).strip() for english in FAULTS}
    ours = {e: piece for e, piece in pieces.items() if not e.startswith(NOT_OURS)}
    assert [e for e, piece in ours.items() if piece not in code and not piece.startswith(MADE_OF_PARTS)] == []


def test_a_problem_in_one_language_and_in_both() -> None:
    one = Problem("flows/main.yaml", 7, 3, "unknown step 'sya'", "did you mean 'say'?")
    assert str(problem_in(one, "zh")) == "flows/main.yaml:7:3: 没有步骤 'sya'; 您是不是想写 'say'？"
    assert problem_in(one, "en") == one
    assert both(one) == f"{one} / 没有步骤 'sya'；您是不是想写 'say'？"
    assert (half(both(one), "en"), half(both(one), "zh")) == (str(one), str(problem_in(one, "zh")).replace("; ", "；"))
    unknown = Problem("site.yaml", 1, 1, "a sentence nobody knows", "another")
    assert problem_in(unknown, "zh") == unknown and both(unknown) == str(unknown)


@pytest.mark.parametrize(
    ("mend", "told"),
    [
        ("write {wait: ..., go: ...}", "请写 {wait: ..., go: ...}"),
        ("write position: every 30 s", "请写 position: every 30 s"),
        ("write - goto: main", "请写 - goto: main"),
    ],
)
def test_what_is_to_be_written_keeps_its_colons(mend: str, told: str) -> None:
    """A full-width colon would be no YAML."""
    assert in_chinese(mend) == told
