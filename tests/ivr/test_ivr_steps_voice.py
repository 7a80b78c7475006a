"""Steps of calls (many of chats, too): leaving a queue, messages, transfers, recording, listening, call-backs."""

from ivr_sites import Contact, make

from ivr.effects import EnterQueue, Spoken, Write
from ivr.waits import KeysPressed, TextArrived

PERSON = "person:\n  - hangup: {outcome: handled}\nother:\n  - hangup: {outcome: overflowed}\n"


def flow(*steps: str, more: str = "") -> str:
    return "start:\n" + "".join(f"  - {step}\n" for step in steps) + more


LINE = """
start:
  - queue:
      name: orders
      keys: {1: other, "*": [say: Stars, goto: person]}
      labels: {1: {zh: 离开, en: Leave the line}}
      words: {1: {zh: [不等了], en: [leave, stop waiting]}}
      hint: {zh: 按1离开。, en: To leave press 1.}
      skills: {orders: 2}
      priority: 3
      agent: contact.last_agent for 20 s
      otherwise: hangup
"""


def test_a_key_leads_out_of_the_line_and_any_other_changes_nothing() -> None:
    site = make(LINE + PERSON)
    contact = Contact(site, "voice", contact__last_agent="1001")
    entered = contact.last
    assert isinstance(entered, EnterQueue)
    assert (entered.keys, entered.hint) == (("1", "*"), (Spoken("To leave press 1.", "en"),))
    assert (entered.skills, entered.priority, entered.agent, entered.agent_s) == ({"orders": 2}, 3, "1001", 20.0)
    waiting = contact.turn.session
    assert contact.does(KeysPressed("9")).effects == ()
    assert contact.turn.session.waits_for == waiting.waits_for
    assert contact.does(KeysPressed("1")).ended == ("NORMAL_CLEARING", "overflowed")
    assert "main.start.queue orders key 1" in contact.turn.session.trail
    assert Contact(site, "voice").does(KeysPressed("*")).said == ["Stars"]


def test_a_chat_leaves_the_line_by_key_label_or_word() -> None:
    site = make(LINE + PERSON)
    contact = Contact(site, "text")
    assert contact.effects[0] == Write("To leave press 1.\n1 Leave the line", (("1", "Leave the line"),))
    assert contact.does(TextArrived("hello? anybody?")).effects == ()
    for words in ("1", "leave the line", "I want to stop waiting now", "不等了"):
        assert Contact(site, "text").does(TextArrived(words)).ended == ("NORMAL_CLEARING", "overflowed"), words


def test_an_agent_named_by_number_is_asked_first_and_nobody_for_an_unknown_one() -> None:
    named = make(flow("queue: {name: orders, agent: '1001', otherwise: hangup}"))
    assert (Contact(named, "voice").last.agent, Contact(named, "voice").last.agent_s) == ("1001", 15.0)  # type: ignore[attr-defined]
    assert Contact(make(LINE + PERSON), "voice").last.agent == ""  # type: ignore[attr-defined]
