"""``sleep``."""

from __future__ import annotations

import asyncio

from switch_lab import Lab, in_lab


@in_lab
async def test_it_waits(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    loop = asyncio.get_running_loop()
    start = loop.time()
    await out.run("sleep", "200")
    assert loop.time() - start >= 0.2


@in_lab
async def test_a_digit_or_nonsense_ends_it(lab: Lab) -> None:
    call, out = await lab.answered_call()
    out.start("sleep", "20000")
    await call.press("1")
    await out.complete("sleep")
    await out.run("sleep", "-5")
