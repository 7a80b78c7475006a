"""``bind_meta_app``."""

from __future__ import annotations

import asyncio

from switch_lab import Lab, in_lab


@in_lab
async def test_star_and_the_digit_run_it_where_they_were_pressed(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_meta_app", "1 a s set::said=star one")
    for digit in "*1":
        await call.press(digit)
    assert (await out.complete("set"))["variable_said"] == "star one"


@in_lab
async def test_two_stars_are_digits(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_meta_app", "1 a s set::said=1")
    for digit in "**":
        await call.press(digit)
    assert (await out.wait_event("DTMF"))["DTMF-Digit"] == "*"


@in_lab
async def test_once_is_once(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_meta_app", "1 a s1 set::said=1")
    for digit in "*1":
        await call.press(digit)
    await out.complete("set")
    for digit in "*1":
        await call.press(digit)
    assert (await out.wait_event("DTMF"))["DTMF-Digit"] == "*"


@in_lab
async def test_the_callee_presses_what_the_caller_s_channel_bound(lab: Lab) -> None:
    agent, (_call, out) = await lab.agent("1001"), await lab.answered_call()
    await out.run("bind_meta_app", "1 b s set::said=there")
    await out.run("bind_meta_app", "2 b o set::said=here")
    await out.execute("bridge", "user/1001")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    for digit in "*2":
        await theirs.press(digit)
    assert (await out.complete("set"))["variable_said"] == "here"
    for digit in "*1":
        await theirs.press(digit)
    leg = lab.legs[1]
    while leg.variables.text("said") != "there":
        await asyncio.sleep(0.01)
