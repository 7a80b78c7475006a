"""One ``zongji run`` per site: a second one, and one after a killed one, say in one line what is there and the mend."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eslapp.demo.web import await_that
from eslapp.site_lock import left_behind
from tests.system.running_site import RunningSite, demo_site

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
ANY_PORTS = [word for name in ("sip", "esl", "http", "outbound") for word in (f"--{name}-port", "0")]


def command(root: Path) -> list[str]:
    return [sys.executable, "-m", "eslapp.cli", "run", "--site", str(root), *ANY_PORTS]


def refused(root: Path) -> str:
    """What a start that must not succeed says."""
    told = subprocess.run(command(root), capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 1, told
    assert told.stderr.strip().count("\n") == 0
    return told.stderr


def test_a_second_run_names_the_first_and_harms_nothing(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "site") as site:
        before = site.dir.state()
        assert re.search(r"is being run already, by process \d+", refused(site.dir.root))
        assert site.dir.state() == before and site.is_ready()
    assert left_behind(site.dir.root) == []


def test_what_a_killed_run_left_is_named_and_can_be_ended(tmp_path: Path) -> None:
    root = demo_site(tmp_path / "site")
    run = subprocess.Popen(command(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    left: list[int] = []
    try:
        await_that("three processes", 60, lambda: len(left_behind(root)) == 3)
        run.kill()
        run.wait(10)
        left = left_behind(root)
        assert f"kill {' '.join(map(str, left))}\n" in refused(root)
    finally:
        run.kill()
        for pid in left or left_behind(root):
            os.kill(pid, signal.SIGTERM)
    await_that("their end", 20, lambda: not left_behind(root))


def test_a_start_that_is_ended_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    root = demo_site(tmp_path / "site")
    run = subprocess.Popen(command(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    await_that("the first process", 60, lambda: left_behind(root))
    run.send_signal(signal.SIGTERM)
    assert run.wait(30) == 1
    assert left_behind(root) == []


def test_a_reader_who_goes_away_leaves_no_processes_behind(tmp_path: Path) -> None:
    site = demo_site(tmp_path / "site")
    read, write = os.pipe()
    os.close(read)  # whatever it says, nobody hears it
    try:
        ended = subprocess.run(command(site), stdout=write, stderr=subprocess.DEVNULL, timeout=60, check=False)
    finally:
        os.close(write)
    assert ended.returncode != 0
    left = subprocess.run(["pgrep", "-f", str(site)], capture_output=True, text=True, check=False)
    assert left.stdout == ""
