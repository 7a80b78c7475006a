"""``unshift``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_an_array_grows_at_its_front(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    assert (await out.run("unshift", "list=two"))["variable_list"] == "two"
    assert (await out.run("unshift", "list=one"))["variable_list"] == "ARRAY::one|:two"
    assert (await out.run("unshift", "list=zero"))["variable_list"] == "ARRAY::zero|:one|:two"
