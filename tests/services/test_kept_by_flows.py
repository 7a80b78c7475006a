"""What flows keep, on real rows: tickets, surveys, identities and one-time codes, once however often it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from floor import Floor
from test_chats import Talk, until

from eslapp.services.chats import Chats
from eslapp.services.flow_services import FlowServices
from eslapp.sitedir import SiteDir
from eslapp.starting import flow_services
from eslapp.store import contacts, conversations, events, identities, messages, outbox, surveys, tickets
from ivr.service_calls import CheckCode, FindMember, KeepIdentity, KeepSurvey, OpenTicket, SendCode, SendText
from ivr.waits import Answered, Failed, Happening

SURVEYS = "surveys: {short: {question: {en: Happy?}, scale: satisfied}}\n"
FLOW = """flow: main
start:
  - gather: {as: order, ask: {en: Order?}, prompt: {en: Order?}, digits: 4, otherwise: bye}
  - ticket: {subject: {en: Where is $(order)?}, type: delivery, due: 24 h, fails: bye}
  - survey: short
bye:
  - hangup: {say: {en: Bye}}
"""


class Desk:
    """A floor with a caller's interaction ("one") and everything services need."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.floor = floor = Floor(folder, **options)
        self.talk = Talk(floor)
        self.services = flow_services(
            SiteDir(floor.site.directory),
            site=lambda: floor.site,
            store=floor.store,
            clock=floor.clock,
            chats=lambda: self.talk.chats,
            bus=floor.bus,
        )

    def does(self, effect: Any) -> Happening:
        return self.services._done("one", effect)

    @property
    def chats(self) -> Chats:
        return self.talk.chats


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, flow=FLOW, more=SURVEYS)
    yield desk
    desk.floor.close()


def test_a_chat_ends_with_a_ticket_and_a_survey(desk: Desk) -> None:
    desk.chats._performers = desk.services.on_chats()
    desk.talk.write("hello")
    desk.talk.write("1234")
    until(lambda: len(desk.talk.said()) == 3)
    assert desk.talk.said()[1] == "Your ticket number is 10001."
    desk.talk.write("not satisfied")
    until(lambda: desk.talk.interaction.closed_at is not None)
    assert desk.talk.said()[-2:] == ["Thank you for telling us.", "Bye"]
    (ticket,) = desk.floor.store.read(tickets.listing)
    assert (ticket.number, ticket.subject, ticket.collected) == (10001, "Where is 1234?", {"order": "1234"})
    assert (ticket.state, ticket.contact, ticket.due_at) == ("new", "v", desk.floor.clock() + 86400)
    (answer,) = desk.floor.store.read(lambda tx: surveys.listing(tx, only_low=True))
    assert (answer.survey, answer.score, answer.best, answer.is_low) == ("short", 0, 1, True)
    kinds = [type(event).__name__ for _, event in desk.floor.store.read(lambda tx: events.of_interaction(tx, "one"))]
    assert kinds.count("TicketOpened") == kinds.count("SurveyAnswered") == 1


def test_the_same_place_of_the_flow_is_done_once(desk: Desk) -> None:
    effect = OpenTicket(key="a", kind="x", level="low", subject="S")
    assert desk.does(effect) == desk.does(effect) == Answered({"number": "10001"})
    other = OpenTicket(key="b", kind="x", level="low", subject="S")
    assert desk.does(other) == Answered({"number": "10002"})
    kept = KeepSurvey(key="a", survey="s", score=1, best=5, is_low=True)
    assert desk.does(kept) == desk.does(kept) == Answered()
    assert len(desk.floor.store.read(surveys.listing)) == 1
    text = SendText(key="a", channel="", text="See you")
    assert desk.does(text) == desk.does(text) == Answered()
    assert desk.talk.said() == ["See you"]
    assert isinstance(desk.does(OpenTicket(key="c", kind="x", level="worst", subject="S")), Failed)


def test_tickets_are_worked_on(desk: Desk) -> None:
    desk.does(OpenTicket(key="a", kind="x", level="low", subject="S"))
    store = desk.floor.store
    assert store.write(lambda tx: tickets.change(tx, 10001, at=5.0, state="solved", assignee="1001"))
    assert not store.write(lambda tx: tickets.change(tx, 7, at=5.0, state="open"))
    store.write(lambda tx: tickets.comment(tx, 10001, author="1001", text="done", at=6.0))
    ticket = store.read(lambda tx: tickets.get(tx, 10001))
    assert ticket is not None and (ticket.state, ticket.assignee, ticket.solved_at) == ("solved", "1001", 5.0)
    assert [one.text for one in store.read(lambda tx: tickets.comments(tx, 10001))] == ["done"]
    assert store.read(lambda tx: tickets.listing(tx, state="unsolved")) == []
    store.write(lambda tx: tickets.change(tx, 10001, at=7.0, state="open"))
    reopened = store.read(lambda tx: tickets.listing(tx, assignee="1001", interaction="one", contact="v"))
    assert [(one.state, one.solved_at) for one in reopened] == [("open", None)]


SENT = SendCode(key="k", channel="website", text="Code {code}", valid_s=60.0, tries=2)


def code_in(desk: Desk) -> str:
    found = re.search(r"Code ([0-9]{6})", desk.talk.said()[-1])
    assert found
    return found[1]


def test_a_code_is_good_once_and_is_kept_only_as_a_hash(desk: Desk) -> None:
    assert desk.does(SENT) == desk.does(SENT) == Answered()
    assert len(desk.talk.said()) == 1  # asked for again after a crash: not sent twice
    code = code_in(desk)
    made = desk.floor.store.read(lambda tx: identities.code(tx, "one:k"))
    assert made is not None and code not in made.digest
    wrong = CheckCode(key="k", code=f"{(int(code) + 1) % 1_000_000:06}")
    assert desk.does(wrong) == Answered({"verdict": "wrong"})
    assert desk.does(CheckCode(key="k", code=code)) == Answered({"verdict": "right"})
    assert not desk.floor.store.read(lambda tx: contacts.is_verified(tx, "webchat:website", "v"))
    assert desk.does(KeepIdentity(key="k", by="code")) == Answered()
    assert desk.floor.store.read(lambda tx: contacts.is_verified(tx, "webchat:website", "v"))
    assert desk.talk.said() == ["******"]  # used up: nobody reads it any more
    assert desk.does(CheckCode(key="k", code=code)) == Answered({"verdict": "over"})


def test_a_code_has_few_tries_a_short_life_and_few_sisters(desk: Desk) -> None:
    desk.does(SENT)
    code = code_in(desk)
    for verdict in ("wrong", "over", "over"):
        assert desk.does(CheckCode(key="k", code="x")) == Answered({"verdict": verdict})
    assert desk.does(CheckCode(key="k", code=code)) == Answered({"verdict": "over"})
    late = SendCode(key="late", channel="website", text="Code {code}", valid_s=60.0)
    desk.does(late)
    code = code_in(desk)
    desk.floor.clock.now += 61
    assert desk.does(CheckCode(key="late", code=code)) == Answered({"verdict": "over"})
    for number in range(3):
        assert desk.does(SendCode(key=f"n{number}", channel="website", text="{code}")) == Answered()
    too_many = desk.does(SendCode(key="n9", channel="website", text="{code}"))
    assert isinstance(too_many, Failed) and "in an hour" in too_many.reason
    assert desk.does(CheckCode(key="never", code="1")) == Answered({"verdict": "over"})


def test_what_was_proved_stands_with_the_interaction_and_the_contact(desk: Desk) -> None:
    assert desk.does(FindMember(key="k", member="20017")) == Answered({"is_found": False})
    proof = KeepIdentity(key="k", by="member", member="20017", name="Wang", level="vip")
    assert desk.does(proof) == desk.does(proof) == Answered()
    (found,) = desk.floor.store.read(lambda tx: identities.of_interaction(tx, "one"))
    assert (found.verified_by, found.member, found.contact) == ("member", "20017", "v")
    person = desk.floor.store.read(lambda tx: contacts.get(tx, "v"))
    assert person is not None and (person.name, person.level) == ("Wang", "vip")
    assert ("member", "20017") in person.addresses
    assert desk.does(FindMember(key="k", member="20017")) == Answered(
        {"is_found": True, "name": "Wang", "level": "vip"}
    )


def test_a_member_number_of_somebody_else_is_never_merged(desk: Desk) -> None:
    at = desk.floor.clock()
    desk.floor.store.write(
        lambda tx: contacts.find_or_create(tx, scope="member", external_id="7", new_id="other", at=at)
    )
    desk.does(KeepIdentity(key="k", by="member", member="7", name="Wang"))
    person = desk.floor.store.read(lambda tx: contacts.get(tx, "v"))
    assert person is not None and person.name == "" and ("member", "7") not in person.addresses


def test_a_caller_is_reached_by_sms_at_their_number_and_answers_find_them(tmp_path: Path) -> None:
    desk = Desk(tmp_path, more="")
    site = desk.floor.site
    site.channels["text"] = site.channels["website"].model_copy(update={"type": "sms_twilio"})
    desk.floor.store.write(lambda tx: contacts.add_address(tx, "v", scope="tel", external_id="+8613800138000", at=1.0))
    assert desk.does(SendText(key="k", channel="text", text="Hello")) == Answered()
    thread = desk.floor.store.read(lambda tx: conversations.open_of_contact(tx, account="text", contact="v"))
    assert thread is not None and (thread.channel, thread.address) == ("sms_twilio", "+8613800138000")
    (sent,) = desk.floor.store.read(lambda tx: messages.of_conversation(tx, thread.id))
    row = desk.floor.store.read(lambda tx: outbox.of_message(tx, sent.id))
    assert row is not None and (row.channel, row.address, sent.interaction) == ("sms_twilio", thread.address, "one")
    owner = desk.floor.store.read(lambda tx: contacts.by_address(tx, "sms_twilio:text", "+8613800138000"))
    assert owner is not None and owner.id == "v"
    unreachable = desk.does(SendText(key="x", channel="nowhere", text="Hello"))
    assert isinstance(unreachable, Failed) and "cannot be reached" in unreachable.reason
    desk.floor.close()


def test_a_caller_who_hangs_up_is_let_go_while_the_service_works(tmp_path: Path) -> None:
    import gevent
    from gevent.event import Event

    from eslapp.esl.errors import LegGone
    from eslapp.services.performers import OnCall

    class Leg:
        gone = Event()

        def lost(self) -> Exception:
            return LegGone("ORIGINATOR_CANCEL")

    gate, done = Event(), []

    def slow(_: str, effect: OpenTicket) -> Happening:
        gate.wait(5)
        done.append(effect)
        return Answered()

    perform = FlowServices({OpenTicket: slow}).on_calls()[OpenTicket]
    effect = OpenTicket(key="k", kind="x", level="low", subject="S")
    gevent.spawn_later(0.01, Leg.gone.set)
    with pytest.raises(LegGone):
        perform(OnCall(Leg(), "one", None), effect)  # type: ignore[arg-type]
    gate.set()
    until(lambda: done == [effect])  # what was asked for is still done
