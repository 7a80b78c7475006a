"""``kill -9`` of the daemon during a queued and a bridged call: nobody is dropped, the place and the talk are kept."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Desk, await_that
from eslapp.softphone import Phone, PhoneCall
from eslapp.softswitch.media.sources import ToneSource
from tests.system.running_site import RunningSite

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


async def away(work: Any, *args: Any) -> Any:
    return await asyncio.to_thread(work, *args)


async def into_queue(call: PhoneCall) -> None:
    """Answer the two questions of the demonstration's flow."""
    await call.answered(timeout=10)
    for key in ("2", "1"):
        await call.heard.sound(timeout=20)
        await call.heard.silence(timeout=30, for_s=1.0)
        await call.press(key)


def state_of(admin: Desk, state: str) -> dict[str, Any]:
    found = await_that(
        f"an interaction {state}", 15, lambda: admin.get("/api/interactions", state=state)["interactions"]
    )
    return dict(found[0])


def test_a_queued_caller_keeps_the_place_and_a_bridged_pair_talks_on(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "site") as site:
        asyncio.run(through_two_kills(site))


async def through_two_kills(site: RunningSite) -> None:
    async with (
        Phone(site.sip, "13800138000", name="Caller") as caller_phone,
        Phone(site.sip, "1001", site.phone_password("1001")) as agent_phone,
    ):
        await agent_phone.register()
        call = await caller_phone.dial("1000")
        await into_queue(call)
        before = await away(state_of, site.admin(), "queued")

        await away(site.kill_daemon)
        admin = await away(site.admin)
        after = await away(state_of, admin, "queued")
        assert call.is_up
        assert (after["id"], after["queued_at"]) == (before["id"], before["queued_at"])
        await call.heard.sound(timeout=10)  # music again

        desk = await away(site.desk, "1001")
        await away(
            await_that,
            "the phone seen by the new daemon",
            10,
            lambda: any(one["phone_registered"] for one in desk.get("/api/agents")["agents"]),
        )
        await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))
        talk = await agent_phone.next_call(timeout=15)
        await talk.accept()
        await away(state_of, admin, "connected")
        await hear_each_other(call, talk)

        await away(site.kill_daemon)
        assert call.is_up and talk.is_up
        await hear_each_other(call, talk)
        admin = await away(site.admin)
        connected = await away(state_of, admin, "connected")
        assert connected["id"] == before["id"]

        await call.hang_up()
        await talk.ended(timeout=5)
        await away(state_of, admin, "wrap_up")
        story = await away(admin.get, f"/api/interactions/{before['id']}")
        kinds = [event["type"] for event in story["events"]]
        assert kinds.count("OfferMade") == 1, kinds
        assert kinds.count("InteractionConnected") == 1, kinds
        assert story["recordings"][0]["channels"] == 2


async def hear_each_other(call: PhoneCall, talk: PhoneCall) -> None:
    call.start_playing(ToneSource([(500.0,)], on_ms=4000))
    talk.start_playing(ToneSource([(900.0,)], on_ms=4000))
    await call.heard.tone(900, timeout=5)
    await talk.heard.tone(500, timeout=5)
    call.stop_playing()
    talk.stop_playing()
