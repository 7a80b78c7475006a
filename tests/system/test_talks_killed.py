"""The daemon is killed in the middle of holds, consultations, three-way talks and supervision.

Nobody is dropped, who hears whom stays as it was, and the new daemon goes on from there. On the soft switch, or on
FreeSWITCH (``running_site``).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from eslapp.demo.web import await_that
from eslapp.softphone import PhoneCall
from tests.system.talks_site import both_hear, hears, is_deaf_for, whistling
from tests.system.test_daemon_killed import away, state_of
from tests.system.test_talks import OUTSIDE, Floor, stories

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(400)]


def test_talks_go_on_through_kills(tmp_path: Path) -> None:
    asyncio.run(stories(tmp_path, STORIES))


async def killed(floor: Floor) -> None:
    """SIGKILL; then the same people at the new daemon's desks."""
    await away(floor.site.kill_daemon, 60)
    floor.admin = await away(floor.site.admin)
    for agent in floor.desks:
        floor.desks[agent] = await away(floor.site.desk, agent)
    await away(
        await_that,
        "the phones",
        15,
        lambda: all(one["phone_registered"] for one in floor.admin.get("/api/agents")["agents"]),
    )


async def shown(floor: Floor, name: str, talk: str, guests: list[str]) -> None:
    """What the new daemon believes."""

    def look() -> bool:
        one = floor.admin.get(f"/api/interactions/{name}")["interaction"]
        return one["talk"] == talk and [guest["state"] for guest in one["guests"]] == guests

    await away(await_that, f"{talk} with {guests}", 15, look)


async def held(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await floor.do("1001", name, "hold")
    await contact.heard.sound(timeout=5)
    await killed(floor)
    assert contact.is_up and ring.is_up
    await contact.heard.sound(timeout=5)  # the music went on
    await shown(floor, name, "held", [])
    await floor.do("1001", name, "resume")
    await both_hear(contact, ring)
    await floor.over(contact)


async def consulting(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    asked = await consulted(floor, name)
    await killed(floor)
    with whistling(contact=(contact, 500.0), agent=(ring, 900.0), asked=(asked, 1300.0)):
        await asyncio.gather(hears(ring, 1300.0), hears(asked, 900.0))
        await is_deaf_for(contact, 900.0, 1300.0)
        await shown(floor, name, "consulting", ["consulted"])
        await floor.do("1001", name, "complete")
        await ring.ended(timeout=5)
        await asyncio.gather(hears(contact, 1300.0), hears(asked, 500.0))
    assert (await away(state_of, floor.admin, "connected"))["agent"] == "1002"
    await floor.over(contact)


async def consulting_dropped(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    asked = await consulted(floor, name)
    await killed(floor)
    await floor.do("1001", name, "cancel")
    await asked.ended(timeout=5)
    await both_hear(contact, ring)
    await floor.over(contact)


async def answered_while_nobody_listened(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await floor.do("1001", name, "consult", to="outside", target=OUTSIDE)
    asked = await floor.outside.next_call(timeout=10)
    kill = asyncio.create_task(killed(floor))
    await asked.accept()
    await kill
    await floor.events(name, "GuestAnswered", within_s=20)
    await both_hear(ring, asked)
    await floor.do("1001", name, "cancel")
    await both_hear(contact, ring)
    await floor.over(contact)


async def gone_while_nobody_listened(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    asked = await consulted(floor, name)
    await both_hear(ring, asked)  # joined for certain
    kill = asyncio.create_task(killed(floor))
    await asked.hang_up()
    await kill
    await shown(floor, name, "held", [])
    await floor.do("1001", name, "resume")
    await both_hear(contact, ring)
    await floor.over(contact)


async def three_way(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    asked = await consulted(floor, name)
    await floor.do("1001", name, "conference")
    with whistling(contact=(contact, 500.0), agent=(ring, 900.0), asked=(asked, 1300.0)):
        await asyncio.gather(hears(contact, 900.0, 1300.0), hears(asked, 500.0, 900.0))
        await killed(floor)
        await asyncio.gather(hears(contact, 900.0, 1300.0), hears(ring, 500.0, 1300.0), hears(asked, 500.0, 900.0))
        await shown(floor, name, "three_way", ["joined"])
        await floor.do("1001", name, "cancel")
        await asked.ended(timeout=5)
        await asyncio.gather(hears(contact, 900.0), hears(ring, 500.0))
    await floor.over(contact)


async def supervised(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await floor.do("1003", name, "listen")
    ear = await floor.phones["1003"].next_call(timeout=10)
    await ear.accept()
    await floor.events(name, "SupervisorListened")
    with whistling(contact=(contact, 500.0), agent=(ring, 900.0), ear=(ear, 1300.0)):
        await killed(floor)
        await hears(ear, 500.0, 900.0)
        await is_deaf_for(ring, 1300.0)
        await shown(floor, name, "direct", ["listening"])
        await floor.do("1003", name, "whisper")
        await hears(ring, 1300.0)
        await killed(floor)
        await hears(ring, 1300.0)
        await is_deaf_for(contact, 1300.0)
        await floor.do("1003", name, "takeover")
        await ring.ended(timeout=5)
        await asyncio.gather(hears(contact, 1300.0), hears(ear, 500.0))
    assert (await away(state_of, floor.admin, "connected"))["agent"] == "1003"
    await floor.over(contact)
    await ear.ended(timeout=5)


async def consulted(floor: Floor, name: str) -> PhoneCall:
    """The agent asks a colleague, who answers."""
    await floor.do("1001", name, "consult", to="agent", target="1002")
    asked = await floor.phones["1002"].next_call(timeout=10)
    await asked.accept()
    await floor.events(name, "GuestAnswered")
    return asked


STORIES = (
    held,
    consulting,
    consulting_dropped,
    answered_while_nobody_listened,
    gone_while_nobody_listened,
    three_way,
    supervised,
)
