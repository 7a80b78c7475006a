"""Phones that die without a word, and phones that are only silent: the causes FreeSWITCH gives, and who stays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path

import pytest
from switch_lab import Lab

from eslapp.softphone.call import PhoneCall

pytestmark = pytest.mark.slow  # they wait for seconds of silence

SILENT = "MEDIA_TIMEOUT"
DEAD = "NORMAL_TEMPORARY_FAILURE"  # by ICMP: the port is closed


def in_loop(test: Callable[[Path], Awaitable[None]]) -> Callable[[Path], None]:
    @wraps(test)
    def run(tmp_path: Path) -> None:
        asyncio.run(asyncio.wait_for(test(tmp_path), 30))

    return run


async def parked(lab: Lab, **globals_: str) -> PhoneCall:
    """A phone in the park; the globals stand for ``vars.xml``."""
    lab.switch.conf.globals.update(globals_)
    phone = await lab.phone("1000")
    call = await phone.dial("9198")
    await call.answered()
    return call


async def cause_of_end(lab: Lab, within_s: float = 4.0) -> str:
    (session,) = lab.legs
    await asyncio.wait_for(session.is_gone.wait(), within_s)
    return session.hangup_cause


@in_loop
async def test_a_phone_that_vanished_is_asked_and_gone(tmp_path: Path) -> None:
    async with Lab(tmp_path) as lab:
        await parked(lab, sofia_session_timeout="2")
        lab.phones[0].vanish()
        assert await cause_of_end(lab) == DEAD


@in_loop
async def test_a_phone_that_sends_no_sound_but_answers_stays(tmp_path: Path) -> None:
    async with Lab(tmp_path) as lab:
        call = await parked(lab, sofia_session_timeout="2", media_timeout="60000")
        with pytest.raises(TimeoutError):
            await cause_of_end(lab, within_s=3.5)  # three questions
        assert call.is_up


@in_loop
async def test_silence_for_too_long_ends_a_call_and_sound_keeps_it(tmp_path: Path) -> None:
    async with Lab(tmp_path) as lab:
        call = await parked(lab, media_timeout="1000")
        await call.play_silence(2.0)  # packets, whatever is in them
        assert call.is_up
        assert await cause_of_end(lab) == SILENT
        assert (await call.ended(1)).by_remote


@in_loop
async def test_on_hold_more_silence_is_allowed(tmp_path: Path) -> None:
    async with Lab(tmp_path) as lab:
        call = await parked(lab, media_timeout="1000", media_hold_timeout="2500")
        await call.hold()
        with pytest.raises(TimeoutError):
            await cause_of_end(lab, within_s=2.0)
        await call.resume()
        await call.play_silence(0.2)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert await cause_of_end(lab) == SILENT
        assert 0.8 < loop.time() - begun < 2.0


@in_loop
async def test_a_leg_may_say_otherwise(tmp_path: Path) -> None:
    async with Lab(tmp_path) as lab:
        lab.switch.conf.globals.update(media_timeout="60000")
        call, controller = await lab.taken_call()
        await controller.execute("set", "media_timeout=500")
        await controller.execute("answer")
        await call.answered()
        (session,) = lab.legs
        await call.ended(4)
        assert session.hangup_cause == SILENT
