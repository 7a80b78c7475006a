"""``callback``: the number, the time and the promise, on calls and chats."""

from ivr_sites import SITE, WEDNESDAY_10, Contact, make

from ivr.call_effects import RequestCallback
from ivr.effects import Ask, EnterQueue
from ivr.waits import KeysMissing, KeysPressed, Performed, PlayEnded, Resumed, TextArrived

ALLOWING = SITE + 'trunk: {way: server sip.example.com:5060, allow: ["1*", "0[1-9]*"], caller_number: "0216000"}\n'
NOW = """
start:
  - callback: {queue: orders, offer: Busy, declined: no_call}
  - hangup
no_call:
  - say: Declined
  - hangup
"""
CHOOSE = NOW.replace("offer: Busy", "offer: Busy, when: choose, calendar: workshop")
KEPT = "All right, we will call you back. Thank you for your patience."


def caller(flow: str = NOW, medium: str = "voice", **known: object) -> Contact:
    return Contact(make(flow, ALLOWING), medium, **{"contact__number": "13800138000", **known})


def test_the_callers_own_number_is_read_out_and_confirmed() -> None:
    contact = caller()
    assert isinstance(contact.last, Ask) and contact.said[:3] == ["Busy", "We can call you back at", "13800138000"]
    asked = contact.does(KeysPressed("1")).last
    assert asked == RequestCallback(key="main.start[0]#0", queue="orders", number="13800138000", due_at=None)
    assert contact.does(Performed("kept")).said == [KEPT]
    assert contact.does(PlayEnded()).ended == ("NORMAL_CLEARING", "self_service")


def test_another_number_is_keyed_in_checked_and_read_back() -> None:
    contact = caller().does(KeysPressed("2"))
    assert isinstance(contact.last, Ask) and (contact.last.max, contact.last.ends) == (20, "#")
    assert contact.does(KeysPressed("00881234567")).said[0] == "Sorry, that does not look right."
    contact.does(KeysPressed("02161234567"))
    assert "02161234567" in contact.said and "we will call you at" in contact.said
    contact.does(KeysPressed("2"), KeysPressed("02161230000"), KeysPressed("1"))
    assert isinstance(contact.last, RequestCallback) and contact.last.number == "02161230000"


def test_a_caller_without_a_usable_number_is_asked_for_one() -> None:
    for number in ("anonymous", "", "0088123", "$(1)"):
        contact = caller(contact__number=number)
        assert contact.said == ["Please enter the number we should call, and press pound."], number


def test_a_time_within_opening_hours_is_chosen() -> None:
    contact = caller(CHOOSE).does(KeysPressed("1"))
    assert contact.said == [
        "To be called as soon as possible, press 1.",
        *("Today", "11:00", "2", "Today", "14:00", "3", "Today", "15:00", "4", "Today", "16:00", "5"),
        "For later times, press 9.",
    ]
    assert contact.does(KeysPressed("8")).said[0] == "Sorry, that is not one of the choices."
    contact.does(KeysPressed("3"), KeysPressed("1"))
    assert isinstance(contact.last, RequestCallback) and contact.last.due_at == WEDNESDAY_10 + 4 * 3600


def test_later_times_follow_to_the_end_of_the_days_ahead() -> None:
    contact = caller(CHOOSE).does(KeysPressed("1"), KeysPressed("9"))
    assert contact.said[1:6] == ["Today", "17:00", "2", "Tomorrow", "09:00"]
    while "For later times, press 9." in contact.said:
        contact.does(KeysPressed("9"))
    assert contact.said[1:] == ["2026-11-27", "09:00", "2"] or contact.said[1] == "2026-11-27"
    assert contact.does(KeysPressed("9")).said[0] == "Sorry, that is not one of the choices."
    assert contact.does(KeysPressed("2")).said[0] == "2026-11-27"


def test_a_chat_chooses_a_time_from_a_list() -> None:
    contact = caller(CHOOSE, medium="text").does(TextArrived("yes"))
    assert contact.said == [
        "When may we call you?\n1 As soon as possible\n2 Today 11:00\n3 Today 14:00\n4 Today 15:00\n"
        "5 Today 16:00\n9 Later times"
    ]
    contact.does(TextArrived("9"), TextArrived("3"), TextArrived("yes"))
    assert isinstance(contact.last, RequestCallback) and contact.last.due_at == WEDNESDAY_10 + 23 * 3600


def test_declining_silence_and_failure_lead_on() -> None:
    assert caller().does(KeysPressed("3")).said == ["Declined"]
    assert caller().does(KeysMissing(), KeysMissing(), KeysMissing()).said == ["Declined"]
    assert caller().does(KeysPressed("1"), Performed("refused")).said == ["Declined"]


def test_after_a_crash_the_same_stage_is_asked_again() -> None:
    contact = caller().does(KeysPressed("2"))
    before = contact.effects
    assert contact.does(Resumed()).effects == before
    contact.does(KeysPressed("02161234567"), KeysPressed("1"))
    asked = contact.last
    assert contact.does(Resumed()).does(KeysPressed("1")).last == asked, "the same request, so it is made once"


def test_a_chat_types_the_number() -> None:
    contact = caller(medium="text", contact__number="")
    assert contact.said == ["Which number should we call?"]
    contact.does(TextArrived("call me at home"))
    assert contact.said[0].startswith("Sorry, that does not look right.")
    contact.does(TextArrived("021-6123 4567"), TextArrived("yes"))
    assert isinstance(contact.last, RequestCallback) and contact.last.number == "02161234567"
    assert contact.does(Performed("kept")).said == [KEPT]


def test_a_number_with_the_own_countrys_code_is_the_one_that_the_trunk_dials() -> None:
    contact = caller(medium="text", contact__number="")
    contact.facts["dialled.+862161234567"] = "02161234567"  # the daemon knows the site's country
    contact.does(TextArrived("+86 (0)21 6123 4567"))
    assert "02161234567" in contact.said[0]
    contact.does(TextArrived("yes"))
    assert isinstance(contact.last, RequestCallback) and contact.last.number == "02161234567"


def test_offered_in_a_queue_and_declined_the_contact_is_back_at_the_old_place() -> None:
    site = make("start:\n  - queue: {name: orders, keys: {1: {offer: callback}}, otherwise: hangup}\n", ALLOWING)
    contact = Contact(site, "voice", contact__number="13800138000").does(KeysPressed("1"))
    assert "13800138000" in contact.said
    assert isinstance(contact.does(KeysPressed("3")).last, EnterQueue)
    contact.does(KeysPressed("1"), KeysPressed("1"))
    assert isinstance(contact.last, RequestCallback) and contact.last.queue == "orders"
