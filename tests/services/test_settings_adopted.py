"""New settings while contacts wait: what changes for them, live and over a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from test_dispatcher import AGENTS, QUEUES, Centre, FakeClock

from eslapp.core import commands as c
from eslapp.core.model import HeadStart, Medium
from eslapp.core.settings import Settings
from eslapp.simulation.replay import replay
from eslapp.store import events


def test_head_starts_of_new_settings_hold_for_who_waits_live_and_over_a_restart(tmp_path: Path) -> None:
    clock = FakeClock()
    centre = Centre(tmp_path / "rows.db", clock).start()
    centre.arrive("plain")
    clock.now += 60
    centre.ask(
        c.OpenInteraction, interaction="vip", contact="v", channel="x", medium=Medium.VOICE, leg="l-vip", flow="main"
    )
    centre.ask(c.EnqueueInteraction, interaction="vip", queue="orders", level="vip")
    ahead = {**QUEUES, "orders": replace(QUEUES["orders"], head_start=HeadStart(levels={"vip": 600.0}))}
    centre.dispatcher.adopt(Settings.of(ahead.values(), AGENTS.values()))
    assert centre.dispatcher.world.position("vip") == 1
    centre.close()
    again = Centre(tmp_path / "rows.db", clock, "again").start()  # with the settings of the beginning
    assert again.dispatcher.world.position("vip") == 2
    log = again.store.read(lambda tx: events.after(tx, 0))
    assert replay(log, 0.0, 1e12).differing == []
    again.close()
