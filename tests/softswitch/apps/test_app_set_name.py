"""``set_name``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_events_show_it(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    assert (await out.run("set_name", "lab/one"))["Channel-Name"] == "lab/one"
    assert (await out.run("set_name", " "))["Channel-Name"] == "lab/one"
