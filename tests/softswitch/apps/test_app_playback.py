"""``playback``."""

from __future__ import annotations

import asyncio

import pytest
from golden_scenarios import SOUNDS
from switch_lab import Lab, in_lab


@in_lab
@pytest.mark.parametrize(
    ("sound", "hertz"),
    [
        (f"{SOUNDS}/prompt.wav", 400),
        ("tone_stream://%(300,0,600)", 600),
        (f"file_string://silence_stream://100!{SOUNDS}/prompt.wav", 400),
    ],
)
async def test_the_caller_hears_it_to_its_end(lab: Lab, sound: str, hertz: int) -> None:
    call, out = await lab.answered_call()
    done = asyncio.ensure_future(out.run("playback", sound))
    await call.heard.tone(hertz, timeout=3)
    assert (await done)["Application-Response"] == "FILE PLAYED"


@in_lab
async def test_what_is_not_there_is_said(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    assert (await out.run("playback", "none.wav"))["Application-Response"] == "FILE NOT FOUND"


@in_lab
async def test_a_terminator_ends_it_and_is_remembered(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("set", "playback_terminators=#9")
    out.start("playback", "tone_stream://%(9000,0,500)")
    await call.heard.tone(500, timeout=3)
    await call.press("19")
    done = await out.complete("playback")
    assert (done["variable_playback_terminator_used"], done["Application-Response"]) == ("9", "FILE PLAYED")


@in_lab
async def test_hanging_up_ends_it_with_an_error(lab: Lab) -> None:
    call, out = await lab.answered_call()
    out.start("playback", "tone_stream://%(9000,0,500)")
    await call.heard.tone(500, timeout=3)
    await call.hang_up()
    assert (await out.complete("playback"))["Application-Response"] == "PLAYBACK ERROR"
