"""Phones that die without a BYE, before a real daemon: the caller leaves the queue, the agent is free again."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Desk, await_that
from eslapp.softphone import Phone
from tests.system import talks_site
from tests.system.running_site import START, RunningSite
from tests.system.test_daemon_killed import away, state_of

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
ASKED_EVERY_S = 4  # FreeSWITCH takes it for 120, asks after 60 and waits 32
DEAD_WITHIN_S = 110 if START in os.environ else 15
DEAD = "NORMAL_TEMPORARY_FAILURE"  # by ICMP: the port is closed


def test_dead_phones(tmp_path: Path) -> None:
    asyncio.run(stories(tmp_path))


async def stories(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        site = RunningSite(tmp_path / "site", source=talks_site.write(tmp_path / "source", 9))
        await away(site.__enter__)
        stack.push_async_callback(away, site.__exit__)
        await away(ask_often, site)
        admin = await away(site.admin)
        await caller_dies_in_the_queue(site, admin)
        await agent_dies_in_the_talk(site, admin, stack)


def ask_often(site: RunningSite) -> None:
    """What ``zj_session_timeout`` in ``vars.xml`` is for the whole site, at run time."""
    assert "+OK" in site.switch_api(f"global_setvar sofia_session_timeout={ASKED_EVERY_S}")


async def caller_dies_in_the_queue(site: RunningSite, admin: Desk) -> None:
    """One dies, another who sends no sound either (and lives) keeps the place."""
    quiet, dying = Phone(site.sip, "13900139001"), Phone(site.sip, "13900139002")
    async with quiet, dying:
        calls = [await phone.dial("1000") for phone in (dying, quiet)]
        for call in calls:
            await call.answered(timeout=10)
        await away(await_that, "both queued", 15, lambda: len(queued(admin)) == 2)
        dying.vanish()
        await away(await_that, "one queued", DEAD_WITHIN_S, lambda: len(queued(admin)) == 1)
        closed = await away(state_of, admin, "closed")
        story = await away(admin.get, f"/api/interactions/{closed['id']}")
        assert closed["outcome"] == "abandoned", story
        assert DEAD in str(story["events"][-1]), story["events"]
        assert calls[1].is_up and len(await away(queued, admin)) == 1
        await calls[1].hang_up()


async def agent_dies_in_the_talk(site: RunningSite, admin: Desk, stack: AsyncExitStack) -> None:
    """The contact is free to go on, the agent is no more held by the talk."""
    agent = Phone(site.sip, "1001", site.phone_password("1001"))
    await agent.start()
    await agent.register()
    desk = await away(site.desk, "1001")
    await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))
    caller = await stack.enter_async_context(Phone(site.sip, "13900139003"))
    contact = await caller.dial("1000")
    ring = await agent.next_call(timeout=15)
    await ring.accept()
    one = await away(state_of, admin, "connected")
    agent.vanish()
    await contact.ended(timeout=DEAD_WITHIN_S)
    await away(await_that, "the agent is free", 10, lambda: not busy(admin, "1001"))
    story = await away(admin.get, f"/api/interactions/{one['id']}")
    assert story["interaction"]["state"] == "closed", story


def queued(admin: Desk) -> list[dict[str, Any]]:
    return list(admin.get("/api/interactions", state="queued")["interactions"])


def busy(admin: Desk, agent: str) -> Any:
    return next(one for one in admin.get("/api/agents")["agents"] if one["id"] == agent)["load"]["voice"]
