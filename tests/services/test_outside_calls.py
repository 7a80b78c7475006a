"""One count of calls to the outside: dialled ones, consulted numbers, transfers, and talks handed out to a number."""

from __future__ import annotations

from eslapp.core.model import Guest, Interaction, InteractionState, Medium
from eslapp.core.settings import Settings
from eslapp.core.world import World, build
from eslapp.esl import facts
from eslapp.services.outside_calls import OutsideCalls


def one(name: str, channel: str, **more: object) -> Interaction:
    known = {"leg": f"leg-{name}", "state": InteractionState.IN_FLOW, **more}
    return Interaction(name, "c", channel, Medium.VOICE, opened_at=1.0, **known)  # type: ignore[arg-type]


def world_of(*interactions: Interaction) -> World:
    return build(Settings.of([], []), interactions=interactions)


def test_everything_is_counted_once() -> None:
    guest = (Guest("g", "138", "outside"), Guest("h", "1002", "agent"))
    scheduled = {"state": InteractionState.SCHEDULED, "leg": "", "due_at": 9.0}
    now = world_of(
        one("in", "voice", state=InteractionState.CONNECTED, guests=guest),
        one("out", "outbound", state=InteractionState.CONNECTED),
        one("later", "callback", **scheduled),
    )
    live = OutsideCalls(lambda: now)
    assert live() == 2
    with live.transferring():
        live.handed_out("leg-x")
        assert live() == 4
    live.on_fact(facts.LegHungUp(at=1.0, leg="leg-x", cause="", answered_at=1.0, sip_status=0))
    assert live() == 2
