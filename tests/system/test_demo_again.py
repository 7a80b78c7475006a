"""The demonstration on a site where somebody still waits from before: served first, then the show is seen whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eslapp.demo.web import Visitor
from tests.system.running_site import RunningSite

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(300)]


def test_who_waited_is_served_before_the_show(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "site") as site:
        waiting = [Visitor(site.url, "en", name) for name in ("Bob", "Eve")]
        for visitor in waiting:
            visitor.write("Hello")
            choice = visitor.await_message("the menu", 10, lambda one: bool(one["options"]))
            visitor.write(next(key for key, label in choice["options"] if "order" in label.lower()))
            visitor.await_status("the queue", 15, lambda one: one["state"] == "queued")
    words = ["demo", "--once", "--json", str(tmp_path / "out.json"), "--at", str(site.dir.root), "--http-port", "0"]
    words += [word for name in ("sip", "esl", "outbound") for word in (f"--{name}-port", "0")]
    done = subprocess.run([sys.executable, "-m", "eslapp.cli", *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["ok"]
