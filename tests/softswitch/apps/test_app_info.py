"""``info``."""

from __future__ import annotations

from log_lines import logged
from switch_lab import Lab, in_lab


@in_lab
async def test_all_of_the_call_is_in_the_log(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    with logged("eslapp.softswitch.apps.info") as lines:
        await out.run("info")
    assert f"leg={lab.uuid}" in lines[0] and "variable_sip_call_id" in lines[0]
