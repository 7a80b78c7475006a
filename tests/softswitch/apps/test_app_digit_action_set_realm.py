"""``digit_action_set_realm``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_only_the_keys_of_the_realm_are_heard(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_digit_action", "day,1,exec:set,said=day")
    await out.run("bind_digit_action", "night,1,exec:set,said=night")
    await out.run("digit_action_set_realm", "night")
    await call.press("1")
    assert (await out.complete("set"))["variable_said"] == "night"
