"""``multiunset``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_several_are_forgotten(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    await out.run("multiset", "a=1 b=2 c=3")
    done = await out.run("multiunset", "a b")
    assert [done[f"variable_{name}"] for name in "abc"] == ["", "", "3"]
