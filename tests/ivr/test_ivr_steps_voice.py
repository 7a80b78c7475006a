"""Steps of calls (many of chats, too): leaving a queue, messages, transfers, recording, listening, call-backs."""

from ivr_sites import Contact, complaints, make

from ivr.call_effects import AnswerCall, KeepMessage, Listen, PlayTake, RecordCall, TakeMessage, Transfer
from ivr.catalog import all_speech, rendered
from ivr.checks import run
from ivr.effects import Ask, EnterQueue, Spoken, Write
from ivr.recording_policy import is_recorded
from ivr.waits import Failed, KeysMissing, KeysPressed, Performed, PlayEnded, Resumed, TextArrived, WordsHeard

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
      urgency: high
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
    assert entered.urgency == "high"
    waiting = contact.turn.session
    assert contact.does(KeysPressed("9")).effects == ()
    assert contact.turn.session.waits_for == waiting.waits_for
    assert contact.does(KeysPressed("1")).ended == ("NORMAL_CLEARING", "overflowed")
    assert "main.start.queue orders key 1" in contact.turn.session.trail
    assert Contact(site, "voice").does(KeysPressed("*")).said == ["Stars"]


def test_a_list_of_ones_own_goes_back_into_the_line() -> None:
    keys = "keys: {1: [say: {zh: 短信已发。, en: Sent.}, goto: back]}"
    contact = Contact(make(flow(f"queue: {{name: orders, greeting: G, {keys}, otherwise: hangup}}")), "voice")
    assert contact.does(KeysPressed("1")).said == ["Sent."]
    entered = contact.does(PlayEnded()).last
    assert isinstance(entered, EnterQueue) and entered.queue == "orders"
    lost = make("start:\n  - goto: back\n")
    assert [problem.code for problem in run(lost) if problem.severity == "error"][0] == "unknown_target"


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


def test_voicemail_is_taken_reviewed_and_kept_once() -> None:
    site = make(flow("voicemail: {queue: orders, otherwise: other}", "hangup", more=PERSON))
    contact = Contact(site, "voice", contact__number="+86 138-0013 8000")
    taking = contact.last
    assert isinstance(taking, TakeMessage) and (taking.queue, taking.number) == ("orders", "+8613800138000")
    contact.does(Performed("taken", {"take": "t1", "seconds": 7}))
    assert contact.said == ["To send your message press 1, to hear it press 2, to record it again press 3."]
    assert contact.does(KeysPressed("2")).last == PlayTake("t1")
    contact.does(PlayEnded(), Resumed())
    assert isinstance(contact.last, Ask), "after a crash the message is there: only what becomes of it is asked"
    again = contact.does(KeysPressed("3")).last
    assert isinstance(again, TakeMessage) and again.instead_of == "t1"
    contact.does(Performed("taken", {"take": "t2"}), KeysMissing())
    assert contact.last == KeepMessage(take="t2", queue="orders", number="+8613800138000")
    assert contact.does(Resumed()).last == KeepMessage(take="t2", queue="orders", number="+8613800138000")
    assert contact.does(Performed("kept")).said == ["Your message has been saved. We will get back to you soon."]
    assert contact.does(PlayEnded()).ended == ("NORMAL_CLEARING", "self_service")


def test_voicemail_without_a_word_is_asked_once_more() -> None:
    site = make(flow("voicemail: {queue: orders, otherwise: other}", "hangup", more=PERSON))
    contact = Contact(site, "voice").does(Performed("empty"))
    assert contact.said[0] == "Sorry, we did not hear anything." and isinstance(contact.last, TakeMessage)
    assert contact.does(Performed("empty"), PlayEnded()).ended == ("NORMAL_CLEARING", "overflowed")
    quick = make(flow("voicemail: {queue: orders, review: no}", "hangup"))
    assert isinstance(Contact(quick, "voice").does(Performed("taken", {"take": "t"})).last, KeepMessage)


def test_transfer_to_a_phone_and_its_ways_out() -> None:
    site = make(flow("transfer: {to: 1001, say: Wait, busy: other, otherwise: person}", more="  - hangup\n" + PERSON))
    contact = Contact(site, "voice")
    assert contact.last == Transfer(kind="agent", target="1001", speech=(Spoken("Wait", "en"),))
    assert Contact(site, "voice").does(Performed("busy")).ended == ("NORMAL_CLEARING", "overflowed")
    for result in ("no_answer", "failed", "not_allowed"):
        assert Contact(site, "voice").does(Performed(result)).ended == ("NORMAL_CLEARING", "handled"), result
    assert contact.does(Performed("talked")).ended == ("NORMAL_CLEARING", "handled")
    assert Contact(site, "voice").does(Failed("switch down")).ended == ("NORMAL_CLEARING", "handled")


def test_transfer_computes_only_numbers() -> None:
    outside = make(flow("transfer: {number: $(manager), otherwise: hangup}"))
    contact = Contact(outside, "voice", manager="(021) 6123-4567")
    assert contact.last == Transfer(kind="outside", target="02161234567")
    for evil in ("1001@evil.example", "${system id}", "", "sofia/x", "١٢٣٤"):
        assert Contact(outside, "voice", manager=evil).ended == ("NORMAL_CLEARING", "self_service"), evil
    inside = make(flow("transfer: {to: $(who), otherwise: hangup}"))
    assert Contact(inside, "voice", who="1009").last == Transfer(kind="extension", target="1009")
    assert Contact(inside, "voice", who="13800138000").ended is not None
    assert "needs one target" in complaints(flow("transfer", "hangup"))[0]


def test_record_asks_for_consent_and_no_answer_is_none() -> None:
    site = make(flow("record: {consent: May we?, refused: other}", "record: pause", "hangup", more=PERSON))
    contact = Contact(site, "voice").does(KeysPressed("1"))
    assert contact.last == RecordCall("start")
    assert contact.does(Performed("on")).turn.session.variables["recording"] == "on"
    assert contact.last == RecordCall("pause")
    assert contact.does(Performed("paused")).turn.session.variables["recording"] == "paused"
    for no in ((KeysPressed("2"),), (KeysMissing(), KeysMissing())):
        contact = Contact(site, "voice").does(*no)
        assert contact.last == RecordCall("refuse")
        assert contact.does(Resumed()).last == RecordCall("refuse"), "not asked twice"
        assert contact.does(Performed("off")).ended == ("NORMAL_CLEARING", "overflowed")
        assert contact.turn.session.variables["recording"] == "refused"
    assert is_recorded("yes", "") and not is_recorded("yes", "refused") and not is_recorded("consent", "")


LISTEN = """
start:
  - listen:
      as: topic
      prompt: Say it
      words: {orders: {en: [order, my parcel], zh: [订单]}, repairs: {en: [broken, repair], zh: [坏了]}}
      keys: {1: orders, 2: repairs}
      tries: 2
      otherwise: other
  - hangup
"""


def topic_after(answer: object, medium: str = "voice") -> object:
    return Contact(make(LISTEN + PERSON), medium).does(answer).turn.session.variables.get("topic")  # type: ignore[arg-type]


def test_listen_takes_words_keys_and_texts() -> None:
    effect = Contact(make(LISTEN + PERSON), "voice").last
    assert isinstance(effect, Listen)
    assert (effect.phrases, effect.keys) == (("order", "my parcel", "broken", "repair"), ("1", "2"))
    assert topic_after(WordsHeard("Hello, where is my parcel?")) == "orders"
    assert topic_after(WordsHeard("It's BROKEN.")) == "repairs"
    assert topic_after(WordsHeard("我的冰箱坏了。")) == "repairs"
    assert topic_after(KeysPressed("2")) == "repairs"
    assert topic_after(TextArrived("repair please"), "text") == "repairs"
    assert topic_after(TextArrived("1"), "text") == "orders"
    contact = Contact(make(LISTEN + PERSON), "voice").does(WordsHeard("an order for a repair"))
    assert contact.said == ["Sorry, I did not understand that.", "Say it"], "both are meant: asked again"
    assert contact.does(KeysMissing()).ended == ("NORMAL_CLEARING", "overflowed")
    assert Contact(make(LISTEN + PERSON), "voice").does(Failed("no recogniser")).ended is not None


def test_listen_without_words_keeps_what_was_said() -> None:
    site = make(flow("listen: {as: matter, prompt: Tell us, otherwise: hangup}", "hangup"))
    contact = Contact(site, "voice").does(WordsHeard("  my kettle\n leaks "))
    assert contact.turn.session.variables["matter"] == "my kettle leaks"


def test_a_menu_that_listens() -> None:
    menu = (
        "menu: {prompt: P, keys: {1: person, 2: other}, words: {person: {en: [agent]}}, listen: yes, otherwise: other}"
    )
    site = make(flow(menu, more=PERSON))
    effect = Contact(site, "voice").last
    assert isinstance(effect, Listen) and (effect.phrases, effect.keys) == (("agent",), ("1", "2"))
    assert Contact(site, "voice").does(WordsHeard("An agent, please!")).ended == ("NORMAL_CLEARING", "handled")
    assert Contact(site, "voice").does(WordsHeard("two")).ended == ("NORMAL_CLEARING", "overflowed")
    assert Contact(site, "voice").does(KeysPressed("1")).ended == ("NORMAL_CLEARING", "handled")


WORDS_ONLY = """
start:
  - menu:
      prompt: {en: Orders or a person?, zh: 订单还是人工？}
      words: {other: {en: [my order, orders], zh: [订单]}, person: {en: [person], zh: [人工]}}
      labels: {person: {en: A person, zh: 人工服务}}
      tries: 2
      otherwise: again
"""
NUMBERED = ["my order", "1", "A person", "2"]


def test_a_menu_by_words_alone_gives_every_choice_a_number_in_the_end() -> None:
    site = make(WORDS_ONLY + PERSON)
    contact = Contact(site, "voice")
    effect = contact.last
    assert isinstance(effect, Listen)
    assert (effect.phrases, effect.keys) == (("my order", "orders", "person", "A person"), ("1", "2"))
    assert contact.said == ["Orders or a person?"], "numbers are not told before they are needed"
    assert words_of(effect.instead) == ["Please choose by pressing a key.", *NUMBERED]
    contact.does(WordsHeard("bananas"))
    assert contact.said == ["Sorry, that is not one of the choices.", "Orders or a person?", *NUMBERED]
    assert contact.does(KeysPressed("2")).ended == ("NORMAL_CLEARING", "handled")
    assert Contact(site, "voice").does(WordsHeard("where are my orders")).ended == ("NORMAL_CLEARING", "overflowed")


def test_numbers_of_choices_by_word_keep_out_of_the_way_of_keys_and_serve_chats() -> None:
    keyed = WORDS_ONLY.replace("words:", "keys: {1: person, 2: again}\n      words:")
    effect = Contact(make(keyed + PERSON), "voice").last
    assert isinstance(effect, Listen) and effect.keys == ("1", "2", "3")
    assert words_of(effect.instead) == ["Orders or a person?", "my order", "3"], "the prompt tells the author's keys"
    chat = Contact(make(WORDS_ONLY + PERSON), "text")
    assert chat.said == ["Orders or a person?\n2 A person"]
    assert Contact(make(WORDS_ONLY + PERSON), "text").does(TextArrived("2")).ended == ("NORMAL_CLEARING", "handled")


def words_of(speech: tuple[object, ...]) -> list[str]:
    return [getattr(part, "text", "") or getattr(part, "value", "") for part in speech]


def test_everything_said_without_a_recogniser_is_rendered_before() -> None:
    site = make(WORDS_ONLY + PERSON)
    effect = Contact(site, "voice").last
    assert isinstance(effect, Listen)
    assert set(rendered(site, effect.instead)) <= all_speech(site)
    silent = make(flow("listen: {as: matter, prompt: Tell us, otherwise: hangup}", "hangup"))
    notice = Contact(silent, "voice").last.instead  # type: ignore[attr-defined]
    assert words_of(notice) == ["Sorry, we cannot understand speech at the moment."]
    assert set(notice) <= all_speech(silent)


def test_listening_for_words_without_keys_gives_them_numbers() -> None:
    contact = Contact(make(LISTEN.replace("keys: {1: orders, 2: repairs}", "keys: {1: repairs}") + PERSON), "voice")
    assert contact.last.keys == ("1", "2")  # type: ignore[attr-defined]
    assert contact.does(KeysPressed("2")).turn.session.variables["topic"] == "orders"


def test_answer_is_an_effect_of_its_own() -> None:
    contact = Contact(make(flow("answer", "hangup")), "voice")
    assert contact.effects == (AnswerCall(),)
    assert contact.does(Performed("answered")).ended == ("NORMAL_CLEARING", "self_service")
