"""A changed flow tried on a tenth of the contacts, with real calls on both revisions: it is worse, and so it is stopped
by itself. The daemon is killed half-way: what was counted goes on counting."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from eslapp.demo.web import await_that
from eslapp.services.trials import Trial
from eslapp.softphone import Phone, PhoneCall
from tests.system.test_daemon_killed import away
from tests.system.voice_steps_site import TonesSite

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(240)]

SITE = """
site: Canary
languages: [en]
timezone: UTC
numbers: {"2001": main}
queues: {orders: {}}
canary: {percent: 10}
"""
FLOW = """
start:
  - menu: {prompt: tone-500.wav, keys: {1: right}, wait: 60 s, tries: 3, otherwise: wrong}
right:
  - say: tone-600.wav
  - hangup
wrong:
  - say: tone-800.wav
  - hangup
"""
BEFORE_THE_KILL, AFTER_IT = 12, 10  # calls of each revision; neither is enough alone (``core.canary.LEAST``)
COUNTED = "12 of 12 answers (before: 0 of 12)"
AT_ONCE = 8


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TonesSite]:
    with TonesSite(tmp_path / "site", SITE, {"main": FLOW}) as running:
        yield running


def test_a_worse_flow_is_stopped_by_itself_while_calls_run(site: TonesSite) -> None:
    site.save("main", FLOW.replace("{1: right}", "{3: right}"))  # callers know that it is 1
    admin = site.admin()
    canary = await_that("the trial", 15, lambda: admin.get("/api/revisions")["canary"])
    assert canary["percent"] == 10
    trial = Trial(canary["revision"], canary["against"], canary["percent"])
    numbers = [f"138{number:08}" for number in range(2000)]
    tried = [one for one in numbers if trial.takes(one)]
    others = [one for one in numbers if not trial.takes(one)]
    assert 120 <= len(tried) <= 290
    asyncio.run(until_it_is_stopped(site, iter(tried), iter(others)))

    status = site.admin().get("/api/revisions")
    assert (status["revision"], status["canary"]) == (canary["against"], None)
    (problem,) = site.admin().get("/api/desk")["site_problems"]  # on the workbench
    assert f"the trial of {canary['revision']} was stopped: not understood" in problem
    code, text = site.zongji("flow", "history", "--json")
    assert code == 0 and json.loads(text)[-1]["why"].startswith(f"trial of {canary['revision']} stopped")
    ended = [json.loads(line) for line in site.daemon_log().splitlines() if '"canary-ended"' in line]
    assert [(one["verdict"], one["revision"]) for one in ended] == [("stop", canary["revision"])]
    assert "call-failed" not in site.daemon_log()


async def until_it_is_stopped(site: TonesSite, tried: Iterator[str], others: Iterator[str]) -> None:
    async with AsyncExitStack() as stack:
        on_new = await asked(stack, site, next(tried))  # two who take their time
        on_old = await asked(stack, site, next(others))
        await many(site, tried, others, BEFORE_THE_KILL)
        await away(await_that, "all counted", 10, lambda: counted(site))
        assert COUNTED in site.zongji("flow", "history")[1]
        await away(site.kill_daemon, 60)
        admin = await away(site.admin)
        assert COUNTED in (await away(admin.get, "/api/revisions"))["canary"]["figures"]
        await many(site, tried, others, AFTER_IT)
        await away(await_that, "the end of the trial", 15, lambda: admin.get("/api/revisions")["canary"] is None)
        for call, key in ((on_new, "3"), (on_old, "1")):  # each ends on the revision it began with
            await call.press(key)
            await call.heard.tone(600, timeout=10)
            await call.ended(timeout=10)


def counted(site: TonesSite) -> bool:
    """Whether all calls of the first part are in the state on disk."""
    canary = json.loads((site.dir.var / "revisions" / "state.json").read_text(encoding="utf-8"))["canary"]
    counts = [canary["counts"][side]["answers"]["tries"] for side in ("new", "old")]
    return counts == [BEFORE_THE_KILL] * 2


async def asked(stack: AsyncExitStack, site: TonesSite, number: str) -> PhoneCall:
    phone = await stack.enter_async_context(Phone(site.sip, number))
    call = await phone.dial("2001")
    await call.heard.tone(500, timeout=15)
    return call


async def many(site: TonesSite, tried: Iterator[str], others: Iterator[str], count: int) -> None:
    """So many callers of each revision press 1; on the new one that is wrong, and they hang up."""
    seats = asyncio.Semaphore(AT_ONCE)

    async def one(number: str, *, is_right: bool) -> None:
        async with seats, AsyncExitStack() as stack:
            call = await asked(stack, site, number)
            await call.press("1")
            if is_right:
                await call.heard.tone(600, timeout=15)
                await call.ended(timeout=15)
            else:
                await call.heard.silence(timeout=10)
                await call.heard.tone(500, timeout=15)  # asked again
                await call.hang_up()

    callers = [one(next(tried), is_right=False) for _ in range(count)]
    callers += [one(next(others), is_right=True) for _ in range(count)]
    await asyncio.gather(*callers)
