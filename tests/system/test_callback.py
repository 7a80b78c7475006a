"""A callback end to end: asked for in line, the contact hangs up, an agent answers, the contact is called."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import await_that
from eslapp.services import reconciler
from eslapp.softphone import Phone
from tests.system.running_site import RunningSite
from tests.system.test_daemon_killed import away, hear_each_other, into_queue, state_of

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
NUMBER = "13800138000"


def test_a_contact_is_called_back_through_a_daemons_death(tmp_path: Path) -> None:
    asyncio.run(story(tmp_path / "site"))


async def story(root: Path) -> None:
    async with Phone(("127.0.0.1", 9), NUMBER) as outside:  # the contact's phone, where the trunk would lead
        site = RunningSite(root)
        outside_rules = (
            f'trunk: {{way: "server 127.0.0.1:{outside.sip_port}", allow: ["1[3-9]#########"], '
            'caller_number: "4001", ring: 20 s}\n'
        )
        path = root / "site.yaml"
        words = path.read_text(encoding="utf-8").replace("    limit: 50\n", "    callback: {retry: 10 s}\n", 1)
        path.write_text(words + outside_rules, encoding="utf-8")
        await away(site.__enter__)
        try:
            await through(site, outside)
        finally:
            await away(site.__exit__)


async def through(site: RunningSite, outside: Phone) -> None:
    async with (
        Phone(site.sip, NUMBER, name="Caller") as caller,
        Phone(site.sip, "1001", site.phone_password("1001")) as agent_phone,
    ):
        await agent_phone.register()
        call = await caller.dial("1000")
        await into_queue(call)
        admin = await away(site.admin)
        before = await away(state_of, admin, "queued")
        asked = await away(lambda: admin.post("/api/callbacks", parent=before["id"], address=NUMBER))
        await call.hang_up()
        await away(site.kill_daemon)
        admin = await away(site.admin)
        waiting = await away(state_of, admin, "queued")
        assert (waiting["id"], waiting["queued_at"]) == (asked["interaction"], before["queued_at"])
        assert (waiting["chain"], waiting["channel"]) == (before["id"], "callback")
        assert listed(site)[0]["address"] == NUMBER

        desk = await away(site.desk, "1001")
        await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))
        await rings_in_vain(site, agent_phone, outside)
        ring = await agent_phone.next_call(timeout=20)  # tried again
        await ring.accept()
        contact = await outside.next_call(timeout=10)
        await asyncio.sleep(2 * reconciler.EVERY_S + 1)  # two looks: who rings for long is not given up
        await contact.accept()
        connected = await away(state_of, admin, "connected")
        assert (connected["id"], connected["tries"]) == (asked["interaction"], 2)
        await hear_each_other(contact, ring)
        await ring.hang_up()
        await contact.ended(timeout=5)
        await away(state_of, admin, "wrap_up")
        story = await away(admin.get, f"/api/interactions/{before['id']}")
        assert story["interaction"]["outcome"] == "callback"


async def rings_in_vain(site: RunningSite, agent_phone: Phone, outside: Phone) -> None:
    """The contact is busy: the agent is free at once, and the callback is put off."""
    ring = await agent_phone.next_call(timeout=15)
    await ring.accept()
    contact = await outside.next_call(timeout=10)
    await contact.reject(486)
    await ring.ended(timeout=5)
    await away(await_that, "the callback put off", 10, lambda: listed(site)[0]["state"] == "scheduled")


def listed(site: RunningSite) -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "eslapp.cli", "callback", "ls", "--json", "--site", str(site.dir.root)]
    return json.loads(subprocess.run(words, check=True, capture_output=True, timeout=30).stdout)
