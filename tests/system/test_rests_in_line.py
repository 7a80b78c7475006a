"""Callers who wait on do so without a connection to the daemon: what they hear, press and come to is the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from eslapp.demo.web import Desk, await_that
from eslapp.softphone import Phone, PhoneCall
from eslapp.softswitch.media.sources import ToneSource
from tests.system.test_daemon_killed import away, state_of
from tests.system.voice_steps_site import TonesSite

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
SITE = """
site: Rests
languages: [en]
timezone: UTC
numbers: {"2000": line, "2001": told, "2002": late}
skills: [a, b]
queues:
  orders: {skills: {a: 1}, music: tone-400.wav, wrapup: 0 s}
  told: {skills: {b: 1}, music: tone-400.wav, announce: {position: every 10 s}}
agents:
  "1001": {name: Ann, skills: {a: 1}, languages: [en]}
  "1002": {name: Bo, skills: {b: 1}, languages: [en]}
"""
FLOWS = {
    "line": "start:\n  - queue: orders\n  - say: tone-600.wav\n  - hangup\n",
    "told": "start:\n  - queue: {name: told, keys: {'*': leave}, hint: tone-1200.wav}\n  - hangup\n"
    "leave:\n  - say: tone-800.wav\n  - hangup\n",
    "late": "start:\n  - queue: {name: told, after: {wait: 16 s, go: late}}\n  - hangup\n"
    "late:\n  - say: tone-700.wav\n  - hangup\n",
}
CONNECTED_S, RESTS_S = 20, 30


class Scene:
    """A site, and one caller's call in it."""

    def __init__(self, site: TonesSite, call: PhoneCall, stack: AsyncExitStack) -> None:
        self.site, self.call, self.stack = site, call, stack

    def channels(self) -> list[dict[str, Any]]:
        return list(json.loads(self.site.switch_api("show channels as json")).get("rows", []))

    def rests(self) -> bool:
        """Whether the one caller's leg is at the dialplan's music."""
        rows = [row for row in self.channels() if row["direction"] == "inbound"]
        return [(row["dest"], row["application"]) for row in rows] == [("zj-rest", "playback")]

    async def must_rest(self) -> None:
        await away(await_that, "a leg at rest", RESTS_S, self.rests)

    async def agent(self) -> tuple[Phone, Desk]:
        phone = Phone(self.site.sip, "1001", self.site.phone_password("1001"))
        await self.stack.enter_async_context(phone)
        await phone.register()
        desk = await away(self.site.desk, "1001")

        def is_seen() -> bool:
            return any(one["phone_registered"] for one in desk.get("/api/agents")["agents"])

        await away(await_that, "the phone seen", 15, is_seen)
        return phone, desk

    async def talk(self, phone: Phone, desk: Desk) -> PhoneCall:
        """The agent takes the call; they hear each other."""
        await away(lambda: desk.post("/api/agents/1001/presence", presence="available"))
        talk = await phone.next_call(timeout=20)
        await talk.accept()
        await away(state_of, await away(self.site.admin), "connected")
        for mine, others, hertz in ((self.call, talk, 1200), (talk, self.call, 800)):
            mine.start_playing(ToneSource([(hertz,)], repeats=None))
            await others.heard.tone(hertz, timeout=10)
            mine.stop_playing()
        return talk


@asynccontextmanager
async def caller(site: TonesSite, number: str) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(Phone(site.sip, "13900139000"))
        call = await phone.dial(number)
        await call.answered(timeout=CONNECTED_S)
        await away(state_of, await away(site.admin), "queued")
        yield Scene(site, call, stack)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with TonesSite(tmp_path_factory.mktemp("rests") / "site", SITE, FLOWS) as running:
        yield running


def play(story: Callable[[TonesSite], Awaitable[None]], site: TonesSite) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(story(site), 150)

    asyncio.run(bounded())


def test_a_resting_caller_is_joined_and_comes_back_to_the_flow(site: TonesSite) -> None:
    play(served, site)


async def served(site: TonesSite) -> None:
    async with caller(site, "2000") as scene:
        await scene.must_rest()
        await scene.call.heard.tone(400, timeout=10)
        talk = await scene.talk(*await scene.agent())
        await talk.hang_up()
        await scene.call.heard.tone(600, timeout=20)  # the step behind the queue
        await scene.call.ended(timeout=20)


def test_words_break_into_the_music_and_a_key_leads_on(site: TonesSite) -> None:
    play(told, site)


async def told(site: TonesSite) -> None:
    async with caller(site, "2001") as scene:
        await scene.must_rest()
        for _ in range(2):
            await scene.call.heard.tone(1200, timeout=25)
            await scene.call.heard.tone(400, timeout=10)
            assert await away(scene.rests)
        await scene.call.press("5")  # leads nowhere
        await scene.call.heard.tone(400, timeout=10)
        await scene.call.press("*")
        await scene.call.heard.tone(800, timeout=15)
        await scene.call.ended(timeout=20)


def test_who_rested_too_long_goes_where_the_flow_says(site: TonesSite) -> None:
    play(too_late, site)


async def too_late(site: TonesSite) -> None:
    async with caller(site, "2002") as scene:
        await scene.must_rest()
        await scene.call.heard.tone(700, timeout=40)
        await scene.call.ended(timeout=20)


def test_who_hangs_up_at_rest_is_out_of_the_line(site: TonesSite) -> None:
    play(hangs_up, site)


async def hangs_up(site: TonesSite) -> None:
    async with caller(site, "2000") as scene:
        admin = await away(site.admin)
        (one,) = (await away(lambda: admin.get("/api/interactions", state="queued")))["interactions"]
        await scene.must_rest()
        await scene.call.hang_up()

        def outcome() -> Any:
            return [
                found["outcome"] for found in admin.get("/api/interactions")["interactions"] if found["id"] == one["id"]
            ]

        await away(await_that, "abandoned", 10, lambda: outcome() == ["abandoned"])


def test_the_music_begins_anew_while_they_rest(site: TonesSite) -> None:
    """Of 12 s of music five are sent at once; the lease of 0.6 s of music is thirty: 18 s."""
    play(long_wait, site)


async def long_wait(site: TonesSite) -> None:
    async with caller(site, "2000") as scene:
        await scene.must_rest()
        begun = scene.call.heard.seconds
        heard = scene.call.heard

        def connections() -> int:
            return site.daemon_log().count("call-back")

        before = connections()
        while heard.seconds - begun < 42:  # two leases and more
            await heard.tone(400, timeout=5)
            until = heard.seconds + 1
            await heard.until(lambda until=until: heard.seconds > until, 10, "a second more")  # type: ignore[misc]
        assert await away(scene.rests)
        assert connections() == before, "it came back by itself"
        await scene.call.hang_up()


def test_kill_9_leaves_them_at_their_music_and_in_line(site: TonesSite) -> None:
    play(killed, site)


async def killed(site: TonesSite) -> None:
    async with caller(site, "2000") as scene:
        before = await away(state_of, await away(site.admin), "queued")
        await scene.must_rest()
        await away(site.kill_daemon)
        after = await away(state_of, await away(site.admin), "queued")
        assert (after["id"], after["queued_at"]) == (before["id"], before["queued_at"])
        await scene.call.heard.tone(400, timeout=10)
        await scene.must_rest()
        talk = await scene.talk(*await scene.agent())
        await scene.call.hang_up()
        await talk.ended(timeout=20)
