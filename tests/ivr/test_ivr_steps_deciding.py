"""Steps that decide without a word: branch, hours, set."""

import pytest
from ivr_sites import NATIONAL_DAY_10, WEDNESDAY_10, Contact, make

from ivr.effects import SetVariables

PERSON = "person:\n  - hangup: {outcome: handled}\nother:\n  - hangup: {outcome: overflowed}\n"


def flow(*steps: str) -> str:
    return "start:\n" + "".join(f"  - {step}\n" for step in steps)


BRANCH = """
start:
  - branch:
      - {when: contact.level == "vip", go: person}
      - {when: queue.orders.waiting > 5, go: other}
  - hangup
"""


def test_branch_takes_the_first_true_case() -> None:
    text = BRANCH
    assert Contact(make(text + PERSON), "voice", contact__level="vip").ended == ("NORMAL_CLEARING", "handled")
    assert Contact(make(text + PERSON), "voice").ended == ("NORMAL_CLEARING", "self_service")
    from ivr import Engine

    turn = Engine(make(text + PERSON)).start(flow="main", medium="voice", at=0, facts={"queue.orders.waiting": 9})
    assert turn.session.outcome == "overflowed"


def test_facts_may_differ_for_calls_and_chats() -> None:
    from ivr import Engine

    flow = "start:\n  - branch: [{when: queue.orders.ready > 0, go: person}]\n  - hangup\n" + PERSON
    facts = {"queue.orders.ready": 1, "queue.orders.ready.voice": 0}
    for medium, outcome in (("voice", "self_service"), ("text", "handled")):
        assert Engine(make(flow)).start(flow="main", medium=medium, at=0, facts=facts).session.outcome == outcome


def test_branch_that_cannot_be_computed_goes_otherwise() -> None:
    text = flow("branch: [{when: contact.level > 5, go: person}]\n    otherwise: other", "hangup") + PERSON
    contact = Contact(make(text), "voice", contact__level="gold")
    assert contact.ended == ("NORMAL_CLEARING", "overflowed")
    assert "cannot compare" in contact.turn.fault


@pytest.mark.parametrize(
    "at, words", [(WEDNESDAY_10, "open"), (WEDNESDAY_10 + 9000, "closed"), (NATIONAL_DAY_10, "holiday")]
)
def test_hours_goes_by_the_calendar(at: float, words: str) -> None:
    text = flow(
        "hours: workshop\n    closed: [say: closed, hangup]\n    holiday: [say: holiday, hangup]", "say: open", "hangup"
    )
    assert Contact(make(text), "text", at=at).said == [words]
    plain = flow("hours: {calendar: workshop, closed: [say: closed, hangup]}", "say: open", "hangup")
    assert Contact(make(plain), "text", at=at).said == ["open" if words == "open" else "closed"]


def test_set_keeps_types_and_cleans() -> None:
    text = flow('set: {topic: orders, visits: $(visits + 1), copy: "$(contact.name)!"}', "hangup")
    contact = Contact(make(text), "voice", visits=2, contact__name="A\r\nB")
    assert contact.effects[0] == SetVariables({"topic": "orders", "visits": 3, "copy": "A B!"})
