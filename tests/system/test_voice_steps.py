"""The steps of calls, each on a real call through the switch, the daemon and the transcriber: one site for all."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Desk, Visitor, await_that
from eslapp.softphone import Phone, PhoneCall
from eslapp.softphone.hearing import tone_share
from eslapp.softswitch.media.g711 import loudness
from eslapp.softswitch.media.sources import ToneSource
from tests.system.test_daemon_killed import away, state_of
from tests.system.voice_steps_site import StepsSite

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

ORDER = Path(__file__).parents[1] / "recordings" / "data" / "en-hibari-2.wav"  # "... cancel my order ... a refund"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StepsSite]:
    with StepsSite(tmp_path_factory.mktemp("steps") / "site") as running:
        yield running


async def caller(stack: AsyncExitStack, site: StepsSite, number: str, user: str = "13800138000") -> PhoneCall:
    phone = await stack.enter_async_context(Phone(site.sip, user))
    return await phone.dial(number)


async def agent(stack: AsyncExitStack, site: StepsSite, extension: str = "1001") -> Phone:
    phone = await stack.enter_async_context(Phone(site.sip, extension, site.phone_password(extension)))
    await phone.register()
    return phone


def interactions(admin: Desk, **query: Any) -> list[dict[str, Any]]:
    return list(admin.get("/api/interactions", **query)["interactions"])


def story_of(admin: Desk, channel: str, since: float) -> dict[str, Any]:
    """The newest interaction of this channel that began in this test, with its story."""

    def look() -> Any:
        new = [one for one in interactions(admin) if one["channel"] == channel and one["opened_at"] >= since - 1]
        return max(new, key=lambda one: one["opened_at"]) if new else None

    found = await_that(f"an interaction of {channel}", 15, look)
    return dict(admin.get(f"/api/interactions/{found['id']}"))


def test_a_message_becomes_work_with_its_words_and_number(site: StepsSite) -> None:
    asyncio.run(leave_a_message(site, is_killed=False))


def test_who_hangs_up_while_the_daemon_is_dead_has_left_the_message(site: StepsSite) -> None:
    asyncio.run(leave_a_message(site, is_killed=True))


async def leave_a_message(site: StepsSite, *, is_killed: bool) -> None:
    began = time.time()
    async with AsyncExitStack() as stack:
        call = await caller(stack, site, "2001")
        await call.heard.tone(500, timeout=10)
        await call.heard.tone(950, timeout=10)
        await call.play(ORDER)
        if is_killed:
            os.kill(site.dir.state()["daemon"]["pid"], signal.SIGKILL)
            await call.hang_up()
            await away(await_that, "a new daemon", 30, site.is_ready)
        else:
            await call.heard.silence(timeout=5)
            await call.heard.sound(timeout=10)  # a second of silence has ended it: what now?
            await call.press("2")
            begun = call.heard.frames_total
            await call.heard.until(lambda: call.heard.frames_total - begun > 200, 6, "four seconds")
            spoken = [frame for frame in call.heard.frames[-200:] if loudness(frame) > 300]
            assert len(spoken) > 75, "the message itself was heard, not only a question"
            await call.heard.silence(timeout=10, for_s=0.5)
            await call.press("1")
            await call.heard.tone(600, timeout=10)
            await call.ended(timeout=10)
    admin = site.admin()
    message = story_of(admin, "voicemail", began)
    one = message["interaction"]
    call_story = story_of(admin, "voice", began)
    assert (one["medium"], one["queue"], one["subject"]) == ("text", "orders", "13800138000")
    assert (one["state"], one["parent"]) == ("queued", call_story["interaction"]["id"])
    told = admin.await_story(one["id"], "its words", 30, lambda s: s["transcripts"] and s["transcripts"][0]["turns"])
    assert "refund" in str(told["transcripts"]).lower()
    assert told["recordings"][0]["channels"] == 1 and 2 < told["recordings"][0]["seconds"] < 12
    take_it(site, one["id"])


def take_it(site: StepsSite, interaction: str) -> None:
    """An agent is offered the message, hears it, and is done with it."""
    desk = site.desk("1002")
    desk.post("/api/agents/1002/presence", presence="available")
    offer = desk.await_offer("text", 15)
    assert offer["channel"] == "voicemail" and offer["interaction"] == interaction
    desk.post(f"/api/offers/{offer['id']}/accept")
    assert desk.recording(interaction)[:4] == b"RIFF"
    desk.post(f"/api/interactions/{interaction}/end")
    desk.post("/api/agents/1002/presence", presence="offline")


def test_transfers_to_a_phone_and_their_ways_out(site: StepsSite) -> None:
    asyncio.run(transfer_inside(site))


async def transfer_inside(site: StepsSite) -> None:
    async with AsyncExitStack() as stack:
        phone = await agent(stack, site)
        call = await caller(stack, site, "2002")
        talk = await phone.next_call(timeout=10)
        await call.heard.tone(450, timeout=5)  # ringing is heard
        await talk.accept()
        await hear_each_other(call, talk)
        await away(site.kill_daemon)  # the talk goes on without us, and the flow after it
        await hear_each_other(call, talk)
        await talk.hang_up()
        await call.heard.tone(600, timeout=15)
        await call.ended(timeout=5)

        call = await caller(stack, site, "2002")
        await (await phone.next_call(timeout=10)).reject(486)
        await call.heard.tone(700, timeout=5)
        call = await caller(stack, site, "2002")
        await phone.next_call(timeout=10)
        await call.heard.tone(800, timeout=10)  # rang out


async def hear_each_other(call: PhoneCall, talk: PhoneCall) -> None:
    call.start_playing(ToneSource([(1000.0,)], on_ms=4000))
    talk.start_playing(ToneSource([(900.0,)], on_ms=4000))
    await call.heard.tone(900, timeout=5)
    await talk.heard.tone(1000, timeout=5)
    call.stop_playing()
    talk.stop_playing()


def test_only_allowed_numbers_outside_are_dialled(site: StepsSite) -> None:
    asyncio.run(transfer_outside(site))


async def transfer_outside(site: StepsSite) -> None:
    began = time.time()
    async with AsyncExitStack() as stack:
        carrier = await stack.enter_async_context(Phone(site.sip, "carrier", port=site.carrier))
        call = await caller(stack, site, "2003")
        await enter(call, "13900139000#")
        talk = await carrier.next_call(timeout=10)
        assert talk.caller == "02161234567"
        await talk.accept()
        await hear_each_other(call, talk)
        await call.hang_up()
        await talk.ended(timeout=5)
        story = await away(story_of, await away(site.admin), "voice", began)
        ended = await away(site.admin().await_story, story["interaction"]["id"], "the transfer told", 10, transferred)
        (event,) = [event for event in ended["events"] if event["type"] == "ContactTransferred"]
        assert (event["kind"], event["target"], event["result"]) == ("outside", "13900139000", "left")

        call = await caller(stack, site, "2003")
        await enter(call, "0088212345#")
        await call.heard.tone(800, timeout=5)
        assert carrier.calls == [talk], "nothing reached the carrier"


def transferred(story: dict[str, Any]) -> bool:
    return any(event["type"] == "ContactTransferred" for event in story["events"])


async def enter(call: PhoneCall, keys: str) -> None:
    await call.heard.tone(500, timeout=10)
    await call.press(keys)


def test_a_call_is_recorded_with_consent_and_masked_while_it_is_paused(site: StepsSite) -> None:
    asyncio.run(record(site))


async def record(site: StepsSite) -> None:
    began = time.time()
    async with AsyncExitStack() as stack:
        call = await caller(stack, site, "2005")
        await enter(call, "1")
        await call.heard.tone(600, timeout=5)
        await call.heard.tone(700, timeout=5)
        await call.press("4711#")
        await call.heard.tone(1200, timeout=5)
        await call.press("1#")
        await call.ended(timeout=10)
        admin = await away(site.admin)
        story = await away(story_of, admin, "voice", began)
        told = await away(
            admin.await_story, story["interaction"]["id"], "the recording", 15,
            lambda s: s["recordings"] and s["recordings"][0]["state"] == "finished",
        )  # fmt: skip
        sound = await away(admin.recording, told["interaction"]["id"])
        assert (has_tone(sound, 600), has_tone(sound, 700), has_tone(sound, 1200)) == (True, False, True)

        began = time.time()
        call = await caller(stack, site, "2005")
        await enter(call, "2")
        await call.heard.tone(800, timeout=5)
        await call.ended(timeout=5)
        assert (await away(story_of, admin, "voice", began))["recordings"] == []


def has_tone(wav: bytes, hertz: int) -> bool:
    """Whether the right channel (what was said to the contact) of a two-channel WAV holds this tone anywhere."""
    pcm = wav[wav.index(b"data") + 8 :]
    right = b"".join(pcm[at + 2 : at + 4] for at in range(0, len(pcm) - 3, 4))
    frames = (right[at : at + 3200] for at in range(0, len(right) - 3200, 1600))
    return any(tone_share(frame, hertz) > 0.6 for frame in frames)


def test_early_media_and_then_an_answer(site: StepsSite) -> None:
    asyncio.run(answer_late(site))


async def answer_late(site: StepsSite) -> None:
    async with AsyncExitStack() as stack:
        call = await caller(stack, site, "2006")
        assert await call.ringing(timeout=10) == 183
        await call.heard.tone(500, timeout=10)
        assert not call.is_up
        await call.answered(timeout=5)
        await call.heard.tone(700, timeout=5)
        await call.ended(timeout=5)


def test_a_key_in_the_queue_leads_out_or_to_a_callback(site: StepsSite) -> None:
    asyncio.run(leave_the_line(site))


async def leave_the_line(site: StepsSite) -> None:
    began = time.time()
    desk = await away(site.desk, "1002")  # somebody is there, so that there is a line to stand in
    await away(lambda: desk.post("/api/agents/1002/presence", presence="break"))
    async with AsyncExitStack() as stack:
        call = await caller(stack, site, "2007", "13700137000")
        await call.heard.tone(500, timeout=10)
        await call.heard.tone(400, timeout=5)  # music
        await call.press("*")
        await call.heard.tone(800, timeout=5)
        await call.ended(timeout=5)

        call = await caller(stack, site, "2007", "13700137000")
        await call.heard.tone(400, timeout=10)
        admin = await away(site.admin)
        queued = await away(state_of, admin, "queued")
        await call.press("1")
        await call.heard.until(lambda: call.heard.share_of(400) < 0.2, 10, "the end of the music")
        await call.press("1")
        await call.ended(timeout=30)
        story = await away(story_of, admin, "callback", began)
        one = story["interaction"]
        assert (one["address"], one["queue"], one["parent"]) == ("13700137000", "orders", queued["id"])
        assert one["queued_at"] == queued["queued_at"], "the place is kept"


def test_a_chat_leaves_the_line_by_a_word(site: StepsSite) -> None:
    site.desk("1002").post("/api/agents/1002/presence", presence="break")
    visitor = Visitor(site.url, "en", "Ling")
    visitor.write("hello")
    visitor.await_message("the hint", 10, lambda one: "9 to leave" in one["text"])
    visitor.write("is anybody there")
    visitor.write("I want to leave")
    visitor.await_message("the way out", 10, lambda one: one["text"] == "You have left.")

    began = time.time()
    visitor = Visitor(site.url, "en", "Wei")
    talk = {"hello": "9 to leave", "0": "Which number", "137-0013-7111": "13700137111", "yes": "All right"}
    for words, answer in talk.items():
        visitor.write(words)
        visitor.await_message(answer, 10, lambda one, answer=answer: answer in one["text"])
    assert story_of(site.admin(), "callback", began)["interaction"]["address"] == "13700137111"
