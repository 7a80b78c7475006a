"""``redirect``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@in_lab
@pytest.mark.parametrize(("target", "status"), [("sip:1002@127.0.0.1", 302), ("sip:1@a,sip:2@b USER_BUSY", 300)])
async def test_the_caller_is_told_whom_to_call(lab: Lab, target: str, status: int) -> None:
    call, out = await lab.taken_call()
    await out.execute("redirect", target)
    assert (await call.ended(timeout=5)).status == status


@in_lab
async def test_an_answered_call_stays(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("redirect", "sip:1002@127.0.0.1")
    assert call.is_up
