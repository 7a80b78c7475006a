"""``sched_hangup``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@in_lab
@pytest.mark.parametrize("argument", ["+1 USER_BUSY", "+0 USER_BUSY"])
async def test_the_call_ends_when_its_time_is_up(lab: Lab, argument: str) -> None:
    _call, out = await lab.answered_call()
    await out.run("sched_hangup", argument)
    assert (await out.wait_event("CHANNEL_HANGUP_COMPLETE"))["Hangup-Cause"] == "USER_BUSY"
