"""New settings while contacts wait: what changes for them, live and over a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_dispatcher import AGENTS, QUEUES, Centre, FakeClock

from eslapp.core import commands as c
from eslapp.core.events import OfferMade
from eslapp.core.model import HeadStart, Medium
from eslapp.core.settings import Rules, Settings
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


@pytest.mark.parametrize("begins_again", ["settings", "daemon"])
def test_who_has_handed_a_contact_on_is_not_asked_for_them_after_a_reload(tmp_path: Path, begins_again: str) -> None:
    """Also under another cool-down: what was said under the old one holds."""
    clock = FakeClock()
    centre = Centre(tmp_path / "rows.db", clock).start()
    centre.at_work("ann")
    centre.arrive("chat", Medium.TEXT)
    centre.ask(c.AcceptOffer, offer=centre.until(OfferMade).offer.id, agent="ann")
    away = c.TransferInteraction(at=clock(), interaction="chat", agent="ann", kind="queue", target="orders")
    centre.bus.submit(away)
    centre.settled()
    before = centre.dispatcher.world
    assert before.interactions["chat"].state == "queued" and len(before.cool_downs) == 1
    settings = Settings.of(QUEUES.values(), AGENTS.values(), rules=Rules(cool_down_s=5.0))
    if begins_again == "settings":
        centre.dispatcher.adopt(settings)
    else:
        centre.kill()
        centre = Centre(tmp_path / "rows.db", clock, "again")
        centre.dispatcher._settings = settings
        centre.start()
    centre.settled()
    assert centre.dispatcher.world.cool_downs == before.cool_downs
    assert centre.dispatcher.world.interactions["chat"].state == "queued"
    clock.now += 31
    assert centre.until(OfferMade).offer.agent == "ann"
    log = centre.store.read(lambda tx: events.after(tx, 0))
    assert replay(log, 0.0, 1e12).differing == []
    centre.close()
