"""A running site whose files are edited: published, refused, an agent added, rolled back; nobody restarts, nobody
is hurt."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from eslapp.demo.web import Desk, await_that
from eslapp.softphone import Phone
from tests.system.running_site import RunningSite

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
SEEN_WITHIN_S = 60.0  # what the switch reads in the background, on a busy machine


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    with RunningSite(tmp_path_factory.mktemp("live") / "site") as running:
        yield running


def zongji(site: RunningSite, *words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "eslapp.cli", *words, "--site", str(site.dir.root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def status(admin: Desk) -> dict[str, Any]:
    return dict(admin.get("/api/revisions"))


def saved(site: RunningSite, old: str, new: str) -> None:
    file = site.dir.root / "flows" / "main.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_saved_refused_mended_and_rolled_back(site: RunningSite) -> None:
    admin = site.admin()
    pid, first = site.dir.state()["daemon"]["pid"], status(admin)["revision"]
    saved(site, "flow: main", "# changed\nflow: main")
    before = time.monotonic()
    second = await_that("a new revision", 10, lambda: (r := admin.get("/api/revisions")["revision"]) != first and r)
    took_s = time.monotonic() - before

    saved(site, "menu:", "meun:")
    problems = await_that("the refusal", 10, lambda: admin.get("/api/desk")["site_problems"])
    assert "flows/main.yaml:" in problems[0] and "menu" in problems[0]
    assert status(admin)["revision"] == second
    code, text = zongji(site, "doctor", "--json")
    assert code == 1 and any(
        one["what"] == "revision" and "flows/main.yaml:" in one["text"] for one in json.loads(text)
    )
    code, text = zongji(site, "flow", "publish")
    assert code == 1 and "flows/main.yaml:" in text
    code, text = zongji(site, "flow", "diff")
    assert code == 1 and "+" in text and "meun:" in text

    code, text = zongji(site, "flow", "rollback", "1")
    assert code == 0, text
    assert status(admin)["revision"] == first and status(admin)["problems"] == []
    code, text = zongji(site, "flow", "history", "--json")
    assert [one["why"] for one in json.loads(text)] == ["started", "saved", "rolled back to 1"]
    assert site.dir.state()["daemon"]["pid"] == pid, "the daemon was restarted"
    assert took_s < 5  # under a second where the machine is idle; tests/bench says so


def test_a_new_agent_is_there_without_a_restart(site: RunningSite) -> None:
    pid = site.dir.state()["daemon"]["pid"]
    code, text = zongji(site, "agent", "add", "1077", "--name", "Neu", "--skill", "orders=2")
    assert code == 0, text
    admin = site.admin()
    assert "1077" in [one["id"] for one in admin.get("/api/agents")["agents"]]
    assert site.desk("1077").get("/api/desk")["agent"]["id"] == "1077"
    asyncio.run(seen_at_once(site, admin))
    assert site.dir.state()["daemon"]["pid"] == pid


async def seen_at_once(site: RunningSite, admin: Desk) -> None:
    """The switch takes the new phone, and the router knows of it."""
    async with Phone(site.sip, "1077", site.phone_password("1077")) as phone:
        until = time.monotonic() + SEEN_WITHIN_S
        while time.monotonic() < until:
            try:
                await phone.register()
                break
            except Exception:  # not known yet: the switch reads its directory in the background
                await asyncio.sleep(0.2)
        await asyncio.to_thread(await_that, "the phone seen", 20, lambda: is_seen(admin, "1077"))


def is_seen(admin: Desk, agent: str) -> bool:
    agents = admin.get("/api/agents")["agents"]
    return any(one["id"] == agent and one["phone_registered"] for one in agents)


def test_a_flow_that_learns_to_answer_late_needs_no_restart(site: RunningSite) -> None:
    admin = site.admin()
    before = status(admin)["revision"]
    saved(site, "welcome:\n", "welcome:\n  - answer:\n    on: voice\n")
    await_that("a new revision", 10, lambda: status(admin)["revision"] != before)
    asyncio.run(rings_first(site))


async def rings_first(site: RunningSite) -> None:
    async with Phone(site.sip, "13800138000") as phone:
        until = time.monotonic() + SEEN_WITHIN_S
        while time.monotonic() < until:  # the switch reads its dialplan in the background
            call = await phone.dial("1000")
            if await call.ringing(timeout=10) == 183:
                await call.answered(timeout=10)
                await call.hang_up()
                return
            await call.hang_up()
        raise AssertionError("the calls are still answered before the flow says so")
