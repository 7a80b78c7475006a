"""Holds, transfers, consultations, three-way talks and supervisors with real phones; whistles tell who hears whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Desk, Visitor, await_that
from eslapp.softphone import Phone, PhoneCall
from tests.system import talks_site
from tests.system.running_site import RunningSite
from tests.system.talks_site import both_hear, hears, is_deaf_for, whistling
from tests.system.test_daemon_killed import away, state_of

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
OUTSIDE = "13800138000"


@dataclass
class Floor:
    """The running site with everybody's phone and desk."""

    site: RunningSite
    caller: Phone
    outside: Phone
    phones: dict[str, Phone]
    desks: dict[str, Desk]
    admin: Desk

    async def do(self, agent: str, interaction: str, what: str, **body: Any) -> Any:
        return await away(lambda: self.desks[agent].post(f"/api/interactions/{interaction}/{what}", **body))

    async def presence(self, agent: str, presence: str) -> None:
        await away(lambda: self.desks[agent].post(f"/api/agents/{agent}/presence", presence=presence))

    async def talk(self, agent: str) -> tuple[PhoneCall, PhoneCall, str]:
        """A caller and this agent are joined."""
        await self.presence(agent, "available")
        contact = await self.caller.dial("1000")
        await contact.answered(timeout=10)
        ring = await self.phones[agent].next_call(timeout=15)
        await ring.accept()
        one = await away(state_of, self.admin, "connected")
        await self.presence(agent, "break")
        return contact, ring, one["id"]

    async def events(self, interaction: str, kind: str, within_s: float = 10) -> None:
        def look() -> bool:
            story = self.admin.get(f"/api/interactions/{interaction}")
            return any(event["type"] == kind for event in story["events"])

        await away(await_that, f"{kind} in the story", within_s, look)

    async def over(self, *calls: PhoneCall) -> None:
        for call in calls:
            await call.hang_up()
        await away(
            await_that,
            "nothing open",
            15,
            lambda: all(one["state"] == "closed" for one in self.admin.get("/api/interactions")["interactions"]),
        )


Story = Callable[[Floor], Awaitable[None]]


def test_talks(tmp_path: Path) -> None:
    asyncio.run(stories(tmp_path, STORIES))


async def stories(tmp_path: Path, told: Iterable[Story]) -> None:
    """One floor, one story after the other."""
    async with AsyncExitStack() as stack:
        outside = await stack.enter_async_context(Phone(("127.0.0.1", 9), OUTSIDE))
        source = talks_site.write(tmp_path / "source", outside.sip_port)
        site = RunningSite(tmp_path / "site", source=source)
        await away(site.__enter__)
        stack.push_async_callback(away, site.__exit__)
        phones, desks = {}, {}
        for agent in ("1001", "1002", "1003"):
            phones[agent] = await stack.enter_async_context(Phone(site.sip, agent, site.phone_password(agent)))
            await phones[agent].register()
            desks[agent] = await away(site.desk, agent)
        caller = await stack.enter_async_context(Phone(site.sip, "13900139000", name="Caller"))
        floor = Floor(site, caller, outside, phones, desks, await away(site.admin))
        for story in told:
            await story(floor)


async def hold_and_resume(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await both_hear(contact, ring)
    with whistling(contact=(contact, 500.0), agent=(ring, 900.0)):
        assert (await floor.do("1001", name, "hold"))["talk"] == "held"
        await is_deaf_for(ring, 500.0)
        await is_deaf_for(contact, 900.0)
        await contact.heard.sound(timeout=5)  # the music
        assert (await floor.do("1001", name, "resume"))["talk"] == "direct"
        await asyncio.gather(hears(contact, 900.0), hears(ring, 500.0))
    await floor.do("1001", name, "hold")
    await ring.hang_up()  # in the middle of a hold: the flow goes on and ends, nobody is left with the music
    await contact.ended(timeout=10)
    await floor.over()


async def blind_to_a_queue(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    before = await away(state_of, floor.admin, "connected")
    await floor.do("1001", name, "transfer", to="queue", target="repairs")
    await ring.ended(timeout=5)
    waiting = await away(state_of, floor.admin, "queued")
    assert (waiting["id"], waiting["queue"], waiting["queued_at"]) == (name, "repairs", before["queued_at"])
    await floor.presence("1002", "available")
    second = await floor.phones["1002"].next_call(timeout=15)
    await second.accept()
    await both_hear(contact, second)
    await floor.presence("1002", "break")
    await floor.over(contact)


async def blind_to_an_agent(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await floor.presence("1002", "available")
    await floor.do("1001", name, "transfer", to="agent", target="1002")
    second = await floor.phones["1002"].next_call(timeout=15)
    await second.accept()
    await ring.ended(timeout=5)
    await both_hear(contact, second)
    await floor.presence("1002", "break")
    await floor.over(contact)


async def blind_outside(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    with pytest.raises(Exception, match="number-not-allowed|may not be called"):
        await floor.do("1001", name, "transfer", to="outside", target="00881234")
    await floor.do("1001", name, "transfer", to="outside", target=OUTSIDE)
    called = await floor.outside.next_call(timeout=10)
    await called.reject(486)  # not reached: back into the line, by the old clock
    await away(state_of, floor.admin, "queued")
    await floor.over(contact)

    contact, ring, name = await floor.talk("1001")
    await floor.do("1001", name, "transfer", to="outside", target=OUTSIDE)
    called = await floor.outside.next_call(timeout=10)
    await called.accept()
    await both_hear(contact, called)
    await floor.over(contact)


async def consult_and_come_back(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await floor.do("1001", name, "consult", to="agent", target="1002")
    asked = await floor.phones["1002"].next_call(timeout=10)
    await asked.accept()
    await floor.events(name, "GuestAnswered")
    with whistling(contact=(contact, 500.0), agent=(ring, 900.0), asked=(asked, 1300.0)):
        await asyncio.gather(hears(ring, 1300.0), hears(asked, 900.0))
        await is_deaf_for(contact, 900.0, 1300.0)
        await floor.do("1001", name, "cancel")
        await asked.ended(timeout=5)
        await asyncio.gather(hears(contact, 900.0), hears(ring, 500.0))
    await floor.over(contact)


async def three_way_then_attended(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await floor.do("1001", name, "consult", to="agent", target="1002")
    asked = await floor.phones["1002"].next_call(timeout=10)
    await asked.accept()
    await floor.events(name, "GuestAnswered")
    with whistling(contact=(contact, 500.0), agent=(ring, 900.0), asked=(asked, 1300.0)):
        await hears(ring, 1300.0)
        await floor.do("1001", name, "conference")
        await asyncio.gather(hears(contact, 900.0, 1300.0), hears(ring, 500.0, 1300.0), hears(asked, 500.0, 900.0))
        await floor.do("1001", name, "complete")
        await ring.ended(timeout=5)
        await asyncio.gather(hears(contact, 1300.0), hears(asked, 500.0))
    one = await away(state_of, floor.admin, "connected")
    assert (one["id"], one["agent"]) == (name, "1002")
    await asked.hang_up()
    await contact.ended(timeout=10)
    await floor.over()


async def attended_outside(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    await floor.do("1001", name, "consult", to="outside", target=OUTSIDE)
    asked = await floor.outside.next_call(timeout=10)
    await asked.accept()
    await floor.events(name, "GuestAnswered")
    await both_hear(ring, asked)
    await floor.do("1001", name, "complete")
    await ring.ended(timeout=5)
    await both_hear(contact, asked)
    await floor.over(contact)


async def supervised(floor: Floor) -> None:
    contact, ring, name = await floor.talk("1001")
    with pytest.raises(Exception, match="403"):
        await floor.do("1002", name, "listen")
    await floor.do("1003", name, "listen")
    ear = await floor.phones["1003"].next_call(timeout=10)
    await ear.accept()
    await floor.events(name, "SupervisorListened")
    with whistling(contact=(contact, 500.0), agent=(ring, 900.0), ear=(ear, 1300.0)):
        await hears(ear, 500.0, 900.0)
        await is_deaf_for(ring, 1300.0)
        await is_deaf_for(contact, 1300.0)
        await floor.do("1003", name, "whisper")
        await hears(ring, 1300.0)
        await is_deaf_for(contact, 1300.0)
        await floor.do("1003", name, "barge")
        await asyncio.gather(hears(ring, 1300.0), hears(contact, 1300.0))
        await floor.do("1003", name, "takeover")
        await ring.ended(timeout=5)
        await is_deaf_for(contact, 900.0)
        await asyncio.gather(hears(contact, 1300.0), hears(ear, 500.0))
    one = await away(state_of, floor.admin, "connected")
    assert one["agent"] == "1003"
    await floor.over(contact)
    await ear.ended(timeout=5)


async def click_to_call(floor: Floor) -> None:
    with pytest.raises(Exception, match="may not be called"):
        await away(lambda: floor.desks["1001"].post("/api/calls", number="00881234"))
    started = await away(lambda: floor.desks["1001"].post("/api/calls", number=OUTSIDE))
    ring = await floor.phones["1001"].next_call(timeout=10)
    await ring.accept()
    contact = await floor.outside.next_call(timeout=10)
    await contact.accept()
    one = await away(state_of, floor.admin, "connected")
    assert (one["id"], one["channel"]) == (started["interaction"], "outbound")
    await both_hear(contact, ring)
    await floor.do("1001", one["id"], "hold")
    await floor.do("1001", one["id"], "resume")
    await both_hear(contact, ring)
    await contact.hang_up()
    await ring.ended(timeout=5)
    await floor.over()
    story = await away(floor.admin.get, f"/api/interactions/{one['id']}")
    assert [part["state"] for part in story["recordings"]] == ["finished"]


async def chat_lifted_to_a_call(floor: Floor) -> None:
    """The visitor writes a number; the agent calls it from the chat, writes on, and both belong to one matter."""
    await floor.presence("1001", "available")
    visitor = await away(Visitor, floor.site.url, "en", "Lena")
    await away(visitor.write, "Easier by phone: 138 0013 8000")
    offer = await away(floor.desks["1001"].await_offer, "text", 15)
    await away(floor.desks["1001"].post, f"/api/offers/{offer['id']}/accept")
    chat = offer["interaction"]
    call = await away(lambda: floor.desks["1001"].post("/api/calls", parent=chat, number=OUTSIDE))
    ring = await floor.phones["1001"].next_call(timeout=10)
    await ring.accept()
    contact = await floor.outside.next_call(timeout=10)
    await contact.accept()
    await both_hear(contact, ring)
    said = {"text": "It is us who call you.", "client_id": "lifted-0001"}
    await away(lambda: floor.desks["1001"].post(f"/api/interactions/{chat}/messages", **said))
    await away(visitor.await_message, "words beside the call", 10, lambda one: one["text"] == said["text"])
    await contact.hang_up()
    await ring.ended(timeout=5)
    await away(visitor.leave)
    await floor.over()
    both = {one["id"]: one for one in (await away(floor.admin.get, "/api/interactions"))["interactions"]}
    lifted, written = both[call["interaction"]], both[chat]
    assert (lifted["parent"], lifted["chain"]) == (chat, written["chain"] or chat)
    assert lifted["contact"] == written["contact"] and lifted["outcome"] == written["outcome"] == "handled"
    await floor.presence("1001", "break")


STORIES = (
    hold_and_resume,
    blind_to_a_queue,
    blind_to_an_agent,
    blind_outside,
    consult_and_come_back,
    three_way_then_attended,
    attended_outside,
    supervised,
    click_to_call,
    chat_lifted_to_a_call,
)
