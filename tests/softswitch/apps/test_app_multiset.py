"""``multiset``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@in_lab
@pytest.mark.parametrize("argument", ["a=1 b=2", "^^;a=1;b=2"])
async def test_several_are_set(lab: Lab, argument: str) -> None:
    _call, out = await lab.taken_call()
    done = await out.run("multiset", argument)
    assert (done["variable_a"], done["variable_b"]) == ("1", "2")


@in_lab
async def test_another_separator_allows_blanks(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    assert (await out.run("multiset", "^^:a=x y:b=2"))["variable_a"] == "x y"
