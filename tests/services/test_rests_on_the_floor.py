"""Who waits without a connection, with real rows, router and flows: what the flow hears of it, after a kill too."""

from __future__ import annotations

from typing import Any, cast

from floor import Floor
from test_voice_calls import LEG, calls_on, floor, in_line_on

from eslapp.core.model import InteractionState
from eslapp.esl.errors import LegGone
from eslapp.services.resting import Lease, RestingCall, RestingLeg
from ivr import waits

__all__ = ["floor"]


def test_the_flow_hears_of_who_hangs_up_at_rest(floor: Floor) -> None:
    floor.waiting(leg=LEG)
    leg = RestingLeg(RestingCall(LEG, None), Lease(("m.wav",), 60.0))
    leg.call.lose(LegGone("ORIGINATOR_CANCEL"))
    calls_on(floor).hung_up_in_line(leg, "one", "ORIGINATOR_CANCEL")
    session = floor.flows.load("one")
    assert session is not None and session.is_over
    assert (floor.now().state, floor.now().outcome) == (InteractionState.CLOSED, "abandoned")


def test_the_wait_of_who_rested_when_the_daemon_died_is_as_the_flow_has_it(floor: Floor) -> None:
    before = floor.waiting(leg=LEG)
    floor.clock.now += 300
    line = in_line_on(floor, lambda name: cast(Any, name))
    found = line.again("one")
    assert found is not None
    assert (found.interaction, found.wait, found.since) == ("one", "one", before.queued_at)
    assert (found.effect.queue, found.effect.after_s, found.language) == ("orders", 600, "en")
    assert floor.now() == before
    session = floor.flows.load("one")
    assert session is not None
    floor.flows.keep("one", floor.flows.resume(session, waits.QueueLeft(waits.TIMEOUT)))  # it says that it is busy
    assert (line.again("one"), line.again(""), line.again("two")) == (None, None, None)
