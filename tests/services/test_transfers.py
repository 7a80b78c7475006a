"""Transfers out of a flow: the number as the trunk dials it, and only where it may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from floor import Floor

from eslapp.core.trunk import Trunk
from eslapp.esl.doors import CommandError
from eslapp.services.outside_calls import OutsideCalls
from eslapp.services.transfers import Transfers
from ivr.call_effects import Transfer

RULES = Trunk(way="server sip.example.net:5060", allow=("1[3-9]#########",))


@pytest.mark.parametrize("number", ["13800138000", "+8613800138000", "008613800138000"])
def test_a_number_with_the_own_countrys_code_is_dialled_as_at_home(number: str, tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    nothing: Any = None
    transfers = Transfers(
        trunk=lambda: RULES,
        country=lambda: "CN",
        outside=OutsideCalls(floor.world),
        store=floor.store,
        prompts=nothing,
        domain="d",
        clock=floor.clock,
    )
    dialled = transfers._target(Transfer(kind="outside", target=number, speech=(), ring_s=20.0))
    assert "13800138000@sip.example.net:5060" in str(dialled) and "86138" not in str(dialled)
    with pytest.raises(CommandError, match="number-not-allowed"):
        transfers._target(Transfer(kind="outside", target="+4479460000", speech=(), ring_s=20.0))
    floor.close()
