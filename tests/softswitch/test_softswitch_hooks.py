"""``execute_on_*``, ``api_on_*``, ``api_hangup_hook``: what a channel's variables want done at its moments."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab

pytestmark = pytest.mark.system  # real sockets


@in_lab
async def test_an_application_runs_inside_the_answer(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    await out.run("set", "execute_on_answer=set asked=${caller_id_number}")
    await out.run("set", "execute_on_media=set heard=1")
    await out.run("set", "api_on_answer=uuid_setvar ${uuid} by_api yes")
    done = await out.run("answer")
    assert (done["variable_asked"], done["variable_heard"], done["variable_by_api"]) == ("1000", "1", "yes")


@in_lab
async def test_one_that_waits_is_waited_for(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    await out.run("set", "execute_on_answer=playback silence_stream://200")
    out.start("answer")
    await out.complete("playback")
    await out.complete("answer")


@in_lab
async def test_one_with_colons_is_queued(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    await out.run("set", "execute_on_answer=set::queued=1")
    out.start("answer")
    assert (await out.complete("answer"))["variable_queued"] == ""
    assert (await out.complete("set"))["variable_queued"] == "1"


@in_lab
async def test_ringing_has_its_moment_and_arrays_run_each(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    await out.run("push", "execute_on_ring=set first=1")
    await out.run("push", "execute_on_ring=set second=2")
    done = await out.run("ring_ready")
    assert (done["variable_first"], done["variable_second"]) == ("1", "2")


@in_lab
async def test_a_callee_leg_has_them_too_and_a_bridge_before_and_after(lab: Lab) -> None:
    agent = await lab.agent("1001")
    _call, out = await lab.answered_call()
    for variable in ("execute_on_pre_bridge=set before=1", "execute_on_post_bridge=set after=1"):
        await out.run("set", variable)
    out.start("bridge", "{execute_on_answer='set callee=1'}user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    assert (await out.complete("set"))["variable_before"] == "1"
    assert lab.legs[-1].get("callee") == "1"
    await theirs.hang_up()
    assert (await out.complete("bridge"))["variable_after"] == "1"


@in_lab
async def test_the_end_has_an_api_command_that_knows_the_cause(lab: Lab) -> None:
    call, out = await lab.answered_call()
    lab.legs[0].variables.assign("api_hangup_hook", "global_setvar ended=${variable_hangup_cause}")
    switch = lab.legs[0].switch
    await call.hang_up()
    await out.wait_event("CHANNEL_HANGUP_COMPLETE")
    assert switch.conf.globals["ended"] == "NORMAL_CLEARING"


@in_lab
async def test_an_application_nobody_knows_ends_the_call(lab: Lab) -> None:
    call, out = await lab.taken_call()
    await out.run("set", "execute_on_answer=no_such_app")
    await out.execute("answer")
    assert (await call.ended(timeout=5)).q850 == 27
