"""``log``."""

from __future__ import annotations

from log_lines import logged
from switch_lab import Lab, in_lab


@in_lab
async def test_it_does_nothing_the_call_could_notice(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    for argument in ("INFO hello ${caller_id_number}", "hello", "", "WARNING a\tb"):
        assert (await out.run("log", argument))["Application-Response"] == "_none_"


@in_lab
async def test_the_line_is_in_the_log_without_its_control_characters(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    with logged("eslapp.softswitch.apps.log") as lines:
        await out.run("log", "WARNING from ${caller_id_number}\x1b[2J")
    assert "text='from 1000\\x1b[2J'" in lines[0]
