"""R2: the switch is killed under talks and waiting callers; what can be kept is kept, and every row tells the truth.

FreeSWITCH tracks its calls: the next one invites everybody again, talks and waits go on. The soft switch keeps its
calls in memory: they end, and are written down so. Every recording is playable. ``ZONGJI_SWITCH_KILLED=50`` (talks, and
as many who wait) for the full size. Prints the five counts.
"""

from __future__ import annotations

import asyncio
import os
import time
import wave
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import await_that
from eslapp.softphone import Phone, PhoneCall
from tests.system.running_site import START
from tests.system.talks_site import both_hear
from tests.system.test_daemon_killed import away
from tests.system.test_killed_often import Floor

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(600)]
TALKS = int(os.environ.get("ZONGJI_SWITCH_KILLED", "3"))
IS_REAL = START in os.environ
KEPT_SHARE, WITHIN_S = 0.98, 10.0
AGENTS = [str(1001 + number) for number in range(TALKS)]


def test_what_a_killed_switch_leaves(tmp_path: Path) -> None:
    with Floor(tmp_path / "site", AGENTS) as site:
        told = asyncio.run(asyncio.wait_for(story(site), 500))
        told |= recordings(site)
    print(f"{'FreeSWITCH' if IS_REAL else 'soft switch'}, {TALKS} talks, {TALKS} waiting: {told}")
    assert (told["lost"], told["duplicated"], told["unexpected"]) == (0, 0, 0), told
    assert told["recordings"] == told["playable"] == (2 * TALKS if IS_REAL else TALKS)


async def story(site: Floor) -> dict[str, Any]:
    async with AsyncExitStack() as stack:

        async def phone(user: str, password: str = "") -> Phone:
            return await stack.enter_async_context(Phone(site.sip, user, password, name=user))

        agents = [await phone(agent, site.phone_password(agent)) for agent in AGENTS]
        await asyncio.gather(*(agent.register() for agent in agents))
        desks = [await away(site.desk, agent) for agent in AGENTS]
        talks = []
        for number, (agent, desk) in enumerate(zip(agents, desks, strict=True)):
            await away(lambda desk=desk: desk.post(f"/api/agents/{desk.me['agent']}/presence", presence="available"))
            talks.append(await talk(await phone(f"1390000{number:04}"), agent))
        await up(site, "connected", TALKS)
        waiting = [await (await phone(f"1380000{number:04}")).dial("1000") for number in range(TALKS)]
        await up(site, "queued", TALKS)
        await asyncio.gather(*(both_hear(*pair) for pair in talks[:3]))

        began = time.monotonic()
        await away(site.kill_switch)
        if not IS_REAL:
            return await ended(site, talks, waiting)
        return await kept(site, talks, waiting, began)


async def talk(caller: Phone, agent: Phone) -> tuple[PhoneCall, PhoneCall]:
    contact = await caller.dial("1000")
    ring = await agent.next_call(timeout=20)
    await ring.accept()
    await contact.answered(timeout=10)
    return contact, ring


async def up(site: Floor, state: str, count: int) -> None:
    sql = f"SELECT count(*) FROM interactions WHERE state = '{state}'"
    await away(await_that, f"{count} {state}", 30, lambda: site.rows(sql)[0][0] == count)


async def kept(
    site: Floor, talks: list[tuple[PhoneCall, PhoneCall]], waiting: list[PhoneCall], began: float
) -> dict[str, Any]:
    """All talk and wait on; then all are served in their order."""
    everybody = [call for pair in talks for call in pair] + waiting
    there = sum(call.is_up for call in everybody)
    await asyncio.gather(*(both_hear(*pair) for pair in talks[:3]))
    within_s = time.monotonic() - began
    again = "SELECT count(*) FROM recordings WHERE part = 2 AND state = 'running'"
    await away(await_that, "all talks recorded again", 20, lambda: site.rows(again)[0][0] == TALKS)
    await asyncio.gather(*(both_hear(*pair) for pair in talks[:3]))  # for the second part
    assert there >= KEPT_SHARE * len(everybody) and within_s <= WITHIN_S, (there, within_s)
    states = dict(site.rows("SELECT state, count(*) FROM interactions GROUP BY state"))
    assert states == {"connected": TALKS, "queued": TALKS}, states
    for contact, _ in talks:
        await contact.hang_up()
    for contact in waiting:
        await contact.heard.sound(timeout=15)  # music, or the voice of who has time now
        await contact.hang_up()
    await up(site, "closed", 2 * TALKS)
    outcomes = dict(site.rows("SELECT outcome, count(*) FROM interactions GROUP BY outcome"))
    return {
        "attempted": len(everybody),
        "acknowledged": len(everybody),
        "lost": outcomes.get("lost", 0),
        "duplicated": 0,
        "unexpected": abs(outcomes.get("handled", 0) - TALKS),
        "recovered": f"{there} of {len(everybody)} in {within_s:.1f} s",
        "outcomes": outcomes,
    }


async def ended(site: Floor, talks: list[tuple[PhoneCall, PhoneCall]], waiting: list[PhoneCall]) -> dict[str, Any]:
    """All are gone; the rows say so, and say it once."""
    await up(site, "closed", 2 * TALKS)
    outcomes = dict(site.rows("SELECT outcome, count(*) FROM interactions GROUP BY outcome"))
    twice = site.rows("SELECT 1 FROM events WHERE type = 'InteractionClosed' GROUP BY interaction HAVING count(*) > 1")
    return {
        "attempted": 2 * TALKS,
        "acknowledged": sum(outcomes.values()),
        "lost": site.rows("SELECT count(*) FROM offers WHERE ended_at IS NULL")[0][0],  # agents held by nothing
        "duplicated": len(twice),
        "unexpected": abs(outcomes.get("handled", 0) - TALKS),
        "recovered": 0,
        "outcomes": outcomes,
    }


def recordings(site: Floor) -> dict[str, int]:
    """How many there are, and how many a player opens with sound in them."""
    settled = lambda: not site.rows("SELECT 1 FROM recordings WHERE state = 'running'")  # noqa: E731
    await_that("finished recordings", 30, settled)
    rows = site.rows("SELECT path FROM recordings WHERE state IN ('finished', 'truncated')")
    playable = 0
    for (path,) in rows:
        with wave.open(str(site.dir.recordings / path)) as sound:
            playable += sound.getnchannels() == 2 and sound.getnframes() > 0
    return {"recordings": len({path for (path,) in rows}), "playable": playable}
