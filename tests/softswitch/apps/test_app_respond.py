"""``respond``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@in_lab
@pytest.mark.parametrize(("argument", "status"), [("486", 486), ("603 Decline", 603), ("x", 488)])
async def test_the_caller_gets_that_answer(lab: Lab, argument: str, status: int) -> None:
    call, out = await lab.taken_call()
    await out.execute("respond", argument)
    assert (await call.ended(timeout=5)).status == status


@in_lab
async def test_an_answered_call_is_hung_up_with_the_cause(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("respond", "488")
    assert call.is_up
    await out.execute("respond", "486")
    assert (await call.ended(timeout=5)).q850 == 17
