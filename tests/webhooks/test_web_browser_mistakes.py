"""A broken file on the running site: the workbench tells its mistakes, in the reader's language, wide and narrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import NARROW, WIDE, Screen, chromium

from eslapp.sitedir import SiteDir
from tests.system.running_site import RunningSite

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(120)]
LINES = ".mistakes .small"


def sign_in(screen: Screen, url: str, password: str, language: str) -> None:
    screen.open(f"{url}/?lang={language}")
    screen.write("input[name=login]", "admin")
    screen.write("input[name=password]", password)
    screen.click(".login-card .primary")


def test_the_mistakes_of_a_broken_file_are_on_the_workbench(tmp_path: Path) -> None:
    root = tmp_path / "site"
    with RunningSite(root), chromium(tmp_path / "profile") as screen:
        url, password = SiteDir(root).state()["daemon"]["url"], SiteDir(root).secrets().admin_password
        sign_in(screen, url, password, "zh")
        flow = root / "flows" / "main.yaml"
        right = flow.read_text("utf-8")
        flow.write_text(right.replace("queue:", "quue:").replace("say:", "sya:"), "utf-8")
        screen.sees(LINES, "没有步骤 'quue'；您是不是想写 'queue'？")
        screen.sees(LINES, "还有 1 个；用 zongji check 查看全部")
        for size in (WIDE, NARROW):
            screen.size(*size)
            assert screen.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            told = screen.run(f"return [...document.querySelectorAll('{LINES}')].map((one) => one.textContent)")
            assert len(told) == 6 and all("unknown step" not in line for line in told), told
        screen.open(f"{url}/?lang=en")
        screen.sees(LINES, "unknown step 'quue'; did you mean 'queue'?")
        told = screen.run(f"return [...document.querySelectorAll('{LINES}')].map((one) => one.textContent)")
        assert all("没有" not in line for line in told), told
        flow.write_text(right, "utf-8")
        screen.lacks(".mistakes")
