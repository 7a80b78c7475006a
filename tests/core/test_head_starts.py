"""The order of a line: head starts, their bound, reply windows that close or are renewed, new settings meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from router_rig import Rig, agent

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.decisions.placing import old_place, placed_anew
from eslapp.core.model import HeadStart, InteractionState, Medium, Queue
from eslapp.core.waiting import overtaking_s
from eslapp.core.world import evolve_all, rebuilt


def chat(rig: Rig, reply_by: float | None) -> str:
    """A chat that may be answered until then."""
    name = rig._names()
    rig.opened(name, Medium.TEXT)
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=name, queue="q", reply_by=reply_by))
    return name


def test_a_head_start_counts_like_time_and_is_bounded() -> None:
    starts = HeadStart(priority_s=60.0, levels={"vip": 300.0}, channels={"voice": 10.0})
    rig = Rig([agent("ann")], [Queue("q", head_start=starts)])
    plain = rig.arrive("q")
    rig.now += 305
    vip = rig._names()
    rig.opened(vip)
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=vip, queue="q", level="vip"))
    assert (rig.world.position(plain), rig.world.position(vip)) == (1, 2)
    urgent = rig.arrive("q", priority=1)
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction=urgent, queue="q"))
    assert rig.get(vip).head_start_s == 310.0
    assert rig.world.position(urgent) == 3


def test_a_reply_window_that_is_over_gives_no_place_and_one_about_to_close_does() -> None:
    rig = Rig([agent("ann")], [Queue("q")])
    plain = chat(rig, None)
    over, now, later, closing = chat(rig, 400.0), chat(rig, 1000.0), chat(rig, 1e6), chat(rig, 1030.0)
    assert [rig.world.position(one) for one in (closing, later, plain, over, now)] == [1, 2, 3, 4, 5]
    assert rig.get(over).reply_by is None


def test_a_reply_window_that_closes_in_line_counts_no_longer() -> None:
    rig = Rig([agent("ann")], [Queue("q", longest_wait_s=None)])
    plain = chat(rig, None)
    rig.now += 5
    closing = chat(rig, 1030.0)
    assert [rig.world.position(one) for one in (closing, plain)] == [1, 2]
    rig.pass_time(30.0)
    assert [rig.world.position(one) for one in (plain, closing)] == [1, 2]
    assert [one.interaction for one in rig.happened(e.ReplyWindowEnded)] == [closing]
    rig.at_work("ann")
    assert [rig.offer(one).offered_at for one in (plain, closing)] == [1035.0, 1035.0]
    made = [one.offer.interaction for one in rig.happened(e.OfferMade)]
    assert made == [plain, closing]


def test_a_reply_window_renewed_in_line_changes_the_place_at_once() -> None:
    rig = Rig([agent("ann")], [Queue("q", longest_wait_s=None)])
    plain = chat(rig, None)
    rig.now += 5
    closing = chat(rig, 1030.0)
    assert [rig.world.position(one) for one in (closing, plain)] == [1, 2]
    rig.ask(c.RenewReplyWindow(at=rig.now, interaction=closing, reply_by=1e6))  # they have written again
    assert [rig.world.position(one) for one in (plain, closing)] == [1, 2]
    rig.ask(c.RenewReplyWindow(at=rig.now, interaction=plain, reply_by=1040.0))
    assert [rig.world.position(one) for one in (plain, closing)] == [1, 2]
    rig.ask(c.RenewReplyWindow(at=rig.now, interaction=closing, reply_by=1040.0))
    assert rig.ask(c.RenewReplyWindow(at=rig.now, interaction=closing, reply_by=1040.0)) == []
    rig.ask(c.RenewReplyWindow(at=rig.now, interaction=plain, reply_by=900.0))  # over already: as if there were none
    assert rig.get(plain).reply_by is None
    rig.at_work("ann")
    assert rig.offered_to(closing) == "ann"


def test_a_reply_window_renewed_while_ringing_counts_when_the_offer_is_declined() -> None:
    rig = Rig([agent("ann")], [Queue("q", longest_wait_s=None)])
    rig.at_work("ann")
    ringing = chat(rig, None)
    rig.ask(c.RenewReplyWindow(at=rig.now, interaction=ringing, reply_by=1400.0))
    rig.ask(c.DeclineOffer(at=rig.now, offer=rig.get(ringing).offer, agent="ann"))
    assert (rig.get(ringing).state, rig.get(ringing).reply_by) == (InteractionState.QUEUED, 1400.0)


@pytest.mark.parametrize("own_s", [0.0, 600.0])
def test_the_bound_on_overtaking_is_the_true_one(own_s: float) -> None:
    """Whoever has all the head starts and comes a second before the bound overtakes; a second after it, nobody does."""
    starts = HeadStart(priority_s=300.0, levels={"vip": 1200.0}, urgencies={"high": 600.0}, channels={"voice": 60.0})
    queue = Queue("q", head_start=starts, longest_wait_s=None)
    bound_s = overtaking_s(queue, own_s)
    assert bound_s == 9 * 300.0 + 1200.0 + 600.0 + 60.0 - own_s + 1.0
    urgency = "high" if own_s else ""
    for after_s, first in ((bound_s - 2.0, "late"), (bound_s, "early")):
        rig = Rig([agent("ann")], [queue])
        rig.opened("early", Medium.TEXT)
        rig.ask(c.EnqueueInteraction(at=rig.now, interaction="early", queue="q", urgency=urgency))
        rig.now += after_s
        rig.opened("late")
        best = {"priority": 9, "level": "vip", "urgency": "high"}
        rig.ask(c.EnqueueInteraction(at=rig.now, interaction="late", queue="q", **best))
        assert rig.world.position(first) == 1


def test_new_head_starts_hold_for_who_waits_already() -> None:
    before = Queue("q", head_start=HeadStart(levels={"vip": 60.0}), longest_wait_s=None)
    rig = Rig([agent("ann")], [before])
    plain = rig.arrive("q")
    rig.now += 100
    rig.opened("vip")
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction="vip", queue="q", level="vip"))
    taken = rig.arrive("q")
    rig.world = evolve_all(rig.world, [replace(old_place(rig.get(taken), rig.now), head_start_s=90.0)])  # a callback's
    now = replace(before, head_start=HeadStart(levels={"vip": 300.0}))
    rig.world = rebuilt(rig.world, replace(rig.world.settings, queues={"q": now}))
    moved = list(placed_anew(rig.world, {"q": before}, rig.now))
    assert [(one.interaction, one.head_start_s) for one in moved] == [("vip", 300.0)]
    rig.world = evolve_all(rig.world, moved)
    assert [rig.world.position(one) for one in ("vip", plain, taken)] == [1, 2, 3]
    assert list(placed_anew(rig.world, {"q": now}, rig.now)) == []
    back = replace(rig.world.settings, queues={"q": before})
    assert [one.head_start_s for one in placed_anew(rebuilt(rig.world, back), {"q": now}, rig.now)] == [60.0]


def test_the_bound_holds_under_new_settings_for_a_head_start_that_was_taken_over() -> None:
    before = Queue("q", head_start=HeadStart(channels={"callback": 9000.0}), longest_wait_s=None)
    rig = Rig([agent("ann")], [before])
    plain = rig.arrive("q")
    rig.now += 7000
    asked = rig.arrive("q")
    rig.ask(c.RequestCallback(at=rig.now, interaction="promise", parent=asked, address="138"))
    rig.ask(c.CloseInteraction(at=rig.now, interaction=asked))
    again = c.OpenInteraction(
        at=rig.now, interaction="again", contact=f"c-{asked}", channel="voice", medium=Medium.VOICE, leg="l", flow="m"
    )
    rig.ask(again)
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction="again", queue="q"))
    assert (rig.get("again").head_start_s, rig.world.position("again")) == (9000.0, 1)
    now = replace(before, head_start=HeadStart(levels={"vip": 600.0}))
    rig.world = rebuilt(rig.world, replace(rig.world.settings, queues={"q": now}))
    rig.world = evolve_all(rig.world, placed_anew(rig.world, {"q": before}, rig.now))
    assert rig.get("again").head_start_s == 9 * 300.0 + 600.0
    assert rig.world.position(plain) == 1, f"overtaken by who came 7000 s later, not {overtaking_s(now)} s"


@pytest.mark.parametrize("comes_back", ["declined", "expired", "leg failed"])
def test_new_head_starts_hold_for_who_is_rung_for_once_they_are_back_in_line(comes_back: str) -> None:
    before = Queue("q", head_start=HeadStart(levels={"vip": 60.0}), longest_wait_s=None)
    rig = Rig([agent("ann"), agent("bob")], [before])
    plain = rig.arrive("q")
    rig.now += 100
    rig.opened("vip")
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction="vip", queue="q", level="vip"))
    rig.at_work("ann", "bob")
    vip = rig.offer("vip")
    if comes_back == "leg failed":
        rig.accept("vip")
    now = replace(before, head_start=HeadStart(levels={"vip": 300.0}))
    rig.world = rebuilt(rig.world, replace(rig.world.settings, queues={"q": now}))
    moved = list(placed_anew(rig.world, {"q": before}, rig.now))
    assert moved == [e.HeadStartChanged(at=rig.now, interaction="vip", head_start_s=300.0)]
    rig.world = evolve_all(rig.world, moved)
    assert list(placed_anew(rig.world, {"q": now}, rig.now)) == []
    ends = {
        "declined": c.DeclineOffer(at=rig.now, offer=vip.id, agent=vip.agent),
        "expired": c.ExpireOffer(at=rig.now, offer=vip.id),
        "leg failed": c.RescindOffer(at=rig.now, offer=vip.id, reason="failed"),
    }
    rig.only(ends[comes_back])
    other = rig.offer(plain)
    rig.only(c.DeclineOffer(at=rig.now, offer=other.id, agent=other.agent))
    assert [rig.world.position(one) for one in ("vip", plain)] == [1, 2]
