"""``uuid_bridge`` where one of the two is gone before they meet: the other goes on as its variables say."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab

from eslapp.softswitch.rejoining import bridge_existing

pytestmark = pytest.mark.system  # real sockets


async def parked_pair(lab: Lab) -> tuple[str, str]:
    monitor = await lab.monitor()
    for user, leg in (("1007", "A"), ("1008", "B")):
        call = await (await lab.phone(user)).dial("9198")
        await call.answered(timeout=5)
        await monitor.wait_label(f"CHANNEL_PARK@{leg}")
    first, second = lab.switch.sessions
    return first, second


def loses_the_other_at_once(lab: Lab, first: str, second: str, gone: str) -> None:
    """As when somebody hangs up in the millisecond of the command: nothing else runs in between."""
    sessions = lab.switch.sessions
    assert bridge_existing(sessions[first], sessions[second])
    sessions[gone].hangup("NORMAL_CLEARING")


@pytest.mark.parametrize("gone", [0, 1])
@in_lab
async def test_who_is_to_park_after_a_bridge_parks(lab: Lab, gone: int) -> None:
    pair = await parked_pair(lab)
    monitor = await lab.monitor()
    kept = pair[1 - gone]
    lab.switch.sessions[kept].variables.set("park_after_bridge", "true")
    loses_the_other_at_once(lab, *pair, pair[gone])
    await monitor.wait_label("CHANNEL_PARK@B")  # A: whoever is seen first, by its hang-up
    assert lab.switch.sessions[kept].is_up


@in_lab
async def test_who_is_told_nothing_hangs_up(lab: Lab) -> None:
    first, second = await parked_pair(lab)
    monitor = await lab.monitor()
    loses_the_other_at_once(lab, first, second, second)
    await monitor.wait_label("CHANNEL_DESTROY@A")
    await monitor.wait_label("CHANNEL_DESTROY@B")
