"""What a daemon that died within a talk left half done: each row of ``talk_repairs``' table, and what is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from floor import Floor

from eslapp.core import commands as c
from eslapp.core.model import Agent, InteractionState, TalkState
from eslapp.core.trunk import trunk_of
from eslapp.repairs import WORDS
from eslapp.services import legs
from eslapp.services.guests import Guests
from eslapp.services.talk_repairs import TalkRepairs
from eslapp.services.talks import Talks
from eslapp.store import interactions

LEG = "11111111-1111-4111-8111-111111111111"


class Switch:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def api(self, line: str, timeout: float = 5.0) -> str:
        self.told.append(line)
        return "+OK"

    def start_job(self, line: str) -> str:
        return "job"


class Talk:
    """One call in a talk, and the repairs of a daemon that is new to it."""

    def __init__(self, folder: Path) -> None:
        self.floor = floor = Floor(folder)
        settings = floor.dispatcher.world.settings
        settings.agents["1002"] = Agent("1002", "Bob", "1002")
        floor.dispatcher.adopt(settings)
        self.switch: Any = Switch()
        self.guests = guests = Guests(
            bus=floor.bus,
            link=self.switch,
            world=floor.world,
            trunk=lambda: trunk_of(None),
            live=lambda: 0,
            domain="d",
            clock=floor.clock,
        )
        self.talks = talks = Talks(bus=floor.bus, link=self.switch, guests=guests, recorder=None, find=self._row)
        self.repairs = TalkRepairs(bus=floor.bus, talks=talks, guests=guests, find=self._by_leg, clock=floor.clock)
        self._connect()

    def _row(self, name: str) -> Any:
        return self.floor.store.read(lambda tx: interactions.get(tx, name))

    def _by_leg(self, leg: str) -> Any:
        return self.floor.store.read(lambda tx: interactions.by_leg(tx, leg))

    def _connect(self) -> None:
        self.floor.waiting(leg=LEG)
        self.floor.at_work()
        self.ask(c.SetPhone, agent="1002", registered=True)
        for _ in range(200):
            if self.floor.now().offer:
                break
            gevent.sleep(0.01)
        self.ask(c.AcceptOffer, offer=self.floor.now().offer, agent="1001")
        self.ask(c.ConnectInteraction, interaction="one")
        assert self.now.state == InteractionState.CONNECTED

    def ask(self, command: type[c.Command], **fields: Any) -> Any:
        answer = self.floor.bus.submit(command(at=self.floor.clock(), **fields))
        assert not isinstance(answer, c.Refused), answer
        return answer

    @property
    def now(self) -> Any:
        return self.floor.now()

    @property
    def agent(self) -> str:
        return legs.offer_leg(self.now.offer)

    @property
    def guest(self) -> str:
        return legs.offer_leg(self.now.guests[0].id)

    def look(self, *rows: dict[str, str], at_start: bool = True) -> list[str]:
        """The kinds of what one look repairs; ``rows``: what the switch shows."""
        world = self.floor.world()
        return list(self.repairs.look(world, {row["uuid"]: row for row in rows}, at_start, lambda mark, now: now))

    def consult(self, *, answered: bool = True) -> None:
        self.ask(c.StartConsult, interaction="one", agent="1001", kind="agent", target="1002")
        if answered:
            self.ask(c.AnswerGuest, interaction="one", guest=self.now.guests[0].id)

    def supervise(self) -> None:
        self.ask(c.Supervise, interaction="one", supervisor="1002", mode="whisper")
        self.ask(c.AnswerGuest, interaction="one", guest=self.now.guests[0].id, mode="whisper")


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    made = Talk(tmp_path)
    yield made
    made.floor.close()


def row(leg: str, call: str = "", **more: str) -> dict[str, str]:
    return {"uuid": leg, "call_uuid": call, "callstate": "ACTIVE", **more}


def test_what_is_as_it_should_be_is_left_alone(talk: Talk) -> None:
    assert talk.look(row(LEG, LEG), row(talk.agent, LEG)) == []
    talk.ask(c.HoldContact, interaction="one", agent="1001")
    assert talk.look(row(LEG), row(talk.agent)) == []
    talk.consult()
    assert talk.look(row(LEG), row(talk.agent, "x"), row(talk.guest, "x")) == []
    talk.ask(c.StartThreeWay, interaction="one", agent="1001")
    beside = row(talk.guest, application="three_way")
    assert talk.look(row(LEG, LEG), row(talk.agent, LEG), beside) == []
    assert talk.switch.told == []


def test_a_hold_that_was_not_carried_out(talk: Talk) -> None:
    talk.ask(c.HoldContact, interaction="one", agent="1001")
    assert talk.look(row(LEG, LEG), row(talk.agent, LEG)) == ["talk"]
    assert talk.switch.told[-2] == f"uuid_transfer {talk.agent} -bleg zj-hold XML zongji"


def test_a_resumption_that_was_not_carried_out(talk: Talk) -> None:
    talk.ask(c.HoldContact, interaction="one", agent="1001")
    talk.ask(c.ResumeContact, interaction="one", agent="1001")
    assert talk.look(row(LEG, dest="zj-hold"), row(talk.agent)) == ["talk"]
    assert f"uuid_bridge {LEG} {talk.agent}" in talk.switch.told


def test_a_consultation_that_was_answered_unseen_and_then_not_joined(talk: Talk) -> None:
    talk.consult(answered=False)
    assert talk.look(row(LEG), row(talk.agent), row(talk.guest)) == ["guest-answer-unseen"]
    assert talk.now.guests[0].state == "consulted"
    assert talk.look(row(LEG), row(talk.agent), row(talk.guest)) == ["consulted"]
    assert talk.switch.told[-1] == f"uuid_bridge {talk.agent} {talk.guest}"


def test_a_three_way_talk_that_was_not_carried_out(talk: Talk) -> None:
    talk.consult()
    talk.ask(c.StartThreeWay, interaction="one", agent="1001")
    shown = (row(LEG), row(talk.agent, "x"), row(talk.guest, "x", application="park"))
    assert talk.look(*shown) == ["talk", "beside"]
    assert talk.switch.told[-1] == f"uuid_transfer {talk.guest} three_way:{talk.agent} inline"


def test_a_supervisor_goes_on_as_before(talk: Talk) -> None:
    talk.supervise()
    talk.switch.told.clear()
    assert talk.look(row(LEG, LEG), row(talk.agent, LEG), row(talk.guest, application="park")) == ["spy"]
    assert "eavesdrop_whisper_bleg=true" in talk.switch.told[-1]


@pytest.mark.parametrize("kind", ["consult", "supervise"])
def test_a_guest_who_left_unseen(talk: Talk, kind: str) -> None:
    getattr(talk, kind)()
    joined = kind == "supervise"
    shown = (row(LEG, LEG if joined else ""), row(talk.agent, LEG if joined else ""))
    assert talk.look(*shown) == ["guest-gone"]
    assert talk.now.guests == ()
    assert talk.now.talk is (TalkState.DIRECT if joined else TalkState.HELD)


def test_a_phone_that_was_called_just_now_is_not_gone(talk: Talk) -> None:
    talk.consult(answered=False)
    assert talk.look(row(LEG), row(talk.agent)) == []
    assert talk.now.guests[0].state == "ringing"


def test_who_was_left_with_the_music_goes_back_to_the_flow(talk: Talk) -> None:
    talk.ask(c.HoldContact, interaction="one", agent="1001")
    talk.ask(c.EndTalk, interaction="one", by="agent")
    assert talk.look(row(LEG, dest="zj-hold")) == ["music"]
    assert talk.switch.told[-1] == f"uuid_transfer {LEG} zj-1 XML zongji"


def test_a_leg_that_the_switch_has_reset_goes_back_to_the_flow(talk: Talk) -> None:
    talk.ask(c.EndTalk, interaction="one", by="agent")
    silent = row(LEG, dest="zj-1", state="CS_RESET", context="zongji")
    assert talk.look(silent, row("f" * 36, state="CS_RESET", context="public"), at_start=False) == []
    assert list(talk.repairs.look(talk.floor.world(), {LEG: silent}, False, lambda mark, now: True)) == ["reset"]
    assert talk.switch.told == [f"uuid_transfer {LEG} zj-1 XML zongji"]


def test_a_switch_that_shows_otherwise_is_not_disturbed_for_ever(talk: Talk) -> None:
    shown = (row(LEG), row(talk.agent))
    assert [talk.look(*shown) for _ in range(4)] == [["talk"], ["talk"], [], []]


def test_one_look_alone_repairs_nothing(talk: Talk) -> None:
    assert talk.look(row(LEG), row(talk.agent), at_start=False) == []


def test_every_kind_of_repair_has_words_for_the_doctor() -> None:
    """Out of the sources: what is counted, and the marks of repairs, whose first word is the kind."""
    found: set[str] = set()
    for folder in ("eslapp/services", "webhooks"):
        for file in (Path(__file__).parents[2] / folder).glob("*.py"):
            found |= set(re.findall(r'(?:_count|repaired)\("([a-z-]+)"', file.read_text(encoding="utf-8")))
    looks = ("talk_repairs.py", "waiting_room.py")
    talks = "".join((Path(__file__).parents[2] / "eslapp/services" / name).read_text("utf-8") for name in looks)
    found |= set(re.findall(r'yield "([a-z-]+)"', talks)) | set(re.findall(r'(?:_put\(|mark = )f"([a-z]+):', talks))
    assert found == set(WORDS)


def test_who_was_held_by_a_daemon_that_died_is_fetched_when_their_agent_hangs_up(talk: Talk) -> None:
    """The new daemon knows it from the switch."""
    talk.ask(c.HoldContact, interaction="one", agent="1001")
    held, told = {f"uuid_getvar {LEG} {legs.HELD}": "true"}, talk.switch.api
    talk.switch.api = lambda line, timeout=5.0: held.get(line) or told(line)
    ended, *_ = talk.ask(c.EndTalk, interaction="one", by="agent", cause="NORMAL_CLEARING")
    talk.talks._carry_out(ended)
    assert f"uuid_transfer {LEG} {legs.RETURN_EXTENSION} XML {legs.RETURN_CONTEXT}" in talk.switch.told
