"""``zongji flow`` and ``zongji check --tests``, as typed."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from click.testing import CliRunner, Result

from eslapp.cli import main

DEMO = Path(__file__).parents[2] / "ivr" / "sites" / "demo"
FLOW = DEMO / "flows" / "main.yaml"


def zongji(*words: object, typed: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=typed)


def test_simulate_prints_the_path_of_the_keys() -> None:
    ran = zongji("flow", "simulate", FLOW, "--press", "2,1", "--as", "+8613800138000", "--at", "2026-10-01 10:00")
    assert ran.exit_code == 0, ran.output
    assert "For orders press 1" in ran.output
    assert "main.welcome.language en > main.welcome.hours open > main.menu.menu 1" in ran.output


def test_simulate_talks_by_hand_and_as_a_chat() -> None:
    ran = zongji("flow", "simulate", FLOW, typed="1\n\n9\n0\nserved\n")
    assert ran.exit_code == 0 and "main.person.queue orders served" in ran.output, ran.output
    chat = zongji("flow", "simulate", FLOW, "--as-chat", "--say", "English", "--say", "it is broken", "--json")
    row = json.loads(chat.output)
    assert "main.menu.menu 2" in row["path"] and row["language"] == "en"
    assert row["waits_for"] == ["QueueLeft"]


@pytest.mark.slow
def test_simulate_writes_a_test_that_check_runs(tmp_path: Path) -> None:
    site = tmp_path / "site"
    copytree(DEMO, site, ignore=ignore_patterns("*.tests.yaml"))
    tests = site / "flows" / "main.tests.yaml"
    for keys in ("1,0", "2,1"):
        ran = zongji("flow", "simulate", site / "flows/main.yaml", "--press", keys, "--queue", "full", "--repro", tests)
        assert ran.exit_code == 0, ran.output
    ran = zongji("check", site, "--tests")
    assert ran.exit_code == 0 and "2 tests run" in ran.output, ran.output
    tests.write_text(tests.read_text("utf-8").replace("in_queue: orders", "in_queue: repairs"), "utf-8")
    failing = zongji("check", site, "--tests")
    assert failing.exit_code == 1
    assert "flows/main.tests.yaml:" in failing.output and "expected the queue 'repairs'" in failing.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--at", "noon"), "write it like"),
        (("--known", "level"), "write NAME=VALUE"),
        (("--press", "1,1,1,1"), "not used: 1, 1"),
    ],
)
def test_simulate_tells_what_is_wrong_with_its_words(words: tuple[str, ...], told: str) -> None:
    assert told in zongji("flow", "simulate", FLOW, *words).output


@pytest.mark.parametrize(("text", "told"), [("[1", "cannot be read as JSON"), ("[1]", "no answers by step")])
def test_simulate_tells_what_is_wrong_with_a_file_of_answers(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "answers.json").write_text(text, encoding="utf-8")
    ran = zongji("flow", "simulate", FLOW, "--press", "1", "--answers", tmp_path / "answers.json")
    assert ran.exit_code == 1 and told in ran.output


def test_simulate_of_a_site_with_mistakes_shows_them(tmp_path: Path) -> None:
    site = tmp_path / "site"
    copytree(DEMO, site)
    flow = site / "flows" / "main.yaml"
    flow.write_text(flow.read_text("utf-8").replace("- menu:", "- mneu:"), "utf-8")
    ran = zongji("flow", "simulate", flow, "--press", "1")
    assert ran.exit_code == 1 and "did you mean 'menu'?" in ran.output


@pytest.mark.parametrize("language", ["zh", "en"])
def test_graph_draws_a_file(tmp_path: Path, language: str) -> None:
    out = tmp_path / "main.svg"
    ran = zongji("flow", "graph", FLOW, "--language", language, "--out", out)
    assert ran.exit_code == 0 and out.read_text("utf-8").startswith("<svg "), ran.output
    chart = zongji("flow", "graph", FLOW, "--mermaid").output
    assert "flowchart LR" in chart and "订单查询" in chart


def test_schema_tells_an_editor_where_to_look_and_changes_nothing_else(tmp_path: Path) -> None:
    site = tmp_path / "site"
    copytree(DEMO, site, ignore=ignore_patterns("speech"))
    (site / "flows" / "night.yaml").write_text("flow: night\nstart:\n  - hangup\n", encoding="utf-8")
    before = (site / "flows" / "main.yaml").read_text("utf-8").splitlines()
    ran = zongji("flow", "schema", "--site", site)
    assert ran.exit_code == 0 and "flows/night.yaml names its schema now" in ran.output, ran.output
    for file in [site / "site.yaml", *(site / "flows").glob("*.yaml")]:
        first = file.read_text("utf-8").splitlines()[0]
        schema = file.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads(schema.read_text("utf-8"))["title"].startswith(("A site", "A flow", "Tests"))
    assert (site / "flows" / "main.yaml").read_text("utf-8").splitlines()[1:] == before[1:]
    assert "names its schema" not in zongji("flow", "schema", "--site", site).output


@pytest.mark.slow
def test_a_talk_kept_in_a_file_of_another_name_still_passes(tmp_path: Path) -> None:
    site = Path(copytree(DEMO, tmp_path / "site"))
    kept = site / "flows" / "lost-calls.tests.yaml"
    words = ["flow", "simulate", str(site / "flows" / "main.yaml"), "--press", "1,1", "--at", "2026-11-25 10:00"]
    assert CliRunner().invoke(main, [*words, "--repro", str(kept)]).exit_code == 0
    ran = CliRunner().invoke(main, ["check", str(site), "--tests", "--lang", "en"])
    assert ran.exit_code == 0 and "tests run" in ran.output, ran.output


@pytest.mark.slow
def test_a_kept_talk_has_the_facts_and_answers_it_went_by(tmp_path: Path) -> None:
    site = Path(copytree(DEMO.parent / "shop", tmp_path / "site"))
    kept = site / "flows" / "main.tests.yaml"
    kept.unlink()
    words = ["--press", "1,1,12345678,1", "--at", "2026-12-01 10:00", "--fact", "queue.orders.waiting=7"]
    words += ["--answer", 'lookup={"status": 200, "body": {"state": "shipped", "due": "2026-12-05"}}']
    ran = zongji("flow", "simulate", site / "flows" / "main.yaml", *words, "--repro", kept)
    assert ran.exit_code == 0 and "到达日期" in ran.output, ran.output
    checked = zongji("check", site, "--tests", "--lang", "en")
    assert checked.exit_code == 0 and "1 test run" in checked.output, checked.output
    assert 'facts: {"queue.orders.waiting": 7}' in kept.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--queue", "foo"), "--queue foo: a queue does not end so; known are"),
        (("--queue", "serve"), "did you mean 'served'?"),
        (("--answer", "lookop={}"), "--answer lookop: 'lookop' is no step that asks a service, and no section"),
        (("--answer", "lookup="), "write STEP=JSON"),
        (("--answer", 'lookup={"status": 200'), "it cannot be read as JSON"),
        (("--answer", "transfer=bussy"), "--answer transfer: it does not end with 'bussy'; did you mean 'busy'?"),
        (("--answer", "record=x"), "--answer record: it does not end with 'x'; known are off, on, paused"),
        (("--answer", 'voicemail={"seconds": 3}'), "--answer voicemail: it does not end with {seconds: 3}"),
        (("--answer", "ticket=5"), "it cannot be read as JSON (neither"),
        (("--fact", "queue.nix.waiting=3"), "no flow can ask for 'queue.nix.waiting'"),
        (("--fact", "queue.orders.wating=3"), "did you mean 'queue.orders.waiting'?"),
        (("--language", "fr"), "'fr' is not a language of this site; known are en, zh"),
        (("--known", "contact.levle=vip"), "did you mean 'contact.level'?"),
        (("--known", "weekday=mon"), "'weekday' cannot be set"),
    ],
)
def test_simulate_takes_no_words_that_change_nothing(words: tuple[str, ...], told: str) -> None:
    ran = zongji("flow", "simulate", DEMO.parent / "shop" / "flows" / "main.yaml", "--press", "1", *words)
    assert ran.exit_code == 1 and told in ran.output, ran.output


def test_simulate_uses_every_press_and_skips_the_language_that_is_known() -> None:
    words = ["--language", "en", "--at", "2026-11-25 10:00", "--press", "1", "--press", "0", "--queue", "full"]
    row = json.loads(zongji("flow", "simulate", FLOW, *words, "--json").stdout)
    assert "main.welcome.language en known" in row["path"] and row["language"] == "en", row
    assert [step for step in row["path"] if step.startswith("main.menu.menu")] == ["main.menu.menu 1"], row
    assert any(step.endswith("full") for step in row["path"]), row


def test_a_ticket_and_the_like_are_answered_as_usual_and_kept(tmp_path: Path) -> None:
    site = Path(copytree(DEMO.parent / "shop", tmp_path / "site"))
    kept = site / "flows" / "main.tests.yaml"
    kept.unlink()
    keys = ["--press", "1", "--at", "2026-12-01 22:00"]
    ran = zongji("flow", "simulate", site / "flows" / "main.yaml", *keys, "--repro", kept)
    assert ran.exit_code == 0 and '{"number": "10023"}' in ran.output, ran.output
    checked = zongji("check", site, "--tests", "--lang", "en")
    assert checked.exit_code == 0 and "1 test run" in checked.output, checked.output


@pytest.mark.parametrize(
    ("name", "before", "told"),
    [
        ("flows/talks.txt", "", "tests stand beside flows"),
        ("main.tests.yaml", "", "tests stand beside flows"),
        ("flows/main.tests.yaml", "flow: main\nstart: []\n", "it has mistakes already"),
        ("flows/main.tests.yaml", "flow: night\ntests:\n  - name: a\n    talk: [hang_up]\n", "it tests the flow night"),
        ("flows/main.tests.yaml", "tests: [{name: a, talk: [hang_up]}]\n", "add the lines above by hand"),
    ],
)
def test_a_talk_is_kept_only_in_a_file_of_tests(tmp_path: Path, name: str, before: str, told: str) -> None:
    site = Path(copytree(DEMO, tmp_path / "site", ignore=ignore_patterns("*.tests.yaml", "speech")))
    (site / name).write_text(before, "utf-8")
    ran = zongji("flow", "simulate", site / "flows" / "main.yaml", "--press", "1", "--repro", site / name)
    assert ran.exit_code == 1 and told in ran.output, ran.output
    assert (site / name).read_text("utf-8") == before


def test_tests_name_only_what_the_site_knows(tmp_path: Path) -> None:
    site = Path(copytree(DEMO, tmp_path / "site", ignore=ignore_patterns("*.tests.yaml", "speech")))
    test = "  - name: odd\n    language: fr\n    facts: {queue.x.waiting: 1}\n    answers: {lookop: {}}\n"
    test += "    talk: [hang_up]\n"
    (site / "flows" / "main.tests.yaml").write_text("tests:\n" + test, "utf-8")
    ran = zongji("check", site, "--tests", "--lang", "en")
    places = [line.split(": ")[0] for line in ran.output.splitlines() if "test 'odd'" in line]
    assert places == [f"flows/main.tests.yaml:{at}" for at in ("3:15", "4:13", "5:15")], ran.output


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ("2", "--answer transfer=talked | transfer=busy | transfer=no_answer | transfer=failed | transfer=not_allowed"),
        ("3", """--answer identify='{"verdict": "right"}' | identify='{"verdict": "wrong"}'"""),
    ],
)
def test_simulate_says_what_may_come_back(tmp_path: Path, keys: str, hint: str) -> None:
    site = Path(copytree(DEMO, tmp_path / "site"))
    (site / "flows" / "asking.yaml").write_text(
        """flow: asking
start:
  - menu:
      prompt: {zh: 请按键, en: Press a key}
      keys: {1: again, 2: [transfer: 1001], 3: [identify: {by: code, to: website, otherwise: hangup}]}
      otherwise: hangup
  - hangup
""",
        encoding="utf-8",
    )
    ran = zongji(
        "flow", "simulate", site / "flows" / "asking.yaml", "--press", keys + (",123456" if keys == "3" else "")
    )
    assert hint in ran.output, ran.output


ASKING_FLOW = """flow: asking
start:
  - record: {consent: {zh: 同意录音请按1，不同意请按2。, en: "If we may record this call press 1, if not press 2."}}
    on: voice
  - gather:
      as: order
      prompt: {zh: 请输入订单号，以井号键结束。, en: Please enter your order number and press pound.}
      digits: 6-8
      otherwise: hangup
  - record: pause
    on: voice
  - branch: [{when: contact.number == "13800138000", go: mine}]
  - hangup
mine:
  - say: {zh: 这是您的号码。, en: We know your number.}
  - transfer: {to: 1001, otherwise: hangup}
    on: voice
  - hangup
"""


def test_simulate_takes_entries_and_numbers_as_calls_bring_them(tmp_path: Path) -> None:
    """The key that ends an entry is no part of it; a number of the world is one of the country's; records are kept."""
    site = Path(copytree(DEMO, tmp_path / "site"))
    flow, tests = site / "flows" / "asking.yaml", site / "flows" / "asking.tests.yaml"
    flow.write_text(ASKING_FLOW, "utf-8")
    words = ("--press", "1,12345678#", "--as", "+8613800138000", "--lang", "en")
    ran = zongji("flow", "simulate", flow, *words, "--repro", tests)
    assert "record: on" in ran.output and "record: paused" in ran.output, ran.output
    assert "We know your number" in ran.output or "这是您的号码" in ran.output
    assert '"RecordCall": ["on", "paused"]' in tests.read_text("utf-8")
    tests.write_text(tests.read_text("utf-8").replace('"13800138000"', '"+8613800138000"'), "utf-8")
    ran = zongji("check", site, "--tests", "--lang", "en")
    assert "tests run" in ran.output and "test '" not in ran.output, ran.output
    alone = zongji("flow", "simulate", flow, "--press", "1,#", "--lang", "en")
    assert "waits for keys / silence" in alone.output and "not used" not in alone.output, alone.output
    asked = zongji("flow", "simulate", flow, "--as", "13800138000", "--lang", "en", typed="1\n123456#\nbusy\n")
    assert "answer (talked/busy/no_answer/failed/not_allowed)" in asked.output and "the end" in asked.output


def test_simulate_greets_whom_it_knows_in_their_language(tmp_path: Path) -> None:
    site = Path(copytree(DEMO, tmp_path / "site"))
    flow = site / "flows" / "asking.yaml"
    flow.write_text("flow: asking\nstart:\n  - hangup: {say: {zh: 您好。, en: Hello there.}}\n", "utf-8")
    for words in (("--known", "contact.language=en"), ("--language", "en")):
        assert "Hello there." in zongji("flow", "simulate", flow, *words, "--json").output
