"""``execute_extension``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_its_actions_run_and_the_application_goes_on(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    done = await out.run("execute_extension", "9021 XML default")
    assert done["variable_ext_ran"] == "true"
    assert (await out.run("execute_extension", "5555555 XML default"))["Channel-State"] == "CS_EXECUTE"
