"""The sentence of ``zongji why``, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from router_rig import Rig, agent

import eslapp.core
from eslapp.core import commands as c
from eslapp.core.events import DecisionMade, InteractionOverflowed
from eslapp.core.model import Interaction, Medium, Outcome
from eslapp.core.receipt_words import EN, WORDS
from eslapp.core.receipts import Why, explain, to_show
from eslapp.core.routing import STRATEGIES
from eslapp.services.agent_leg import AgentOutcome
from eslapp.services.callbacks import REASONS

CORE = Path(eslapp.core.__file__).parent
NEVER_TAKEN_BACK = (AgentOutcome.ANSWERED, AgentOutcome.DECLINED, AgentOutcome.NO_ANSWER)
NAMES = {"ann": "Ann Lee", "bob": "王波"}


def why(rig: Rig, record: Interaction) -> Why:
    receipts = [event.receipt for event in rig.happened(DecisionMade)]
    return explain(record, receipts, rig.log, names=NAMES)


def test_offered_declined_and_accepted_by_the_next() -> None:
    rig = Rig([agent("ann", orders=1), agent("bob", orders=1), agent("cid"), agent("dot"), agent("eve")])
    rig.at_work("ann")
    rig.now += 5
    rig.at_work("bob")
    call = rig.arrive()
    rig.now += 7
    rig.decline(call)
    rig.accept(call)
    told = why(rig, rig.get(call))
    assert told.en == (
        "After 7 s in queue orders (number 1 of 1) it was offered to 王波 (bob), the longest idle (7 s) of 1 able; "
        "Ann Lee (ann) had declined it; cid lacks the skill orders; dot lacks the skill orders; 1 more could not; "
        "王波 (bob) accepted; before that Ann Lee (ann) declined."
    )
    assert told.zh == (
        "在队列“orders”等候7秒（第1位，共1位）后分配给王波（bob）：1位可接坐席中空闲最久（7秒）；"
        "Ann Lee（ann）已拒接本会话；cid缺少技能“orders”；dot缺少技能“orders”；另有1位不可接；"
        "王波（bob）已接受；此前Ann Lee（ann）拒接。"
    )
    assert len(told.receipts) == 2


def test_nobody_was_there() -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    record = rig.get(call)
    rig.now += 3
    rig.ask(c.CloseInteraction(at=rig.now, interaction=call))
    assert why(rig, record).en == (
        "After 0 s in queue orders (number 1 of 1) nobody could take it; Ann Lee (ann) was offline; "
        "the contact left before being served."
    )


def test_it_never_waited() -> None:
    rig = Rig()
    rig.opened("x", Medium.TEXT)
    record = rig.get("x")
    rig.ask(c.CloseInteraction(at=rig.now, interaction="x"))
    assert why(rig, record).en == "It never waited in a queue; the flow served the contact."
    assert why(rig, record).zh == "该会话从未排队；由自助流程完成。"


@pytest.mark.parametrize(
    ("reason", "en", "zh"),
    [
        ("agent-left", "they went on a break or offline", "其已小休或离线"),
        ("switch: -ERR no reply", "the switch refused: -ERR no reply", "交换机拒绝：-ERR no reply"),
        ("normal_clearing", "they hung up before the two were joined", "其在接通前挂断"),
        ("normal_temporary_failure", "leg ended: NORMAL_TEMPORARY_FAILURE", "通话已断：NORMAL_TEMPORARY_FAILURE"),
        ("{agent}", "leg ended: {AGENT}", "通话已断：{AGENT}"),
    ],
)
def test_why_an_offer_was_taken_back_is_told_in_words(reason: str, en: str, zh: str) -> None:
    rig = Rig([agent("ann", orders=1)])
    rig.at_work("ann")
    call = rig.arrive()
    rig.ask(c.RescindOffer(at=rig.now, offer=rig.world.ringing(call)[0], reason=reason))
    told = why(rig, rig.get(call))
    assert en in told.en and zh in told.zh


def test_every_reason_of_the_decisions_has_its_words() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (CORE / "decisions").glob("*.py"))
    named = set(re.findall(r"(?:rescinded|rescinded_offer|withdraw_pending)\([^\"\n]*\"([a-z-]+)\"", sources))
    assert {"agent-left", "taken", "contact-left"} <= named <= set(EN.rescinds)
    assert {outcome.value for outcome in AgentOutcome if outcome not in NEVER_TAKEN_BACK} <= set(EN.rescinds)
    assert {f"contact-{reason}" for reason in (*REASONS.values(), "failed", "lost")} <= set(EN.rescinds)


@pytest.mark.parametrize(
    ("waited_s", "en", "zh"),
    [(0, "0 s", "0秒"), (119, "119 s", "119秒"), (481, "8 min 1 s", "8分1秒"), (7260, "2 h 1 min", "2小时1分")],
)
def test_waits_are_told_as_people_tell_them(waited_s: int, en: str, zh: str) -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    rig.now += waited_s
    rig.at_work("ann")
    told = why(rig, rig.get(call))
    assert f"After {en} in queue" in told.en and f"等候{zh}（" in told.zh


def test_every_language_has_every_phrase() -> None:
    for words in WORDS.values():
        for part in ("phrases", "best", "reasons", "attempts", "endings", "cancelled", "rescinds", "overflows"):
            assert set(getattr(words, part)) == set(getattr(EN, part))
        assert set(words.best) == set(STRATEGIES)
        assert {one.lost for one in STRATEGIES.values()} <= set(words.reasons)


def test_people_who_know_no_ids_read_names_and_labels() -> None:
    rig = Rig([agent("ann", orders=1), agent("bob")])
    rig.at_work("ann")
    call = rig.arrive()
    rig.accept(call)
    receipts = [event.receipt for event in rig.happened(DecisionMade)]
    labels = {"en": {"orders": "Orders"}, "zh": {"orders": "订单"}}
    told = explain(rig.get(call), receipts, rig.log, names=NAMES, labels=labels)
    assert told.zh == (
        "在队列“订单”等候0秒（第1位，共1位）后分配给Ann Lee：1位可接坐席中空闲最久（0秒）；"
        "王波缺少技能“订单”；Ann Lee已接受。"
    )
    assert "queue Orders" in told.en and "王波 lacks the skill Orders" in told.en and "(ann)" not in told.en
    shown = to_show(told, labels)
    assert shown["receipts"][0]["losers"][0]["zh"] == "缺少技能“订单”"


def test_who_handed_it_on_to_whom_is_told() -> None:
    rig = Rig([agent("ann", orders=1), agent("bob", orders=1), agent("sue")])
    for name in ("ann", "bob", "sue"):
        rig.at_work(name)
        rig.now += 1
    call = rig.arrive()
    rig.accept(call)
    rig.ask(c.ConnectInteraction(at=rig.now, interaction=call))
    rig.ask(c.StartConsult(at=rig.now, interaction=call, agent="ann", kind="agent", target="bob"))
    rig.ask(c.AnswerGuest(at=rig.now, interaction=call, guest=rig.get(call).guests[0].id))
    rig.ask(c.CompleteTransfer(at=rig.now, interaction=call, agent="ann"))
    told = why(rig, rig.get(call))
    assert told.en.endswith("Ann Lee (ann) accepted; Ann Lee (ann) consulted 王波 (bob) and handed it over.")
    assert told.zh.endswith("Ann Lee（ann）已接受；Ann Lee（ann）咨询王波（bob）后移交。")
    rig.ask(c.Supervise(at=rig.now, interaction=call, supervisor="sue", mode="listen"))
    rig.ask(c.AnswerGuest(at=rig.now, interaction=call, guest=rig.get(call).guests[0].id, mode="listen"))
    rig.ask(c.TakeOver(at=rig.now, interaction=call, supervisor="sue"))
    assert why(rig, rig.get(call)).en.endswith("and handed it over; sue took it over from 王波 (bob).")
    rig.ask(c.TransferInteraction(at=rig.now, interaction=call, agent="sue", kind="queue", target="orders"))
    rig.now += 1
    told = why(rig, rig.get(call))
    assert "before that sue handed it on to queue orders; before that sue took it over from 王波 (bob)" in told.en


@pytest.mark.parametrize(
    ("kind", "target", "en"),
    [
        ("agent", "bob", "Ann Lee (ann) handed it on to 王波 (bob)"),
        ("outside", "13800138000", "Ann Lee (ann) handed it on to the number 13800138000"),
    ],
)
def test_a_transfer_is_told(kind: str, target: str, en: str) -> None:
    rig = Rig([agent("ann", orders=1), agent("bob", orders=1)])
    rig.at_work("ann")
    call = rig.arrive()
    rig.accept(call)
    rig.ask(c.ConnectInteraction(at=rig.now, interaction=call))
    rig.at_work("bob")
    rig.ask(c.TransferInteraction(at=rig.now, interaction=call, agent="ann", kind=kind, target=target))
    assert en in why(rig, rig.get(call)).en


def test_a_call_that_an_agent_made_is_told_as_theirs() -> None:
    rig = Rig([agent("ann", orders=1)])
    rig.at_work("ann")
    rig.ask(
        c.CallContact(at=rig.now, interaction="out", agent="ann", contact="c", number="13800138000", queue="orders")
    )
    told = why(rig, rig.get("out"))
    assert told.en == "Ann Lee (ann) made this call; it never waited in a queue."
    assert told.zh == "由Ann Lee（ann）主动呼出，从未排队。"


def test_why_a_call_that_an_agent_made_came_to_nothing() -> None:
    rig = Rig([agent("ann", orders=1)])
    rig.at_work("ann")
    rig.ask(c.CallContact(at=rig.now, interaction="out", agent="ann", contact="c", number="1380013", queue="orders"))
    rig.accept("out")
    record = rig.get("out")
    rig.ask(c.MissContact(at=rig.now, interaction="out", reason="busy"))
    told = why(rig, record)
    assert told.en == (
        "Ann Lee (ann) made this call; it never waited in a queue; the offer to Ann Lee (ann) was taken back "
        "(the contact's phone was busy); the contact was not reached."
    )
    assert told.zh.endswith("（客户电话忙）；未能接通客户。")


@pytest.mark.parametrize(
    ("outcome", "cause", "en", "zh"),
    [
        (Outcome.CALLBACK, "", "; a callback took its place.", "；改为回拨。"),
        (Outcome.NOT_REACHED, "", "; the contact was not reached.", "；未能接通客户。"),
        (Outcome.CANCELLED, "called-again", "; the contact called again and has its place.", "并取得原位。"),
        (Outcome.CANCELLED, "called-by-agent", "; an agent called the contact meanwhile.", "；坐席已另行致电客户。"),
        (Outcome.CANCELLED, "whatever", "; it was called off.", "；已取消。"),
    ],
)
def test_how_a_callback_ended_is_told(outcome: Outcome, cause: str, en: str, zh: str) -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    record = rig.get(call)
    rig.ask(c.CloseInteraction(at=rig.now, interaction=call, outcome=outcome, cause=cause))
    told = why(rig, record)
    assert told.en.endswith(en) and told.zh.endswith(zh)


def test_the_way_from_queue_to_queue_is_told_in_sentences() -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    moved = InteractionOverflowed(at=rig.now, interaction=call, queue="first", reason="full", to="orders")
    receipts = [event.receipt for event in rig.happened(DecisionMade)]
    told = explain(rig.get(call), receipts, [moved, *rig.log], names=NAMES)
    assert told.en.startswith("Queue first was full, so it went on to queue orders. After 0 s in queue orders")
    assert told.zh.startswith("队列“first”已满，转到队列“orders”。在队列“orders”等候0秒")


def test_who_was_sent_out_of_the_line_is_told_after_the_wait_there() -> None:
    rig = Rig([agent("ann", orders=1)])
    call = rig.arrive()
    left = InteractionOverflowed(at=rig.now + 9, interaction=call, queue="orders", reason="no-agents")
    receipts = [event.receipt for event in rig.happened(DecisionMade)]
    told = explain(rig.get(call), receipts, [*rig.log, left], names=NAMES)
    assert told.en.endswith("Ann Lee (ann) was offline. Queue orders had nobody signed in, so the flow decided.")
    assert told.zh.endswith("离线。队列“orders”无人签到，由流程处理。")


def test_who_was_left_to_a_consulted_number_outside_is_told() -> None:
    rig = Rig([agent("ann", orders=1)])
    rig.at_work("ann")
    call = rig.arrive()
    rig.accept(call)
    rig.ask(c.ConnectInteraction(at=rig.now, interaction=call))
    rig.ask(c.StartConsult(at=rig.now, interaction=call, agent="ann", kind="outside", target="13800138000"))
    rig.ask(c.AnswerGuest(at=rig.now, interaction=call, guest=rig.get(call).guests[0].id))
    rig.ask(c.CompleteTransfer(at=rig.now, interaction=call, agent="ann"))
    told = why(rig, rig.get(call))
    assert told.en.endswith("(ann) accepted; Ann Lee (ann) consulted a number outside and left the contact to it.")
    assert told.zh.endswith("Ann Lee（ann）已接受；Ann Lee（ann）咨询外线后由外线继续通话。")
