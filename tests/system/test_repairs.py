"""States that must not stay, made on a real daemon and its switch: put right, counted, told by the doctor."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from eslapp import repairs
from eslapp.demo.web import await_that, session
from eslapp.services import legs
from eslapp.softphone import Phone
from tests.system import talks_site
from tests.system.running_site import RunningSite
from tests.system.test_daemon_killed import away, state_of

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(240)]
ORPHAN = "00000000-0000-4000-8000-00000000dead"


def test_what_must_not_stay_is_put_right_and_counted(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(story(tmp_path), 200))


async def story(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        site = RunningSite(tmp_path / "site", source=talks_site.write(tmp_path / "source", 9))
        await away(site.__enter__)
        stack.push_async_callback(away, site.__exit__)
        phones = {}
        for agent in ("1001", "1002"):
            phones[agent] = await stack.enter_async_context(Phone(site.sip, agent, site.phone_password(agent)))
            await phones[agent].register()
        caller = await stack.enter_async_context(Phone(site.sip, "13900139000"))
        await nobodys_leg(site, phones["1002"])
        await legs_gone_while_away(site, caller, phones["1001"])
        await closed_browser(site)
        told = await away(doctors_words, site)
        for kind in ("agent-leg", "browser"):  # since the last daemon began
            assert repairs.WORDS[kind] in told, told


async def nobodys_leg(site: RunningSite, phone: Phone) -> None:
    """A leg with our mark, of an offer that is not, answered while nobody looked: two looks later it is hung up."""
    mark = f"{legs.OFFER}={legs.offer_of(ORPHAN)}"
    pid = site.dir.state()["daemon"]["pid"]
    os.kill(pid, signal.SIGKILL)
    line = f"originate {{origination_uuid={ORPHAN},{mark}}}user/1002@127.0.0.1 &park()"
    ringing = asyncio.create_task(away(site.switch_api, line))
    call = await phone.next_call(timeout=10)
    await call.accept()
    await ringing
    await away(await_that, "the new daemon ready", 20, lambda: site.dir.state()["daemon"].get("pid") != pid)
    await call.ended(timeout=20)
    await away(await_that, "the new daemon ready", 20, site.is_ready)
    await counted(site, "orphan")


async def legs_gone_while_away(site: RunningSite, caller: Phone, phone: Phone) -> None:
    """The daemon is killed; an agent's leg ends while it rings, and the next one while they talk."""
    desk = await away(site.desk, "1001")
    await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))
    call = await caller.dial("1000")
    ring = await phone.next_call(timeout=15)
    offered = (await away(state_of, await away(site.admin), "offered"))["offer"]
    await killed_with(site, legs.offer_leg(offered))
    await ring.ended(timeout=10)
    await counted(site, "ringing-leg")
    ring = await phone.next_call(timeout=20)  # offered again, nobody is blamed
    await ring.accept()
    offered = (await away(state_of, await away(site.admin), "connected"))["offer"]
    await killed_with(site, legs.offer_leg(offered))
    await ring.ended(timeout=10)
    await counted(site, "agent-leg")
    admin = await away(site.admin)
    talking = lambda: admin.get("/api/interactions", state="connected")["interactions"]  # noqa: E731
    await away(await_that, "the talk over", 10, lambda: not talking())
    if call.is_up:
        await call.hang_up()


async def closed_browser(site: RunningSite) -> None:
    """The agent is available, and the browser gone: after a while nothing more is offered."""
    desk = await away(site.desk, "1001")
    stream = await away(lambda: desk._http.get(f"{site.url}/api/events", stream=True, timeout=10))
    await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))
    await away(stream.close)

    def is_gone() -> bool:
        me = next(one for one in desk.get("/api/agents")["agents"] if one["id"] == "1001")
        return (me["presence"], me["reason"]) == ("offline", "gone")

    await away(await_that, "the agent put away", 60, is_gone)
    await counted(site, "browser")


async def killed_with(site: RunningSite, leg: str) -> None:
    """The daemon dies, and the leg before its successor is there."""

    def both() -> None:
        pid = site.dir.state()["daemon"]["pid"]
        os.kill(pid, signal.SIGKILL)
        site.switch_api(f"uuid_kill {leg}")
        await_that("a new daemon", 20, lambda: site.dir.state()["daemon"].get("pid") not in (None, pid))
        await_that("the new daemon ready", 20, site.is_ready)

    await away(both)


async def counted(site: RunningSite, kind: str) -> None:
    def look() -> bool:
        return kind in repairs.told(session().get(f"{site.url}/metrics", timeout=5).text)

    await away(await_that, f"{kind} counted", 20, look)


def doctors_words(site: RunningSite) -> str:
    command = [sys.executable, "-m", "eslapp.cli", "doctor", "--site", str(site.dir.root), "--json"]
    found = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return str(next(one["text"] for one in found if one["what"] == "repairs"))
