"""``bridge``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab

from eslapp.softswitch.media.sources import ToneSource


@in_lab
async def test_both_hear_each_other(lab: Lab) -> None:
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    out.start("bridge", "user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    assert theirs.caller == "1000"
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    theirs.start_playing(ToneSource([(700.0,)], repeats=None))
    await theirs.heard.tone(500, timeout=3)
    await call.heard.tone(700, timeout=3)
    await theirs.hang_up()
    done = await out.complete("bridge")
    assert (done["variable_bridge_hangup_cause"], call.is_up) == ("NORMAL_CLEARING", True)


@in_lab
@pytest.mark.parametrize(
    ("status", "settings", "goes_on"),
    [
        (486, "", False),
        (486, "continue_on_fail=true", True),
        (486, "continue_on_fail=NO_ANSWER,user_busy", True),
        (486, "continue_on_fail=NO_ANSWER", False),
        (486, "failure_causes=NO_ANSWER", True),
        (486, "failure_causes=USER_BUSY", False),
        (480, "", True),  # nobody answers: the dialplan always goes on
        (480, "continue_on_fail=USER_BUSY", False),
    ],
)
async def test_what_a_refusal_does_to_the_caller(lab: Lab, status: int, settings: str, goes_on: bool) -> None:
    agent = await lab.agent("1001")
    _call, out = await lab.answered_call()
    await out.run("set", settings)
    out.start("bridge", "user/1001@127.0.0.1")
    await (await agent.next_call(timeout=5)).reject(status)
    done = await out.complete("bridge")
    assert done["variable_originate_disposition"] == {486: "USER_BUSY", 480: "NO_USER_RESPONSE"}[status]
    assert (done["Answer-State"] == "answered") is goes_on


@in_lab
@pytest.mark.parametrize(
    ("target", "cause"),
    [
        ("user/1001@127.0.0.1", "USER_NOT_REGISTERED"),
        ("user/1999@127.0.0.1", "SUBSCRIBER_ABSENT"),
        ("error/user_busy", "USER_BUSY"),
        ("nonsense/1", "CHAN_NOT_IMPLEMENTED"),
        ("sofia/nonsense/1@127.0.0.1", "INVALID_PROFILE"),
    ],
)
async def test_who_cannot_be_rung(lab: Lab, target: str, cause: str) -> None:
    _call, out = await lab.answered_call()
    await out.run("set", "continue_on_fail=true")
    assert (await out.run("bridge", target))["variable_originate_disposition"] == cause


@in_lab
async def test_the_first_who_answers_gets_the_call(lab: Lab) -> None:
    one, two = await lab.agent("1001"), await lab.agent("1002")
    _call, out = await lab.answered_call()
    out.start("bridge", "user/1001@127.0.0.1,user/1002@127.0.0.1")
    loses, wins = await one.next_call(timeout=5), await two.next_call(timeout=5)
    await wins.accept()
    assert (await loses.ended(timeout=5)).by_remote
    assert (await out.wait_event("CHANNEL_BRIDGE"))["Other-Leg-Destination-Number"] == "1002"


@in_lab
async def test_nobody_answers_in_time(lab: Lab) -> None:
    agent = await lab.agent("1001")
    _call, out = await lab.answered_call()
    await out.run("set", "call_timeout=1")
    out.start("bridge", "user/1001@127.0.0.1")
    ringing = await agent.next_call(timeout=5)
    assert (await ringing.ended(timeout=5)).by_remote
    assert (await out.complete("bridge"))["variable_originate_disposition"] == "NO_ANSWER"


@in_lab
@pytest.mark.parametrize(
    ("setting", "state"), [("hangup_after_bridge=true", "CS_HANGUP"), ("park_after_bridge=true", "CS_PARK")]
)
async def test_what_follows_the_bridge(lab: Lab, setting: str, state: str) -> None:
    agent = await lab.agent("1001")
    _call, out = await lab.answered_call()
    await out.run("set", setting)
    out.start("bridge", "user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    await theirs.hang_up()
    await out.wait_label(f"CHANNEL_STATE@A {state}")
