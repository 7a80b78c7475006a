"""Calls that agents have made and hand on without a word: to a colleague, to a number outside that answers or does not.

The contact, whom we have called, must never be left alone or in silence.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from eslapp.softphone import PhoneCall
from tests.system.talks_site import both_hear
from tests.system.test_daemon_killed import away, state_of
from tests.system.test_talks import OUTSIDE, Floor, stories

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
OTHER = "13800138999"


def test_own_calls_handed_on(tmp_path: Path) -> None:
    asyncio.run(stories(tmp_path, (to_colleagues, outside_answers, outside_is_busy, outside_while_killed)))


async def to_colleagues(floor: Floor) -> None:
    """Ann's call goes to a queue, from there back to Ann, whose end of it ends it."""
    await floor.presence("1001", "break")
    contact, name = await own_call(floor)
    ring = floor.phones["1001"].calls[-1]
    await floor.do("1001", name, "transfer", to="queue", target="orders")
    await ring.ended(timeout=5)
    await contact.heard.sound(timeout=5)  # the music
    await floor.presence("1002", "available")
    second = await floor.phones["1002"].next_call(timeout=15)
    await second.accept()
    await both_hear(contact, second)
    await floor.presence("1002", "break")
    await floor.presence("1001", "available")
    await floor.do("1002", name, "transfer", to="agent", target="1001")
    third = await floor.phones["1001"].next_call(timeout=15)
    await third.accept()
    await second.ended(timeout=5)
    await both_hear(contact, third)
    await floor.presence("1001", "break")
    await third.hang_up()  # nobody is left with them: the call ends
    await contact.ended(timeout=10)
    await floor.over()
    story = await away(floor.admin.get, f"/api/interactions/{name}")
    assert (story["interaction"]["agent"], story["interaction"]["outcome"]) == ("1001", "handled")
    assert len(story["recordings"]) == 3


async def own_call(floor: Floor) -> tuple[PhoneCall, str]:
    """Ann calls a number outside and is joined with it; the contact's side and the interaction."""
    started = await away(lambda: floor.desks["1001"].post("/api/calls", number=OUTSIDE))
    ring = await floor.phones["1001"].next_call(timeout=15)
    await ring.accept()
    contact = await floor.outside.next_call(timeout=15)
    await contact.accept()
    await both_hear(contact, ring)
    return contact, str(started["interaction"])


async def closed(floor: Floor, name: str) -> dict[str, Any]:
    await floor.over()
    return dict((await away(floor.admin.get, f"/api/interactions/{name}"))["interaction"])


async def outside_answers(floor: Floor) -> None:
    contact, name = await own_call(floor)
    await floor.do("1001", name, "transfer", to="outside", target=OTHER)
    third = await floor.outside.next_call(timeout=15)
    await third.accept()
    await both_hear(contact, third)
    await away(is_free, floor, "1001")
    await third.hang_up()
    await contact.ended(timeout=15)
    one = await closed(floor, name)
    assert (one["channel"], one["outcome"]) == ("outbound", "handled")
    story = await away(floor.admin.get, f"/api/interactions/{name}")
    told = [event for event in story["events"] if event["type"] == "ContactTransferred"]
    assert [(event["kind"], event["target"], event["result"]) for event in told] == [("outside", OTHER, "talked")]


async def outside_is_busy(floor: Floor) -> None:
    """They wait in the queue of the call, with its music, and the next free agent has them."""
    contact, name = await own_call(floor)
    await floor.do("1001", name, "transfer", to="outside", target=OTHER)
    await (await floor.outside.next_call(timeout=15)).reject(486)
    waiting = await away(state_of, floor.admin, "queued")
    assert (waiting["id"], waiting["queue"]) == (name, "orders")
    await contact.heard.sound(timeout=10)
    await floor.presence("1002", "available")
    second = await floor.phones["1002"].next_call(timeout=15)
    await second.accept()
    await both_hear(contact, second)
    await floor.presence("1002", "break")
    await contact.hang_up()
    one = await closed(floor, name)
    assert (one["outcome"], one["agent"]) == ("handled", "1002")


async def outside_while_killed(floor: Floor) -> None:
    """The daemon dies while the number outside rings, and again within their talk."""
    contact, name = await own_call(floor)
    await floor.do("1001", name, "transfer", to="outside", target=OTHER)
    third = await floor.outside.next_call(timeout=15)
    await away(floor.site.kill_daemon, 60)
    await third.accept()
    await both_hear(contact, third)
    await away(floor.site.kill_daemon, 60)
    await both_hear(contact, third)
    await third.hang_up()
    await contact.ended(timeout=30)
    floor.admin = await away(floor.site.admin)
    assert (await closed(floor, name))["outcome"] == "handled"


def is_free(floor: Floor, agent: str) -> None:
    """The desk of who has handed it on shows nothing any more."""
    shown = floor.desks[agent].get("/api/desk")
    assert [one["id"] for one in shown["interactions"] if one["state"] == "connected"] == []
