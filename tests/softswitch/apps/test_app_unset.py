"""``unset``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_a_variable_is_forgotten(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    assert (await out.run("set", "a=1"))["variable_a"] == "1"
    assert (await out.run("unset", "a"))["variable_a"] == ""
