"""The bus: who follows it hears everything from then on, or hears that something was lost."""

from __future__ import annotations

import gevent
import pytest

from eslapp import bus as buses
from eslapp.bus import Bus


def test_who_follows_hears_every_event_and_what_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buses, "SUBSCRIBER_BOUND", 3)
    bus, heard, losses = Bus(), [], []

    def follow() -> None:
        for event in bus.follow("listener", lambda: losses.append(len(heard))):
            heard.append(event)

    listener = gevent.spawn(follow)
    gevent.sleep(0)  # lets it begin
    for number in range(5):
        bus.publish(number, f"event {number}")  # two more than it holds, before it has its turn
    gevent.sleep(0)
    bus.publish(5, "event 5")
    gevent.sleep(0)
    assert (heard, losses) == (["event 0", "event 1", "event 2", "event 5"], [3])
    listener.kill()
    bus.publish(6, "event 6")
    assert not bus._subscribers
