"""``socket``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_first_that_listens_gets_the_call_and_dying_gives_it_to_the_next_action(lab: Lab) -> None:
    call, out = await lab.call("9017")
    assert (await out.take_over())["variable_socket_host"] == "127.0.0.1"
    out.abort()
    again = await lab.second_apps.next()
    assert (await again.take_over())["Unique-ID"] == lab.legs[0].uuid
    await again.run("answer")
    await call.answered(timeout=5)


@in_lab
async def test_nobody_listens_and_the_next_action_runs(lab: Lab) -> None:
    call = await (await lab.phone()).dial("9016")
    await call.answered(timeout=5)


@in_lab
async def test_an_address_that_is_none_is_nobody(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    for address in ("", "127.0.0.1:none async", "127.0.0.1:99999999 async"):
        await out.run("socket", address)


@in_lab
async def test_an_application_that_goes_while_somebody_is_rung_takes_the_ringing_back(lab: Lab) -> None:
    agent = await lab.agent("1001")
    _, out = await lab.answered_call("9014")
    out.start("bridge", "user/1001@127.0.0.1")
    ringing = await agent.next_call(timeout=5)
    out.close()
    ending = await ringing.ended(timeout=5)
    assert ending.by_remote
