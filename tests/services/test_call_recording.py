"""Which talks are recorded: the flow's word before the queue's rule; and promises that are made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from floor import Floor

from eslapp.core.trunk import Trunk
from eslapp.services.call_recording import is_wanted
from eslapp.services.promises import Promises, promise_id
from ivr.call_effects import RequestCallback
from ivr.engine import Turn
from ivr.waits import Performed


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path)
    yield floor
    floor.close()


@pytest.mark.parametrize(
    ("rule", "said", "recorded"),
    [
        ("yes", None, True),
        ("yes", "refused", False),
        ("yes", "off", False),
        ("no", None, False),
        ("no", "on", True),
        ("consent", None, False),
        ("consent", "on", True),
        ("consent", "paused", True),
    ],
)
def test_the_flows_word_and_the_queues_rule(floor: Floor, rule: str, said: str | None, recorded: bool) -> None:
    floor.waiting()
    queue = floor.site.queues["orders"].model_copy(update={"record": rule})
    site = replace(floor.site, queues={"orders": queue})
    session = floor.flows.load("one")
    assert session is not None
    if said is not None:
        floor.flows.keep("one", Turn(replace(session, variables={"recording": said}), ()))
    assert is_wanted(floor.flows, floor.world, lambda: site, "one") is recorded


def test_a_promise_is_made_once_keeps_the_clock_and_only_to_allowed_numbers(floor: Floor) -> None:
    before = floor.waiting()
    trunk = Trunk(way="gateway carrier", allow=("1[3-9]*",))
    promises = Promises(bus=floor.bus, trunk=lambda: trunk, clock=floor.clock, country=lambda: "CN")
    asked: dict[str, Any] = {"key": "main.start[0]#1", "queue": "orders"}
    assert promises.make("one", RequestCallback(number="0088123", **asked)) == Performed("refused")
    for _ in range(2):  # the second after a crash
        assert promises.make("one", RequestCallback(number="+8613800138000", **asked)) == Performed("kept")
    callback = floor.now(promise_id("one", "main.start[0]#1"))
    assert (callback.parent, callback.address, callback.queued_at) == ("one", "13800138000", before.queued_at)
    assert promises.make("gone", RequestCallback(number="13800138000", **asked)) == Performed("refused")
