"""``loopback/``: a pair of channels inside the switch: audio and digits both ways, answers, ends."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab

from eslapp.softswitch.media.sources import ToneSource

pytestmark = pytest.mark.system


@in_lab
async def test_the_dialplan_s_echo_is_heard_through_a_pair(lab: Lab) -> None:
    call, out = await lab.answered_call()
    out.start("bridge", "loopback/9196/default")
    await out.wait_event("CHANNEL_BRIDGE")
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    await call.heard.tone(500, timeout=5)
    await call.hang_up()
    await out.ever("CHANNEL_HANGUP_COMPLETE")
    assert [leg.name for leg in lab.legs if leg.is_up] == []


@in_lab
async def test_a_pair_reaches_a_phone(lab: Lab) -> None:
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    out.start("bridge", "loopback/1001/default")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    theirs.start_playing(ToneSource([(700.0,)], repeats=None))
    await theirs.heard.tone(500, timeout=5)
    await call.heard.tone(700, timeout=5)
    call.stop_playing()
    await call.press("5")
    await theirs.heard.digit("5", timeout=5)


@in_lab
async def test_a_refusal_comes_through(lab: Lab) -> None:
    agent = await lab.agent("1001")
    _call, out = await lab.answered_call()
    await out.run("set", "continue_on_fail=true")
    out.start("bridge", "loopback/1001/default")
    await (await agent.next_call(timeout=5)).reject(486)
    assert (await out.complete("bridge"))["variable_originate_disposition"] == "USER_BUSY"


@in_lab
async def test_an_application_instead_of_an_extension(lab: Lab) -> None:
    call, out = await lab.answered_call()
    out.start("bridge", "loopback/app=echo")
    await out.wait_event("CHANNEL_BRIDGE")
    call.start_playing(ToneSource([(600.0,)], repeats=None))
    await call.heard.tone(600, timeout=5)


@in_lab
async def test_nothing_stays_of_a_call(lab: Lab) -> None:
    monitor = await lab.monitor()
    assert (await monitor.api("originate loopback/9196/default &park")).startswith("+OK")
    await monitor.api("hupall")
    for _ in range(2):
        await monitor.wait_event("CHANNEL_DESTROY")
    assert (lab.switch.sessions, lab.switch.leaving) == ({}, set())
