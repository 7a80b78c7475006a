"""``--lang zh``: check, doctor and freeswitch check in Chinese; each sentence still stands in the code in English."""

from __future__ import annotations

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

import eslapp
from eslapp.cli import main
from eslapp.cli.channels_chinese import CHANNELS
from eslapp.cli.findings_chinese import DOCTOR, FREESWITCH, finding_in
from eslapp.cli.habits_chinese import FOUND, HABITS
from eslapp.cli.words_chinese import REFUSALS, TOLD
from ivr.chinese import SLOT
from ivr.chinese_channels import OPTIONS

ROOT = Path(eslapp.__file__).parent


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return Path(shutil.copytree(str(files("ivr") / "sites" / "demo"), tmp_path / "site"))


def told(*words: str, **surroundings: str) -> str:
    return CliRunner().invoke(main, list(words), env={"LC_ALL": "", "LANG": "C", **surroundings}).output


def test_problems_are_told_in_the_terminals_language_or_the_one_named(site: Path) -> None:
    flow = site / "flows" / "main.yaml"
    flow.write_text(flow.read_text("utf-8").replace("otherwise: person", "otherwise: persn"), "utf-8")
    words = ("check", str(site))
    english, chinese = (
        "there is no section 'persn'; did you mean 'person'?",
        "没有段落 'persn'; 您是不是想写 'person'？",
    )
    assert english in told(*words) and english in told(*words, "--lang", "en", LANG="zh_CN.UTF-8")
    assert chinese in told(*words, LANG="zh_CN.UTF-8") and chinese in told(*words, "--lang", "zh")
    (row,) = json.loads(told(*words, "--json"))
    assert (row["code"], row["text_zh"]) == ("unknown_target", "没有段落 'persn'")


@pytest.mark.slow
def test_a_file_stands_for_its_site_and_warnings_are_marked(site: Path) -> None:
    assert "没有问题" in told("check", str(site / "flows" / "main.yaml"), "--lang", "zh")
    settings = site / "site.yaml"
    settings.write_text(settings.read_text("utf-8") + "limits: {options: 1}\n", "utf-8")
    english, chinese = told("check", str(site)), told("check", str(settings), "--lang", "zh")
    assert ": warning: the menu has" in english and english.rstrip().endswith("0 errors, 1 warning"), english
    assert "警告：菜单有 3 个选项" in chinese and chinese.rstrip().endswith("0 个错误，1 个警告"), chinese


def test_the_doctor_speaks_chinese(site: Path) -> None:
    shown = told("doctor", "--site", str(site), "--lang", "zh")
    assert "没有应答; zongji run --site" in shown and "还没有数据库" in shown and "does not" not in shown


def test_a_switch_that_is_not_there_is_told_in_chinese(site: Path) -> None:
    shown = told("freeswitch", "check", "--site", str(site), "--switch", "esl://127.0.0.1:9", LC_ALL="zh_CN.UTF-8")
    assert "没有事件套接字" in shown and "请用渲染出的目录启动它" in shown


def test_what_is_wrong_with_a_channel_is_told_in_chinese(site: Path) -> None:
    added = told("channel", "add", "trunk", "--type", "sip_trunk", "--site", str(site), "--lang", "zh")
    assert "请填上您自己的值" in added and "put your own" not in added
    shown = " ".join(told("channel", "check", "trunk", "--site", str(site), "--lang", "zh").split())
    assert "没有给出 TRUNK_PASSWORD；请设环境变量" in shown and "nobody has told" not in shown


def test_flow_commands_and_refusals_speak_one_language(site: Path) -> None:
    flow = str(site / "flows" / "main.yaml")
    english = told("flow", "simulate", flow, "--press", "1", "--at", "2026-11-25 10:00")
    chinese = told("flow", "simulate", flow, "--press", "1", "--at", "2026-11-25 10:00", "--lang", "zh")
    assert "now at " in english and "停在 " not in english and "路径：" in chinese and "now at" not in chinese
    assert "nothing has been published yet" in told("flow", "diff", "--site", str(site))
    assert "还没有发布过" in told("flow", "diff", "--site", str(site), "--lang", "zh")
    assert "还没有发布过" in told("flow", "history", "--site", str(site), LANG="zh_CN.UTF-8")
    assert "站点没有队列 'ordrs'；您是不是想写 'orders'？" in told(
        "queue", "show", "ordrs", "--site", str(site), "--lang", "zh"
    )
    assert "那里没有 site.yaml" in told("queue", "show", "x", "--site", str(site / "flows"), LANG="zh_CN.UTF-8")


def _told_in() -> list[Path]:
    return [*(ROOT / "cli").rglob("*.py"), *(ROOT.parent / "ivr" / "trial").glob("*.py"), ROOT / "revisions.py"]


def test_no_told_sentence_outlives_its_english() -> None:
    code = " ".join(path.read_text("utf-8") for path in _told_in())
    pieces = {english: max(SLOT.split(english)[::2], key=len).strip() for english in {**REFUSALS, **TOLD}}
    assert [
        english for english, piece in pieces.items() if max(code.count(piece), code.replace("_", " ").count(piece)) < 2
    ] == []


@pytest.mark.parametrize(
    ("table", "places"),
    [
        (DOCTOR, ("cli/doctor.py",)),
        (FREESWITCH, ("freeswitch_conf",)),
        (CHANNELS, ("cli/channel.py", "../webhooks/channel_accounts.py", "../webhooks/channels", "../webhooks/wechat")),
        (HABITS, ("cli/channel.py", "demo/bad_habits.py")),
        (OPTIONS, ("../webhooks/option_faults.py", "../webhooks/channels", "../webhooks/wechat")),
        (FOUND, ("../webhooks/channel_findings.py", "../webhooks/channels", "../webhooks/wechat")),
    ],
)
def test_no_sentence_outlives_its_english(table: dict[str, str], places: tuple[str, ...]) -> None:
    paths = [
        path for place in places for path in ([ROOT / place] if place.endswith("py") else (ROOT / place).glob("*.py"))
    ]
    code = re.sub(r'" f?"', "", re.sub(r"\s+", " ", " ".join(path.read_text("utf-8") for path in paths)))
    parts = {english: [part for piece in SLOT.split(english)[::2] for part in piece.split("; ")] for english in table}
    pieces = {english: max(own, key=len).strip(" :") for english, own in parts.items()}
    assert [english for english, piece in pieces.items() if piece not in code] == []
    assert [e for e, chinese in table.items() if len(SLOT.findall(e)) != len(SLOT.findall(chinese))] == []


def test_what_is_not_known_stays_english() -> None:
    assert finding_in("a sentence nobody knows", "zh") == "a sentence nobody knows"
