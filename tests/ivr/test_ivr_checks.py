"""Every check finds its seeded defects at their lines, and nothing on good sites."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from ivr_sites import DEMO, PROMPTS, SITE

import ivr.checks
from ivr import Site, load_site, read_site
from ivr.catalog import all_speech, speech_file
from ivr.checks import CHECKS
from ivr.site_files import test_sources as sources_of_tests
from ivr.trial import run_tests

SLOW = pytest.mark.slow
TODAY = date(2026, 11, 29)
FAR_FLOW = (
    "flow: main\nstart:\n  - say: {zh: 您好，欢迎致电，请稍候。, en: Hello and welcome to us.}\n  - queue: orders\n"
)
DEFECTS = sorted((Path(__file__).parent / "defects").glob("*.yaml"))
SEED = re.compile(r"# <- ([a-z_]+)$")
GOOD_FLOW = "flow: main\nstart:\n  - queue: {name: orders, otherwise: [goto: end]}\nend:\n  - hangup\n"
TWO_QUEUES = "flow: main\nstart:\n  - queue: orders\n  - queue: chats\n"


def seeded(text: str) -> list[tuple[int, str]]:
    """``(line, code)`` of every marked line."""
    lines = enumerate(text.splitlines(), start=1)
    return [(number, match[1]) for number, line in lines if (match := SEED.search(line))]


def hurried(site: Site) -> Site:
    """The site with renderings of two seconds for what is spoken quickly."""
    fast = {speech_file(site, one): 2.0 for one in all_speech(site) if "quickly" in one.text}
    return replace(site, prompt_seconds=fast)


@pytest.mark.parametrize("file", DEFECTS, ids=lambda file: file.name)
def test_each_seeded_defect_is_found_at_its_line(file: Path) -> None:
    text = file.read_text("utf-8")
    is_site = file.name.endswith(".site.yaml")
    flow = TWO_QUEUES if file.name.startswith("unstaffed") else GOOD_FLOW
    flow = FAR_FLOW if file.name.startswith("far_human") else flow
    if is_site and "orders:" not in text:
        flow = "flow: main\nstart:\n  - hangup\n"
    site, problems = read_site({"site.yaml": text, "flows/main.yaml": flow} if is_site else
                               {"site.yaml": SITE, "flows/main.yaml": text}, PROMPTS)  # fmt: skip
    assert site is not None, [str(problem) for problem in problems]
    code = file.name.split(".")[0]
    where = "site.yaml" if is_site else "flows/main.yaml"
    found = ivr.checks.run(hurried(site), TODAY)
    told = "\n".join(map(str, found))
    expected = seeded(text)
    assert expected and {name for _, name in expected} == {code}
    mine = sorted({(problem.line, problem.code) for problem in found if problem.file == where and problem.code == code})
    assert mine == expected, told
    assert all(re.match(r"^[^;]+; .+", problem.text + "; " + problem.mend) for problem in found)


def test_every_check_has_a_seeded_defect_and_an_explanation() -> None:
    assert {file.name.split(".")[0] for file in DEFECTS} == set(CHECKS)
    files = {file.stem for file in Path(ivr.checks.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(CHECKS)
    assert all((check.__doc__ or "").strip() for check in CHECKS.values())


@pytest.mark.parametrize("name", ["demo", *(pytest.param(one, marks=SLOW) for one in ("shop", "bank", "appliances"))])
def test_the_sites_that_come_with_the_product_have_no_problems(name: str) -> None:
    folder = DEMO.parent / name
    assert [str(problem) for problem in ivr.checks.check_folder(str(folder), TODAY)] == []
    site, _ = load_site(folder)
    assert site is not None
    count, failed = run_tests(site, sources_of_tests(folder))
    assert ([str(problem) for problem in failed], count >= 5) == ([], True)
    assert set(site.languages) == {"zh", "en"} and site.numbers and site.channels


def test_a_folder_that_cannot_be_read_shows_the_loaders_problems(tmp_path: Path) -> None:
    assert "there is no site.yaml" in str(ivr.checks.check_folder(str(tmp_path))[0])


def test_misspelt_names_get_the_right_one() -> None:
    flow = "flow: main\nstart:\n  - queue: oders\n"
    site, _ = read_site({"site.yaml": SITE, "flows/main.yaml": flow})
    assert site is not None
    told = [str(problem) for problem in ivr.checks.run(site) if problem.code == "unknown_queue"]
    assert told == ["flows/main.yaml:3:12: there is no queue 'oders'; did you mean 'orders'?"]


def test_a_subflow_without_its_return_is_told_so() -> None:
    flow = (
        "flow: main\nstart:\n  - call: greet\n  - queue: orders\n"
        "greet:\n  - say: {zh: 好, en: Hi}\n  - goto: more\nmore:\n  - say: {zh: 好, en: Hi}\n"
    )
    site, _ = read_site({"site.yaml": SITE, "flows/main.yaml": flow})
    assert site is not None
    told = [str(problem) for problem in ivr.checks.run(site) if problem.code == "dead_end"]
    assert told == [
        "flows/main.yaml:9:5: after 'say' the subflow runs out of steps; add 'return' after it, to go back to the call"
    ]


def test_four_hundred_steps_are_checked_together() -> None:
    sections = "".join(
        f"s{n}:\n  - say: {{zh: 好, en: Good}}\n  - menu: {{prompt: {{zh: 请按键, en: Press}}, "
        f"keys: {{1: s{(n + 1) % 100}, 2: s{(n * 7) % 100}}}, otherwise: end}}\n  - set: {{a: 1}}\n  - goto: end\n"
        for n in range(100)
    )
    site, problems = read_site(
        {"site.yaml": SITE, "flows/main.yaml": f"flow: main\n{sections}end:\n  - hangup\n"}, PROMPTS
    )
    assert site is not None, problems[:3]
    assert {problem.code for problem in ivr.checks.run(site)} == {
        "unreachable"
    }  # set and goto after a menu that leaves


def test_a_medium_that_finds_nothing_to_do_is_told_at_the_flow() -> None:
    flow = "flow: main\nstart:\n  - say: {zh: 您好, en: Hi}\n    on: voice\n  - queue: orders\n    on: voice\n"
    site, _ = read_site({"site.yaml": SITE, "flows/main.yaml": flow})
    assert site is not None
    told = [str(problem) for problem in ivr.checks.run(site) if problem.code == "cut_off"]
    assert told and told[0].startswith("flows/main.yaml:1:7: a chat ends here without a word"), told


def test_back_in_a_list_of_steps_is_written_with_goto() -> None:
    flow = "flow: main\nstart:\n  - menu: {prompt: {zh: 请按1, en: Press 1}, keys: {1: [back]}, otherwise: hangup}\n"
    _, problems = read_site({"site.yaml": SITE, "flows/main.yaml": flow})
    assert [problem.mend for problem in problems] == ["write 'goto: back'"]


def test_a_sound_file_that_is_none_is_told_where_it_is_named(tmp_path: Path) -> None:
    site = Path(copytree(DEMO, tmp_path / "site"))
    music = site / "prompts" / "moh" / "calm.wav"
    music.write_bytes(b"ID3\x04 an MP3 under another name")
    found = [str(problem) for problem in ivr.checks.check_folder(str(site), TODAY)]
    assert found and all(
        one.endswith(
            "the file 'moh/calm.wav' holds no sound that can be played; save it as WAV: 8000 Hz, 16 bits, mono"
        )
        for one in found
    )
