"""``unbind_meta_app``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@pytest.mark.parametrize("argument", ["1", ""])
@in_lab
async def test_the_key_does_nothing_any_more(lab: Lab, argument: str) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_meta_app", "1 a s set::said=1")
    await out.run("unbind_meta_app", argument)
    await call.press("*")
    assert (await out.wait_event("DTMF"))["DTMF-Digit"] == "*"
