"""What is said of a wrong option, argument or command, in the terminal's language."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from eslapp.cli import main
from ivr.trial.trails import trail_in

SHOP = Path(__file__).parents[2] / "ivr" / "sites" / "shop"
ZH, EN = {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, {"LANG": "C.UTF-8", "LC_ALL": ""}
WRONG = [
    ("check", "缺少参数 'FOLDER'。"),
    ("check /does/not/exist", "路径 '/does/not/exist' 不存在。"),
    ("check --lang fr .", "'fr' 不在 'zh', 'en' 之中。"),
    ("flow simulat x", "没有子命令 'simulat'"),
    ("flow simulate . --bogus", "没有选项 '--bogus'"),
    ("flow simulate . --press", "选项 '--press' 后面要有值。"),
    ("chek", "没有子命令 'chek'"),
]


def said(line: str, env: dict[str, str]) -> Result:
    return CliRunner().invoke(main, line.split(), env=env)


@pytest.mark.parametrize(("line", "told"), WRONG)
def test_wrong_use_is_told_in_the_terminals_language(line: str, told: str) -> None:
    chinese, english = said(line, ZH), said(line, EN)
    assert (chinese.exit_code, english.exit_code) == (2, 2)
    assert told in chinese.output and "错误：" in chinese.output
    assert not any(word in chinese.output for word in ("Error", "Usage", "Missing", "Invalid", "No such", "Try")), (
        chinese.output
    )
    assert "Error: " in english.output and not any("\u4e00" <= letter <= "\u9fff" for letter in english.output)


@pytest.mark.parametrize(
    "line", ["check /does/not/exist --lang zh", "check --lang=zh --bogus .", "flow --lang zh simulat"]
)
def test_wrong_use_is_told_in_the_language_that_is_named(line: str) -> None:
    assert "错误：" in said(line, EN).output
    assert "Error: " in said(line.replace("zh", "en"), ZH).output


def test_a_command_that_works_ends_as_before() -> None:
    assert said("check " + str(SHOP.parent / "demo"), ZH).exit_code == 0
    assert said("--version", ZH).exit_code == 0
    with pytest.raises(click.UsageError):
        main(["check"], standalone_mode=False)


def test_a_sites_file_that_is_no_flow_names_the_flows() -> None:
    told = said(f"flow simulate {SHOP / 'site.yaml'}", EN)
    assert told.exit_code == 1 and "site.yaml is no flow: name one of its flows (flows/main.yaml)" in told.output
    assert "不是流程：请给出它的一个流程（flows/main.yaml）" in said(f"flow graph {SHOP / 'site.yaml'}", ZH).output


def test_the_path_of_a_trial_is_told_in_chinese() -> None:
    trail = (
        "main.menu.menu 1",
        "main.menu.menu silence",
        "main.person.queue orders no-agents",
        "fallback",
        "main.a.lookup found",
    )
    assert trail_in(trail, "zh") == (
        "main.menu：菜单 1 > main.menu：菜单 无应答 > main.person：排队 orders 无人在线 > 兜底 > main.a：查询系统 查到"
    )
    assert trail_in(trail[:2], "en") == "main.menu.menu 1 > main.menu.menu silence"


def test_a_flow_with_mistakes_is_drawn_with_them(tmp_path: Path) -> None:
    site = tmp_path / "shop"
    shutil.copytree(SHOP, site)
    flow = site / "flows" / "main.yaml"
    flow.write_text(flow.read_text("utf-8").replace("- survey: short", "- survy: short"), "utf-8")
    drawn = said(f"flow graph {flow} --language zh", EN)
    assert (
        drawn.exit_code == 0
        and "没有步骤 'survy'；您是不是想写 'survey'？".replace("'", "&#x27;").split("；")[0] in drawn.output
    )
    assert "读不懂" in drawn.output
    refused = said(f"flow simulate {flow} --press 1", EN)
    assert refused.exit_code == 1 and "unknown step 'survy'" in refused.output
