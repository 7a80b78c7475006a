"""``intercept``: a colleague's call is taken over, ringing or talking."""

from __future__ import annotations

from switch_lab import Lab, in_lab

from eslapp.softswitch.media.sources import ToneSource


async def ringing(lab: Lab):  # type: ignore[no-untyped-def]
    """A caller (500 Hz) at 1001's phone: (caller, the phone's call, its controller)."""
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    out.start("bridge", "user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    return call, theirs, out


@in_lab
async def test_a_ringing_call_is_picked_up(lab: Lab) -> None:
    _call, theirs, _out = await ringing(lab)
    caller_leg = lab.legs[0].uuid
    colleague, other = await lab.answered_call()
    other.start("intercept", caller_leg)
    await colleague.heard.tone(500, timeout=5)
    assert (await theirs.ended(timeout=5)).by_remote
    assert lab.legs[0].is_up


@in_lab
async def test_a_talk_is_taken_over_and_who_had_it_is_hung_up(lab: Lab) -> None:
    _call, theirs, out = await ringing(lab)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    caller_leg = lab.legs[0].uuid
    colleague, other = await lab.answered_call()
    other.start("intercept", caller_leg)
    await colleague.heard.tone(500, timeout=5)
    assert (await theirs.ended(timeout=5)).by_remote


@in_lab
async def test_it_is_left_alone_where_the_variables_say_so_or_nobody_is_there(lab: Lab) -> None:
    _call, _theirs, _out = await ringing(lab)
    caller_leg = lab.legs[0].uuid
    _colleague, other = await lab.answered_call()
    await other.run("set", "intercept_unanswered_only=true")
    for argument in (caller_leg, "nobody", "", "-bleg", f"-bleg {caller_leg}"):
        await other.run("intercept", argument)
    assert all(leg.is_up for leg in lab.legs)
