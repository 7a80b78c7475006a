"""The daemon takes the switch's priority by itself, also after a kill; the transcriber and ``--no-realtime`` do not."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from eslapp.demo.web import await_that
from tests.system.running_site import RunningSite
from tests.system.voice_steps_site import TonesSite

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not hasattr(os, "SCHED_RR"), reason="no priorities of that kind on this system"),
]
SITE = 'site: Quick\nlanguages: [en]\ntimezone: UTC\nnumbers: {"1000": main}\n'
FLOWS = {"main": "start:\n  - say: tone-500.wav\n  - hangup\n"}


class QuickSite(TonesSite):
    def __init__(self, root: Path, *options: str) -> None:
        super().__init__(root, SITE, FLOWS)
        self._options = options


def may_be_realtime() -> bool:
    """Whether a child of this process is allowed that priority."""
    child = os.fork()
    if child == 0:
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def policies(site: RunningSite) -> dict[str, int]:
    state = site.dir.state()
    pids = {"daemon": state["daemon"]["pid"], "transcriber": state["pids"]["transcriber"]}
    return {name: os.sched_getscheduler(pid) for name, pid in pids.items()}


def priority(site: RunningSite, name: str) -> int:
    return os.sched_getparam(site.dir.state()["pids"][name]).sched_priority


def test_the_daemon_has_the_priority_of_the_switch(tmp_path: Path) -> None:
    allowed = may_be_realtime()
    expected = os.SCHED_RR if allowed else os.SCHED_OTHER
    with QuickSite(tmp_path / "site") as site:
        await_that("the priority", 30, lambda: policies(site)["daemon"] == expected)
        assert policies(site)["transcriber"] != os.SCHED_RR
        if allowed:  # of two alike each would wait for 100 ms of the other's work, and the sound of all talks with it
            assert priority(site, "soft switch") > priority(site, "daemon") > 0
        before = site.dir.state()["daemon"]["pid"]
        os.kill(before, signal.SIGKILL)
        await_that("another daemon", 60, lambda: site.dir.state()["daemon"]["pid"] != before)
        await_that("its priority", 60, lambda: policies(site)["daemon"] == expected)
        assert ("no-realtime" in (site.dir.root / "run.log").read_text(encoding="utf-8")) is not allowed


def test_it_has_not_where_it_is_not_wanted(tmp_path: Path) -> None:
    with QuickSite(tmp_path / "site", "--no-realtime") as site:
        await_that("a ready daemon", 60, site.is_ready)
        assert policies(site)["daemon"] == os.SCHED_OTHER
