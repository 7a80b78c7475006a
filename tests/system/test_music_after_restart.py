"""After ``kill -9`` of the daemon the queued caller hears the daemon's own music again, not only the dialplan's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from eslapp.demo.web import await_that
from eslapp.softphone import Phone
from tests.system.running_site import RunningSite
from tests.system.test_daemon_killed import away, into_queue, state_of

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


def test_a_queued_caller_hears_music_after_the_daemon_was_killed(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "site") as site:
        asyncio.run(through_a_kill(site))


def known(log: str) -> bool:
    """To the new daemon: it came back to it, or rests on."""
    return "call-back" in log or "rests-on" in log


async def through_a_kill(site: RunningSite) -> None:
    log = site.dir.logs / "daemon.log"
    async with Phone(site.sip, "13800138001", name="Caller") as phone:
        call = await phone.dial("1000")
        await into_queue(call)
        await away(state_of, site.admin(), "queued")
        await call.heard.sound(timeout=10)
        await away(site.kill_daemon)
        await away(await_that, "the leg known", 15, lambda: known(log.read_text(encoding="utf-8")))
        begun = call.heard.seconds
        await call.heard.until(lambda: call.heard.seconds - begun > 4, 10, "the end of the dialplan's own music")
        await call.heard.sound(timeout=4)
        await call.hang_up()
