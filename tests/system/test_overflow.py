"""Overflow on a real daemon: a full queue, one where nobody is, a wait that is too long; for calls and for chats."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Desk, Visitor, await_that
from eslapp.softphone import Phone
from tests.system import talks_site
from tests.system.running_site import RunningSite
from tests.system.test_daemon_killed import away

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
OVERFLOW = """overflow:
      full: {queue: repairs}
      waited: {voice: {go: main.busy}, text: {say: "It takes long today."}}
      no_agents: {text: {say: "Nobody is here."}}
"""
FLOW = """flow: main
start:
  - queue: orders
busy:
  - say: {en: Busy today}
  - hangup: {outcome: overflowed}
"""


def test_who_cannot_wait_is_sent_elsewhere(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(story(tmp_path), 100))


async def story(tmp_path: Path) -> None:
    source = talks_site.write(tmp_path / "source", 9)
    file = source / "site.yaml"
    queue = "orders: {label: {en: Orders}, wrapup: 0 s, skills: {orders: 1}}"
    words = file.read_text("utf-8")
    assert queue in words
    mine = f"orders:\n    skills: {{orders: 1}}\n    wrapup: 0 s\n    limit: 1\n    longest_wait: 4 s\n    {OVERFLOW}"
    file.write_text(words.replace(queue, mine), encoding="utf-8")
    flow = source / "flows" / "main.yaml"
    flow.write_text(
        "flow: main\nstart:\n  - queue: orders\nbusy:\n  - say: {en: Busy today}\n  - hangup: {outcome: overflowed}\n",
        "utf-8",
    )
    async with AsyncExitStack() as stack:
        site = RunningSite(tmp_path / "site", source=source)
        await away(site.__enter__)
        stack.push_async_callback(away, site.__exit__)
        admin, desk = await away(site.admin), await away(site.desk, "1001")
        one = await stack.enter_async_context(Phone(site.sip, "13900139001"))
        other = await stack.enter_async_context(Phone(site.sip, "13900139002"))

        visitor = await away(Visitor, site.url, "en", "Vera")  # nobody is signed in
        await away(visitor.write, "hello")
        await away(visitor.await_message, "the words", 10, lambda one: "Nobody is here." in one["text"])
        await told(admin, 0, "had nobody signed in", "overflowed")

        await away(lambda: desk.post("/api/agents/1001/presence", presence="break"))
        first = await one.dial("1000")
        await away(await_that, "the first in line", 10, lambda: newest(admin)[0]["state"] == "queued")
        second = await other.dial("1000")
        await away(await_that, "the second", 10, lambda: newest(admin)[0]["queue"] == "repairs")
        await told(admin, 0, "Queue orders was full, so it went on to queue Repairs")
        await first.ended(timeout=10)  # four seconds are over
        await told(admin, 1, "had kept it waiting as long as it may", "overflowed")
        assert newest(admin)[0]["state"] == "queued"  # repairs has no such limit
        await second.hang_up()

        visitor = await away(Visitor, site.url, "en", "Wim")
        await away(visitor.write, "hello")
        await away(visitor.await_message, "the words", 15, lambda one: "It takes long today." in one["text"])
        await told(admin, 0, "had kept it waiting", "overflowed")


def newest(admin: Desk) -> list[dict[str, Any]]:
    return list(admin.get("/api/interactions")["interactions"])


async def told(admin: Desk, number: int, words: str, outcome: str = "") -> None:
    def look() -> bool:
        one = newest(admin)[number]
        said = admin.get(f"/api/interactions/{one['id']}/why")["en"]
        return words in said and (not outcome or one["outcome"] == outcome)

    await away(await_that, words, 10, look)
