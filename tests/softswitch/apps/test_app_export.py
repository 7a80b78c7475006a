"""``export``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_callee_gets_it_too(lab: Lab) -> None:
    agent = await lab.agent("1001")
    _call, out = await lab.answered_call()
    done = await out.run("export", "a=1")
    assert (done["variable_a"], done["variable_export_vars"]) == ("1", "a")
    done = await out.run("export", "nolocal:b=2")
    assert done["variable_b"] == ""
    out.start("bridge", "user/1001@127.0.0.1")
    await agent.next_call(timeout=5)
    leg = lab.legs[-1]
    assert (leg.get("a"), leg.get("b")) == ("1", "2")
