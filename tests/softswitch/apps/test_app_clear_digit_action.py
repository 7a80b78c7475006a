"""``clear_digit_action``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@pytest.mark.parametrize("realm", ["desk", "all"])
@in_lab
async def test_its_keys_do_nothing_any_more(lab: Lab, realm: str) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_digit_action", "desk,1,exec:set,said=1")
    await out.run("clear_digit_action", realm)
    await call.press("1")
    assert (await out.wait_event("DTMF"))["DTMF-Digit"] == "1"
