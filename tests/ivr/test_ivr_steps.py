"""Every step: its example runs on its media, and what it does on a call and on a chat."""

from pathlib import Path

import pytest
from ivr_sites import SITE, Contact, complaints, make, served

import ivr.steps
from ivr.catalog import all_speech
from ivr.effects import Ask, EnterQueue, Piece, Play, Recorded, SetLanguage, SetVariables, Spoken, Write
from ivr.steps import STEPS
from ivr.waits import (
    Answered,
    Failed,
    KeysMissing,
    KeysPressed,
    Performed,
    PlayEnded,
    QueueLeft,
    Resumed,
    TextArrived,
    TextMissing,
    WordsHeard,
)

ANSWERS = {
    "PlayEnded": PlayEnded(),
    "KeysPressed": KeysPressed("1"),
    "TextArrived": TextArrived("1"),
    "QueueLeft": QueueLeft("connected-ended"),
    "Performed": Performed("taken", {"take": "t1"}),
    "WordsHeard": WordsHeard("orders"),
}


def test_every_file_is_a_step_and_every_step_has_an_example() -> None:
    files = {file.stem for file in Path(ivr.steps.__file__).parent.glob("*.py")} - {"__init__"}
    files = {file.rstrip("_") for file in files}
    assert files == set(STEPS)
    assert all(step.EXAMPLE.strip() and (step.__doc__ or "").strip() for step in STEPS.values())


@pytest.mark.parametrize("medium", ["voice", "text"])
@pytest.mark.parametrize("verb", sorted(STEPS))
def test_the_example_runs_to_its_end(verb: str, medium: str) -> None:
    step = STEPS[verb]
    site = make(step.EXAMPLE)
    assert any(type(s).verb == verb for _, _, s in site.flows["main"].steps())
    contact = Contact(site, medium)
    for _ in range(20):
        if contact.ended:
            break
        waits_for = contact.turn.session.waits_for[0]
        contact.does(served(contact.last) if waits_for == "Answered" else ANSWERS[waits_for])
    assert contact.ended is not None
    assert contact.turn.fault == ""
    assert "fallback" not in contact.turn.session.trail


def flow(*steps: str, more: str = "") -> str:
    lines = "".join(f"  - {step}\n" for step in steps)
    return f"start:\n{lines}{more}"


PERSON = "person:\n  - hangup: {outcome: handled}\nother:\n  - hangup: {outcome: overflowed}\n"


def test_say_plays_in_the_contacts_language_and_writes_on_chats() -> None:
    site = make(flow("say: {zh: 你好, en: Hello}", "hangup"))
    assert Contact(site, "voice", language="zh").effects == (Play((Spoken("你好", "zh"),)),)
    chat = Contact(site, "text")
    assert chat.effects[0] == Write("Hello")
    assert chat.ended == ("NORMAL_CLEARING", "self_service")


def test_say_takes_files_one_text_for_all_and_all_languages() -> None:
    files = make(flow("say: {zh: hello-zh.wav, en: hello-en.wav}", "hangup"))
    assert Contact(files, "voice").effects == (Play((Recorded("hello-en.wav", "en"),)),)
    one = make(flow("say: OK", "hangup"))
    assert Contact(one, "voice").effects == (Play((Spoken("OK", "en"),)),)
    both = make(flow("say: {zh: 你好, en: Hello, languages: all}", "hangup"))
    assert Contact(both, "voice").effects == (Play((Spoken("你好", "zh"), Spoken("Hello", "en"))),)
    assert Contact(both, "text").effects[0] == Write("你好\nHello")


def test_say_goes_on_when_its_sound_fails() -> None:
    contact = Contact(make(flow("say: A", "say: B", "hangup")), "voice").does(Failed("no such file"))
    assert contact.said == ["B"]
    assert "no such file" in contact.turn.fault


def test_play_never_computes_a_file_name() -> None:
    from ivr_sites import complaints

    assert "cannot be a prompt file" in complaints(flow("play: $(name).wav", "hangup"))[0]
    for path in ("../secret.wav", "/etc/passwd", "a/../../b.wav", "C:\\x.wav", ".hidden.wav", "a//b.wav"):
        assert complaints(flow(f"play: '{path}'", "hangup")), path


MENU = """
start:
  - menu:
      prompt: {zh: 请按键, en: Press a key}
      ask: {zh: 请选择, en: Choose}
      keys: {1: person, 2: other, 12: other, "*": again}
      labels: {1: {zh: 人工, en: A person}, other: {zh: 其他, en: Something else}}
      words: {person: {zh: [客服], en: [agent, human being]}}
      tries: 2
      otherwise: [say: Bye, hangup: {outcome: abandoned}]
"""


def test_menu_by_keys() -> None:
    site = make(MENU + PERSON)
    contact = Contact(site, "voice")
    assert isinstance(contact.last, Ask)
    assert (contact.last.min, contact.last.max, contact.last.speech) == (1, 2, (Spoken("Press a key", "en"),))
    assert contact.does(KeysPressed("1")).ended == ("NORMAL_CLEARING", "handled")
    assert contact.turn.session.trail[0] == "main.start.menu 1"
    assert Contact(site, "voice").does(KeysPressed("12")).ended == ("NORMAL_CLEARING", "overflowed")


def test_menu_asks_again_and_then_takes_otherwise() -> None:
    site = make(MENU + PERSON)
    wrong = Contact(site, "voice").does(KeysPressed("9"))
    assert wrong.said == ["Sorry, that is not one of the choices.", "Press a key"]
    assert wrong.does(KeysMissing()).said == ["Bye"]
    silent = Contact(site, "voice").does(KeysMissing())
    assert silent.said == ["Sorry, we did not receive your choice.", "Press a key"]
    again = silent.does(KeysPressed("*"))
    assert again.said == ["Press a key"]  # a fresh start: the tries are new too
    assert again.does(KeysMissing()).said[-1] == "Press a key"


def test_menu_has_its_own_ways_for_silence_and_nonsense() -> None:
    text = MENU.replace("tries: 2", "tries: 1\n      silence: person\n      invalid: other") + PERSON
    assert Contact(make(text), "voice").does(KeysMissing()).ended == ("NORMAL_CLEARING", "handled")
    assert Contact(make(text), "voice").does(KeysPressed("9")).ended == ("NORMAL_CLEARING", "overflowed")


def test_menu_on_a_chat_is_numbered_text_with_options() -> None:
    contact = Contact(make(MENU + PERSON), "text")
    options = (("1", "A person"), ("2", "Something else"), ("12", "Something else"))
    assert contact.effects[0] == Write("Choose\n1 A person\n2 Something else\n12 Something else", options)
    assert contact.turn.session.waits_for == ("TextArrived", "TextMissing")


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ("1", "handled"),
        (" １。", "handled"),
        ("一", "handled"),
        ("a person", "handled"),
        ("A PERSON!", "handled"),
        ("人工", "handled"),
        ("我要找客服", "handled"),
        ("let me talk to an agent please", "handled"),
        ("human being", "handled"),
        ("something else", "overflowed"),
        ("其他的事", "overflowed"),
        ("12", "overflowed"),
        ("agents", None),
        ("3", None),
        ("", None),
        ("a person or something else", None),  # means two things
        ("$(contact.name) ; hangup", None),
    ],
)
def test_menu_understands_number_label_and_word(answer: str, outcome: str | None) -> None:
    contact = Contact(make(MENU + PERSON), "text").does(TextArrived(answer))
    assert (contact.ended and contact.ended[1]) == outcome
    if outcome is None:
        assert contact.said[0].startswith("Sorry, that is not one of the choices.\nChoose\n1 A person")


def test_menu_gives_up_on_a_silent_chat_without_piling_up_messages() -> None:
    contact = Contact(make(MENU + PERSON), "text").does(TextMissing())
    assert contact.said == ["Bye"]
    assert contact.ended == ("NORMAL_CLEARING", "abandoned")


GATHER = """
start:
  - gather: {as: order, prompt: Your number, digits: 4-6, ends: "#", confirm: CONFIRM, tries: 2, otherwise: other}
  - say: Order $(order).
  - hangup
"""


def test_gather_keeps_the_digits() -> None:
    site = make(GATHER.replace("CONFIRM", "no") + PERSON)
    contact = Contact(site, "voice")
    assert isinstance(contact.last, Ask)
    assert (contact.last.min, contact.last.max, contact.last.ends) == (4, 6, "#")
    contact.does(KeysPressed("01234"))
    assert contact.effects[0] == SetVariables({"order": "01234"})
    assert contact.last == Play((Spoken("Order", "en"), Piece("digits", "01234", "en")))


def test_gather_checks_length_and_asks_again() -> None:
    contact = Contact(make(GATHER.replace("CONFIRM", "no") + PERSON), "voice").does(KeysPressed("123"))
    assert contact.said == ["Sorry, that does not look right.", "Your number"]
    assert contact.does(KeysPressed("12*45")).ended == ("NORMAL_CLEARING", "overflowed")


def test_gather_reads_back_and_confirms_on_a_call() -> None:
    contact = Contact(make(GATHER.replace("CONFIRM", "yes") + PERSON), "voice").does(KeysPressed("12345"))
    assert contact.said == ["You entered", "12345", "If that is right, press 1. To enter it again, press 2."]
    assert contact.does(Resumed()).said[1] == "12345"
    assert contact.does(KeysPressed("2")).said == ["Your number"]
    contact.does(KeysPressed("54321"), KeysPressed("1"))
    assert contact.turn.session.variables["order"] == "54321"


def test_gather_confirms_on_a_chat_and_forgives_spaces() -> None:
    contact = Contact(make(GATHER.replace("CONFIRM", "yes") + PERSON), "text").does(TextArrived(" 12-3４ 5 "))
    assert contact.effects[0] == Write(
        "You entered 12345. Is that right?\n1 Yes\n2 No, enter it again", (("1", "Yes"), ("2", "No, enter it again"))
    )
    spoken = Contact(make(GATHER.replace("CONFIRM", "no") + PERSON), "text").does(TextArrived("一二三四五"))
    assert spoken.turn.session.variables["order"] == "12345"
    assert contact.does(TextArrived("maybe")).said[0].startswith("Sorry")
    assert contact.does(TextArrived("yes")).said == ["Order 12345."]


def test_gather_refuses_words_on_a_chat() -> None:
    contact = Contact(make(GATHER.replace("CONFIRM", "no") + PERSON), "text").does(TextArrived("my order 1234"))
    assert contact.said[0].startswith("Sorry, that does not look right.")


LANGUAGE = flow("language: {1: zh, 2: en}", "say: {zh: 好, en: Good}", "hangup")


def test_language_is_chosen_by_key_name_or_code() -> None:
    contact = Contact(make(LANGUAGE), "voice", language="zh")
    assert contact.last.speech == (Spoken("中文服务请按1。", "zh"), Spoken("For English, press 2.", "en"))
    contact.does(KeysPressed("2"))
    assert contact.effects == (SetLanguage("en"), Play((Spoken("Good", "en"),)))
    for answer in ("2", "English", "english.", "en"):
        assert Contact(make(LANGUAGE), "text", language="zh").does(TextArrived(answer)).said == ["Good"]


def test_language_is_not_asked_when_known_and_not_needed() -> None:
    known = Contact(make(LANGUAGE), "voice", language="zh", contact__language="en")
    assert known.effects == (SetLanguage("en"), Play((Spoken("Good", "en"),)))
    silent = Contact(make(LANGUAGE), "voice", language="zh").does(KeysMissing())
    assert silent.said == ["好"]


QUEUE = """
start:
  - queue: {name: repairs, priority: 3, greeting: Hold on, after: {wait: 2 min, go: other}, full: person}
  - say: Thanks
  - hangup
"""


OWN = ("full", "timeout")  # what the step decides itself


def test_queue_enters_and_goes_on_after_the_talk() -> None:
    contact = Contact(make(QUEUE + PERSON), "voice")
    assert contact.last == EnterQueue(
        queue="repairs", priority=3, greeting=(Spoken("Hold on", "en"),), after_s=120.0, limit=3, own=OWN
    )
    assert contact.does(QueueLeft("connected-ended")).said == ["Thanks"]
    assert contact.does(PlayEnded()).ended == ("NORMAL_CLEARING", "handled")


def test_queue_writes_its_greeting_on_a_chat() -> None:
    contact = Contact(make(QUEUE + PERSON), "text")
    assert contact.effects[0] == Write("Hold on")
    line = EnterQueue(queue="repairs", priority=3, after_s=120.0, limit=3, own=OWN)
    assert contact.last == line
    assert contact.does(Resumed()).effects == (line,)


def test_queue_has_its_ways_out() -> None:
    assert Contact(make(QUEUE + PERSON), "voice").does(QueueLeft("timeout")).ended == ("NORMAL_CLEARING", "overflowed")
    assert Contact(make(QUEUE + PERSON), "voice").does(QueueLeft("full")).ended == ("NORMAL_CLEARING", "handled")
    nobody = Contact(make(QUEUE + PERSON), "voice").does(QueueLeft("no-agents"))
    assert nobody.said == ["Sorry, nobody is free to help you at the moment. Please try again later."]
    assert nobody.does(Resumed()).said == nobody.said
    assert nobody.does(PlayEnded()).ended == ("NORMAL_CLEARING", "overflowed")


def test_a_full_or_closed_queue_is_not_entered_but_a_waiting_contact_keeps_the_place() -> None:
    site = make(QUEUE + PERSON)
    from ivr import Engine

    engine = Engine(site)
    full = {"queue.repairs.waiting": 3}
    assert engine.start(flow="main", medium="voice", at=0, facts=full).session.outcome == "handled"
    inside = engine.start(flow="main", medium="voice", at=0)
    again = engine.resume(inside.session, Resumed(), 0, facts=full)
    assert isinstance(again.effects[-1], EnterQueue)
    shut = Contact(make(flow("queue: {name: shut, closed: other}", "hangup") + PERSON), "voice")
    assert shut.ended == ("NORMAL_CLEARING", "overflowed")


def test_who_writes_to_a_closed_queue_is_told_and_waits_for_the_opening() -> None:
    queue = flow("queue: {name: shut, after: {wait: 10 min, go: other}}", "hangup") + PERSON
    kept = Contact(make(queue), "text")
    assert len(kept.said) == 1 and kept.said[0].startswith("We are closed at the moment.")
    assert isinstance(kept.last, EnterQueue) and kept.last.after_s is None
    before = kept.last
    again = kept.does(Resumed())
    assert again.last == before and again.said == []  # after a crash: the same line, and not told twice
    own = SITE.replace("never: {", "never: {closed: {zh: 明早见。, en: Until tomorrow.}, ")
    assert Contact(make(queue, own), "text").said == ["Until tomorrow."]
    elsewhere = Contact(make(flow("queue: {name: shut, closed: other}", "hangup") + PERSON), "text")
    assert elsewhere.ended is not None and elsewhere.ended[1] == "overflowed"


def test_after_a_talk_the_flow_does_not_fall_into_the_next_section() -> None:
    contact = Contact(make(flow("queue: orders") + PERSON), "voice").does(QueueLeft("connected-ended"))
    assert contact.ended == ("NORMAL_CLEARING", "handled")
    assert contact.turn.session.trail == ("main.start.queue orders served",)


def test_message_writes_or_is_sent_by_a_channel() -> None:
    assert Contact(make(flow("message: Hi", "hangup")), "text").said == ["Hi"]
    sent = Contact(make(flow("message: {text: Hi, to: website}", "hangup")), "voice")
    assert (sent.last.type, sent.last.channel, sent.last.text) == ("SendText", "website", "Hi")
    assert sent.does(Answered()).ended == ("NORMAL_CLEARING", "self_service")
    own = Contact(make(flow("message: {text: Hi, to: contact, fails: person}", "hangup") + PERSON), "voice")
    assert own.last.channel == "" and own.does(Failed("no address")).ended == ("NORMAL_CLEARING", "handled")
    failed = Contact(make(flow("message: {text: Hi, fails: person}", "hangup") + PERSON), "voice")
    assert failed.ended == ("NORMAL_CLEARING", "handled")


def test_hangup_says_goodbye_and_gives_the_cause() -> None:
    contact = Contact(make(flow("hangup: {say: Bye, cause: busy, outcome: overflowed}")), "voice")
    assert contact.said == ["Bye"]
    assert contact.does(PlayEnded()).ended == ("USER_BUSY", "overflowed")
    assert Contact(make(flow("hangup: busy")), "voice").ended == ("USER_BUSY", "self_service")


def test_steps_for_the_other_medium_are_passed() -> None:
    site = make(flow("say: {text: Call, on: voice}", "say: {text: Chat, on: text}", "hangup"))
    assert Contact(site, "voice").said == ["Call"]
    assert Contact(site, "text").said == ["Chat"]


LISTS = """
start:
  - menu:
      prompt: P
      keys: {1: [say: One], 2: [say: Two, goto: person], 3: next, 4: hangup}
      otherwise: person
  - say: After
  - hangup
"""


def test_a_chat_passes_what_only_a_call_can_do() -> None:
    assert Contact(make(flow("play: moh/calm.wav", "say: Hi", "hangup")), "text").said == ["Hi"]


def test_lists_of_steps_go_on_after_their_step() -> None:
    site = make(LISTS + PERSON)
    one = Contact(site, "voice").does(KeysPressed("1"))
    assert one.said == ["One"]
    assert one.does(PlayEnded()).said == ["After"]
    assert Contact(site, "voice").does(KeysPressed("2"), PlayEnded()).ended == ("NORMAL_CLEARING", "handled")
    assert Contact(site, "voice").does(KeysPressed("3")).said == ["After"]
    assert Contact(site, "voice").does(KeysPressed("4")).ended == ("NORMAL_CLEARING", "self_service")


IN_TWO_MEDIA = """
start:
  - say: {zh: 欢迎致电。, zh.text: 欢迎光临。, en: Thank you for calling., languages: all}
  - hangup: {say: {"*": Bye., "*.text": See you.}}
"""


@pytest.mark.parametrize(
    ("medium", "said"),
    [
        ("voice", ["欢迎致电。", "Thank you for calling.", "Bye."]),
        ("text", ["欢迎光临。\nThank you for calling.", "See you."]),
    ],
)
def test_a_text_for_chats_is_read_there_and_nowhere_else(medium: str, said: list[str]) -> None:
    site = make(IN_TWO_MEDIA)
    contact = Contact(site, medium)
    heard = contact.said
    while contact.ended is None:
        heard = [*heard, *contact.does(PlayEnded()).said]
    assert heard == said
    spoken = {one.text for one in all_speech(site)}
    assert "欢迎致电。" in spoken and not {"欢迎光临。", "See you."} & spoken


def test_a_text_for_chats_alone_is_refused_at_its_place() -> None:
    (problem,) = complaints("start:\n  - say: {en: Hello., zh.text: 你好。}\n  - hangup\n")
    assert "'zh.text' has no 'zh' beside it; add 'zh: ...' for calls" in problem
