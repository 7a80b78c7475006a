"""What ``zongji why`` says of able agents who were not asked: the very thing that put somebody before them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from router_rig import ANYBODY, ORDERS, REPAIRS, Rig, agent

from eslapp.core import commands as c
from eslapp.core.events import DecisionMade
from eslapp.core.model import Medium, Receipt, Relax
from eslapp.core.receipts import Why, explain
from eslapp.core.skills import PREFER_S

LIKING = replace(ORDERS, language="prefer")
STICKY = replace(ORDERS, strategy="sticky")
ALL = replace(ORDERS, strategy="ring_all")


def last_of(rig: Rig) -> Receipt:
    return rig.happened(DecisionMade)[-1].receipt


def why(rig: Rig, call: str) -> Why:
    return explain(rig.get(call), [event.receipt for event in rig.happened(DecisionMade)], rig.log, names={})


def came_to_work(rig: Rig, *agents: str) -> None:
    """One after the other."""
    for name in agents:
        rig.at_work(name)
        rig.now += 5


def test_who_meets_less_of_what_is_preferred_is_not_said_to_have_been_idle_for_less() -> None:
    bob, ann = agent("bob", orders=1), replace(agent("ann", orders=1), languages=("zh",))
    rig = Rig([ann, bob], [LIKING])
    came_to_work(rig, "bob", "ann")
    rig.opened("x")
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction="x", queue="orders", priority=0, language="zh"))
    assert (last_of(rig).winner, last_of(rig).lost) == ("ann", {"less-liked": ("bob",)})
    told = why(rig, "x")
    assert "ann, among those who meet most of what the queue prefers the longest idle (5 s), of 2 able" in told.en
    assert "bob meets less of what the queue prefers" in told.en
    assert "2位可接坐席中最符合队列偏好且空闲最久（5秒）；bob较不符合队列偏好" in told.zh


@pytest.mark.parametrize(("queue", "skills"), [("repairs", 2), ("busy", 1)], ids=["equally skilled", "equally busy"])
def test_equals_are_not_said_to_be_worse(queue: str, skills: int) -> None:
    busy = replace(ANYBODY, name="busy", strategy="least_busy")
    rig = Rig([agent(name, repairs=skills) for name in ("ann", "bob")], [REPAIRS, busy])
    came_to_work(rig, "bob", "ann")
    call = rig.arrive(queue)
    assert (last_of(rig).winner, last_of(rig).lost) == ("bob", {"equal-later-free": ("ann",)})
    told = why(rig, call)
    assert "ann was equal in that, but free for a shorter time" in told.en and "ann条件相同，但空闲较晚" in told.zh


def test_equals_who_came_together_go_by_their_number() -> None:
    rig = Rig([agent("ann", repairs=2), agent("bob", repairs=2)])
    rig.at_work("bob", "ann")
    call = rig.arrive("repairs")
    assert last_of(rig).lost == {"equal-later-id": ("bob",)}
    assert "bob was equal in that, and comes later by number" in why(rig, call).en


def test_the_wanted_agent_is_said_to_have_been_wanted() -> None:
    rig = Rig([agent("ann", orders=1), agent("bob", orders=1)], [STICKY])
    came_to_work(rig, "bob", "ann")
    rig.opened("x", Medium.TEXT)
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction="x", queue="orders", priority=0, wanted="ann"))
    assert (last_of(rig).winner, last_of(rig).lost) == ("ann", {"not-wanted": ("bob",)})
    told = why(rig, "x")
    assert "offered to ann, the one they wanted of" in told.en and "bob was not the agent" in told.en
    assert "客户指定" in told.zh and "空闲最久" not in told.zh


def test_all_who_are_asked_at_once_are_named_and_what_each_did() -> None:
    rig = Rig([agent(name, orders=1) for name in ("ann", "bob", "cid", "dot")], [ALL])
    came_to_work(rig, "ann", "bob", "cid", "dot")
    call = rig.arrive()
    first, second = (rig.world.offers[name] for name in rig.world.ringing(call)[:2])
    rig.ask(c.DeclineOffer(at=rig.now, offer=first.id, agent=first.agent))
    rig.ask(c.AcceptOffer(at=rig.now, offer=second.id, agent=second.agent))
    told = why(rig, call)
    assert "it was offered at once to ann, bob, cid and 1 more, 4 of 4 able; " in told.en
    assert told.en.endswith(f"{first.agent} declined; {second.agent} accepted.")
    assert "后同时分配给ann、bob、cid和另外1位：4位可接坐席中的4位；" in told.zh


def test_the_time_in_a_line_is_told_apart_from_the_clock_of_the_place() -> None:
    rig = Rig([agent("ann", orders=1), agent("bob", repairs=2)], [ORDERS, REPAIRS])
    call = rig.arrive()
    rig.now += 4
    rig.at_work("ann")
    assert "After 4 s in queue orders (number 1 of 1) it" in why(rig, call).en
    rig.connect(call)
    rig.now += 60  # of talk
    rig.ask(c.TransferInteraction(at=rig.now, interaction=call, agent="ann", kind="queue", target="repairs"))
    if rig.get(call).state == "in_flow":
        rig.ask(c.EnqueueInteraction(at=rig.now, interaction=call, queue="repairs", priority=0))
    rig.now += 7
    rig.at_work("bob")
    told = why(rig, call)
    assert "After 7 s in queue repairs (number 1 of 1, counted as 71 s) it was offered to bob" in told.en
    assert "在队列“repairs”等候7秒（第1位，共1位，按71秒计）后分配给bob" in told.zh


def test_a_wait_that_let_less_be_enough_is_told() -> None:
    rig = Rig(
        [agent("ann", orders=1)], [replace(ORDERS, relax=(Relax(PREFER_S, {"orders": 1}),), skills={"orders": 2})]
    )
    rig.at_work("ann")
    call = rig.arrive()
    assert "less was asked for" not in why(rig, call).en
    assert "ann is not skilled enough in orders" in why(rig, call).en and "技能“orders”等级不够" in why(rig, call).zh
    rig.pass_time(PREFER_S + 1)
    assert last_of(rig).step == 1
    told = why(rig, call)
    assert "less was asked for than at first, step 1 of relaxing" in told.en and "要求已放宽（第1步）" in told.zh
