"""``read``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_digits_end_up_in_a_variable(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute("read", "1 4 silence_stream://200 code 2000 #")
    await call.press("77#")
    done = await out.complete("read")
    assert (done["variable_code"], done["variable_read_result"]) == ("77", "success")


@in_lab
async def test_nothing_pressed_is_a_timeout(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    done = await out.run("read", "1 4 silence_stream://100 code 300 #")
    assert (done["variable_code"], done["variable_read_result"]) == ("", "failure")
