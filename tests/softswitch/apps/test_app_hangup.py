"""``hangup``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@in_lab
@pytest.mark.parametrize(("cause", "status"), [("USER_BUSY", 486), ("17", 486), ("nonsense", 480), ("", 480)])
async def test_an_unanswered_call_ends_with_the_causes_code(lab: Lab, cause: str, status: int) -> None:
    call, out = await lab.taken_call()
    await out.execute("hangup", cause)
    assert (await call.ended(timeout=5)).status == status


@in_lab
async def test_an_answered_call_gets_bye_with_the_cause(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute("hangup", "CALL_REJECTED")
    ending = await call.ended(timeout=5)
    assert (ending.by_remote, ending.q850) == (True, 21)
    assert (await out.wait_event("CHANNEL_HANGUP_COMPLETE"))["Hangup-Cause"] == "CALL_REJECTED"
