"""The engine: hang-ups, crashes, faults and loops never leave a contact in silence."""

import pytest
from ivr_sites import DEMO, WEDNESDAY_10, Contact, make

from ivr import Engine, Session, SessionError, load_site, read_site
from ivr.effects import AwaitText, EndFlow, EnterQueue, Play, Write
from ivr.waits import (
    Failed,
    HungUp,
    KeysMissing,
    KeysPressed,
    PlayEnded,
    QueueLeft,
    Resumed,
    TextArrived,
)

MENU = "start:\n  - say: Hi\n  - menu: {prompt: P, keys: {1: start}, otherwise: bye}\nbye:\n  - hangup\n"
FALLBACK = ["Sorry, something went wrong on our side. We are connecting you to a person."]


def test_hanging_up_ends_the_flow_with_the_cause_at_any_wait() -> None:
    for happenings in ((), (PlayEnded(),), (PlayEnded(), KeysMissing())):
        contact = Contact(make(MENU), "voice").does(*happenings, HungUp("ORIGINATOR_CANCEL"))
        assert contact.effects == (EndFlow("ORIGINATOR_CANCEL", ""),)
        after = contact.does(PlayEnded(), KeysPressed("1"), HungUp("X"), Resumed(), Failed("x"))
        assert after.effects == ()
        assert after.turn.session.cause == "ORIGINATOR_CANCEL"


def test_a_happening_that_is_not_waited_for_changes_nothing() -> None:
    contact = Contact(make(MENU), "voice")
    before = contact.turn.session
    for stray in (KeysPressed("1"), QueueLeft("left"), TextArrived("x"), KeysMissing()):
        assert contact.does(stray).effects == ()
        assert contact.turn.session == before


def test_resumed_repeats_the_current_step_only() -> None:
    contact = Contact(make(MENU), "voice").does(PlayEnded(), KeysPressed("9"))
    asked = contact.effects
    assert contact.does(Resumed(), Resumed()).effects == asked
    chat = Contact(make(MENU), "text")
    assert [effect.type for effect in chat.effects] == ["Write", "Write", "AwaitText"]
    assert chat.does(Resumed()).effects == (Write("P"), AwaitText(600.0))


def test_a_failing_step_goes_its_own_way() -> None:
    text = MENU.replace("otherwise: bye", "otherwise: bye, fails: [say: Trouble, hangup]")
    assert Contact(make(text), "voice").does(PlayEnded(), Failed("sound")).said == ["Trouble"]
    assert Contact(make(MENU), "voice").does(PlayEnded(), Failed("sound")).ended is not None


def test_without_a_way_the_fallback_queues_to_the_default_queue() -> None:
    contact = Contact(make("start:\n  - queue: repairs\n  - hangup\n"), "voice").does(Failed("router gone"))
    assert contact.said == FALLBACK
    assert "router gone" in contact.turn.fault
    contact.does(PlayEnded())
    assert isinstance(contact.last, EnterQueue) and contact.last.queue == "orders"
    assert contact.does(QueueLeft("connected-ended")).ended == ("NORMAL_CLEARING", "handled")


def test_a_second_fault_ends_properly() -> None:
    contact = Contact(make("start:\n  - queue: repairs\n"), "voice").does(Failed("a"), Failed("sound"), Failed("b"))
    assert contact.ended == ("NORMAL_TEMPORARY_FAILURE", "")


def test_without_a_default_queue_the_fallback_apologises_and_ends() -> None:
    from ivr_sites import SITE

    site = make("start:\n  - queue: repairs\n", SITE.replace("fallback: {queue: orders}", ""))
    contact = Contact(site, "voice").does(Failed("a"))
    assert contact.said == ["Sorry, something went wrong on our side. Please contact us again a little later."]
    assert contact.does(PlayEnded()).ended == ("NORMAL_TEMPORARY_FAILURE", "self_service")


def test_an_exception_inside_a_step_is_a_fault_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr.steps.say import Say

    site = make("start:\n  - play: moh/calm.wav\n  - hangup\n")
    from ivr.steps.play import Play as PlayStep

    monkeypatch.setattr(PlayStep, "enter", lambda self, scene: 1 / 0)
    contact = Contact(site, "voice")
    assert contact.said == FALLBACK
    assert "ZeroDivisionError" in contact.turn.fault
    monkeypatch.setattr(Say, "enter", lambda self, scene: 1 / 0)
    assert Contact(site, "voice").ended == ("NORMAL_TEMPORARY_FAILURE", "")


@pytest.mark.parametrize("medium", ["voice", "text"])
def test_loops_without_waiting_are_broken(medium: str) -> None:
    contact = Contact(make("start:\n  - set: {n: $(n + 1)}\n  - goto: start\n"), medium)
    assert "without waiting" in contact.turn.fault
    assert contact.said == FALLBACK


def test_talking_to_nobody_for_ever_is_broken() -> None:
    contact = Contact(make("start:\n  - say: Hi\n  - goto: start\n"), "voice")
    played = 1
    while not contact.turn.fault and played < 300:
        contact.does(PlayEnded())
        played += 1
    assert "without hearing" in contact.turn.fault
    assert 50 < played < 150


def test_a_chat_is_not_flooded() -> None:
    contact = Contact(make("start:\n  - say: Hi\n  - goto: start\n"), "text")
    assert len(contact.effects) < 70
    assert "without waiting" in contact.turn.fault


def test_a_way_to_nowhere_falls_back() -> None:
    contact = Contact(make("start:\n  - goto: nowhere\n"), "text")
    assert contact.said == FALLBACK
    assert "leads nowhere" in contact.turn.fault


def test_unknown_flow_language_and_medium_do_not_raise() -> None:
    turn = Engine(make(MENU)).start(flow="nope", medium="voice", language="fr", at=0)
    assert isinstance(turn.effects[-1], Play)
    assert turn.session.language == "zh"
    assert "no flow" in turn.fault


def test_a_session_goes_on_in_another_revision_where_its_step_still_stands() -> None:
    contact = Contact(make(MENU), "voice")
    contact.engine = Engine(make(MENU.replace("prompt: P", "prompt: New")))
    assert contact.does(PlayEnded()).said == ["New"]
    assert contact.turn.session.revision == contact.engine.site.revision


@pytest.mark.parametrize(
    "changed", ["start:\n  - play: moh/calm.wav\n  - hangup\n", "other:\n  - say: Hi\n  - hangup\n"]
)
def test_a_session_whose_step_is_gone_falls_back(changed: str) -> None:
    contact = Contact(make(MENU), "voice")
    contact.engine = Engine(make(changed))
    assert contact.does(Resumed()).said == FALLBACK
    assert contact.turn.fault
    assert contact.turn.session.revision == contact.engine.site.revision


def test_a_queue_that_turns_contacts_away_for_ever_is_broken() -> None:
    contact = Contact(make("start:\n  - queue: {name: orders, otherwise: start}\n"), "voice")
    for _ in range(300):
        contact.does(QueueLeft("full"))
        if contact.turn.fault:
            break
    assert "without hearing" in contact.turn.fault
    assert contact.said == FALLBACK


def test_ways_lead_into_other_flows() -> None:
    site, problems = read_site(
        {
            "site.yaml": "site: T\nlanguages: [en]\ntimezone: UTC\n",
            "flows/main.yaml": "flow: main\nstart:\n  - goto: night.late\n",
            "flows/night.yaml": "flow: night\nearly:\n  - goto: main\nlate:\n  - say: Late\n  - hangup\n",
        }
    )
    assert site is not None, problems
    contact = Contact(site, "text")
    assert contact.said == ["Late"]
    assert contact.turn.session.flow == "night"


def test_sessions_survive_json_and_refuse_other_texts() -> None:
    contact = Contact(make(MENU), "voice", contact__name="王\u2028")
    session = contact.turn.session
    assert Session.from_json(session.to_json()) == session
    for text in ("", "{}", "[]", "null", '{"flow": 1}', session.to_json()[:-5], "[" * 5000):
        with pytest.raises(SessionError):
            Session.from_json(text)


def test_the_trail_is_bounded() -> None:
    session = Session(flow="f", medium="voice", language="en")
    trail: tuple[str, ...] = ()
    for n in range(1000):
        from dataclasses import replace

        session = replace(session, trail=session.passed(str(n)))
    trail = session.trail
    assert len(trail) == 300 and trail[0] == "0" and trail[-1] == "999"


def test_the_demonstration_walks_from_welcome_to_wrap_up() -> None:
    site, problems = load_site(DEMO)
    assert site is not None, problems
    contact = Contact(site, "voice", language="zh")
    assert contact.said == ["您好，欢迎致电晨光电器。", "Welcome to Morning Light Appliances."]
    contact.does(PlayEnded(), KeysPressed("2"), KeysPressed("1"))
    assert isinstance(contact.last, EnterQueue)
    assert (contact.last.queue, contact.last.music, contact.last.announce.position_every_s) == (
        "orders",
        "moh/calm.wav",
        30.0,
    )
    contact.does(QueueLeft("connected-ended"))
    assert contact.ended == ("NORMAL_CLEARING", "handled")
    assert contact.turn.session.trail == (
        "main.welcome.say",
        "main.welcome.language en",
        "main.welcome.hours open",
        "main.menu.menu 1",
        "main.orders.set",
        "main.orders.queue orders served",
    )
    chat = Contact(site, "text", language="zh", at=WEDNESDAY_10).does(TextArrived("中文"), TextArrived("我的冰箱坏了"))
    assert isinstance(chat.last, EnterQueue) and chat.last.queue == "repairs"
