"""Words on a call: listening, menus by word, speaking over a prompt; and hanging up in the middle of any step."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import pytest

from eslapp.demo.web import await_that
from eslapp.softphone import PhoneCall
from eslapp.softphone.hearing import tone_share
from eslapp.softswitch.media.g711 import loudness
from tests.system.test_daemon_killed import away
from tests.system.test_voice_steps import ORDER, caller, interactions, site
from tests.system.voice_steps_site import StepsSite

__all__ = ["site"]

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


def test_words_and_keys_are_heard(site: StepsSite) -> None:
    asyncio.run(listen(site))


async def listen(site: StepsSite) -> None:
    async with AsyncExitStack() as stack:
        call = await asked(stack, site)
        await call.heard.silence(timeout=5)
        await call.play(ORDER)
        await call.heard.tone(600, timeout=12)
        call = await asked(stack, site)  # a key during the prompt
        await call.press("22")
        await call.heard.tone(700, timeout=5)
        call = await asked(stack, site)  # nothing at all
        await call.heard.tone(800, timeout=12)
        call = await asked(stack, site)  # gone in the middle
        await call.hang_up()
        call = await caller(stack, site, "2008")  # Chinese has no recogniser here: the keys are the way
        await call.heard.sound(timeout=10)
        await call.press("2")
        await call.heard.tone(500, timeout=10)
        await call.press("1")
        await call.heard.tone(600, timeout=6)
    assert "no-recogniser" in site.daemon_log()
    await away(await_that, "no sound left behind", 10, lambda: not list((site.dir.var / "listening").iterdir()))


async def asked(stack: AsyncExitStack, site: StepsSite) -> PhoneCall:
    call = await caller(stack, site, "2004")
    await call.heard.tone(500, timeout=10)
    return call


def test_a_menu_by_words_alone_and_speech_that_stops_the_prompt(site: StepsSite) -> None:
    asyncio.run(speak_over_the_prompt(site))


async def speak_over_the_prompt(site: StepsSite) -> None:
    async with AsyncExitStack() as stack:
        call = await caller(stack, site, "2009", "13900139001")  # nobody who chose Chinese before
        await call.heard.tone(500, timeout=10)
        begun = call.heard.frames_total
        await call.play(ORDER)  # longer than four seconds, over a prompt of twelve
        await call.heard.tone(600, timeout=12)
        frames = call.heard.frames[begun:]
        stopped = next(at for at in range(len(frames)) if all(loudness(one) < 100 for one in frames[at : at + 25]))
        assert stopped < 100, f"the prompt went on for {stopped / 50:.1f} s under the caller's words"

        call = await caller(stack, site, "2010")  # no recogniser: the numbers are told instead of the prompt
        await call.heard.sound(timeout=10)
        await call.press("2")
        begun = call.heard.frames_total
        await call.heard.silence(timeout=10, for_s=0.3)
        await call.heard.sound(timeout=10)
        await call.press("2")
        await call.heard.tone(700, timeout=6)
        windows = (b"".join(call.heard.frames[at : at + 10]) for at in range(begun, len(call.heard.frames), 10))
        assert not any(tone_share(one, 500) > 0.5 for one in windows), "nobody is asked to speak"
    log = site.daemon_log()
    assert "spoken-over" in log and "no-recogniser" in log


def test_callers_who_hang_up_at_the_first_sound_of_every_step_leave_nothing_behind(site: StepsSite) -> None:
    asyncio.run(hang_up_everywhere(site))


async def hang_up_everywhere(site: StepsSite) -> None:
    began = time.time()
    async with AsyncExitStack() as stack:
        for number in range(2001, 2011):
            call = await caller(stack, site, str(number))
            await call.heard.sound(timeout=10)
            await call.hang_up()
    admin = await away(site.admin)

    def rows() -> list[dict[str, Any]]:
        return [one for one in interactions(admin) if one["opened_at"] >= began and one["channel"] == "voice"]

    await away(
        await_that, "all rows closed", 15, lambda: len(rows()) == 10 and {one["state"] for one in rows()} == {"closed"}
    )
    stories = [await away(admin.get, f"/api/interactions/{one['id']}") for one in rows()]
    ends = [event["cause"] for one in stories for event in one["events"] if event["type"] == "InteractionClosed"]
    assert len(ends) == 10 and all(ends)
    assert "call-failed" not in site.daemon_log() and "Traceback" not in site.daemon_log()
