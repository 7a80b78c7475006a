"""``push``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_an_array_grows(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    assert (await out.run("push", "list=one"))["variable_list"] == "one"
    assert (await out.run("push", "list=two"))["variable_list"] == "ARRAY::one|:two"
