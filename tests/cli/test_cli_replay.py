"""What ``zongji replay`` says of a decision that comes out otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eslapp.cli.replay import told
from eslapp.core.model import Receipt
from eslapp.simulation.replay import Difference

THEN = Receipt("r", "one", "orders", 1.0, "1001", "longest_idle", (("1001", 3.0),), {}, 1, 1)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (None, "1001 then, nothing is decided now"),
        (replace(THEN, winner="1002"), "1001 then, 1002 now"),
        (replace(THEN, winner=""), "1001 then, nobody now"),
        (replace(THEN, interaction="two"), "1001 then, 1001 for two now"),
        (replace(THEN, lost={"busier": ("1002",)}, waiting=2), "the same, but other lost, waiting"),
    ],
)
def test_what_is_otherwise_is_named(now: Receipt | None, said: str) -> None:
    assert told(Difference(1, THEN, now)).startswith(said)
