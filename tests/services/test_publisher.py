"""Saving while calls run: a good state takes effect at once, a bad one changes nothing, calls keep their revision."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from floor import FLOW, SITE, Floor
from gevent.event import Event as Flag

from eslapp.core import commands as c
from eslapp.core.events import SiteRevised
from eslapp.core.model import InteractionState
from eslapp.core.settings import Settings, agents_of, queues_of
from eslapp.judging import proved
from eslapp.revisions import Revisions, UnknownRevision, copy_files, files_of
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.publisher import Publisher
from eslapp.services.trials import Trial
from eslapp.sitedir import SiteDir
from ivr.engine import Engine
from ivr.problems import Problem
from ivr.site import Site
from ivr.waits import HungUp, KeysPressed, PlayEnded

pytestmark = pytest.mark.slow

MENU = "flow: main\nstart:\n  - menu: {prompt: P, keys: {1: WAY, 2: bye, 3: one}, otherwise: bye}\n"
MENU += "one:\n  - say: WORDS\n  - goto: bye\nbye:\n  - say: Bye\n  - hangup\n"


class Press:
    """A floor, the author's files and their publisher."""

    def __init__(self, folder: Path) -> None:
        self.floor = Floor(folder, flow=FLOW)
        self.dir = SiteDir(folder / "site")
        self.dir.make()
        self.revisions = Revisions(self.dir)
        self.told: list[SiteRevised] = []
        self.refutes: list[Problem] = []
        self.floor.flows._older = self.revisions.load
        self.publisher = self.new_publisher(self.floor.site)
        self.publisher.start()

    def new_publisher(self, site: Site) -> Publisher:
        return Publisher(
            site_dir=self.dir,
            revisions=self.revisions,
            site=site,
            take_up=self.take_up,
            on_trial=lambda site, trial, decided: self.floor.flows.try_out(Engine(site), trial, decided),
            tell=self.told.append,
            clock=self.floor.clock,
            prove=lambda _: self.refutes,
        )

    def take_up(self, site: Site) -> None:
        self.floor.dispatcher.adopt(Settings(queues_of(site), agents_of(site), revision=site.revision))
        self.floor.flows.publish(Engine(site))

    def save(self, text: str, file: str = "flows/main.yaml") -> None:
        (self.dir.root / file).write_text(text, encoding="utf-8")
        self.publisher.look()


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    press = Press(tmp_path)
    yield press
    press.floor.close()


def test_saving_publishes_in_under_a_second(press: Press) -> None:
    before = time.monotonic()
    press.save(MENU.replace("WAY", "one"))
    assert time.monotonic() - before < 1.0
    assert press.floor.flows.engine.site.flows["main"].blocks.keys() >= {"main.one", "main.bye"}
    assert [entry.why for entry in press.revisions.history()] == ["started", "saved"]
    assert press.revisions.history()[-1].changed == ("flows/main.yaml",)
    press.publisher.look()
    assert len(press.revisions.history()) == 2  # nothing new: nothing published


def test_a_broken_file_keeps_the_old_revision_and_names_the_place(press: Press) -> None:
    press.save(MENU.replace("WAY", "nowhere"))
    (problem,) = press.publisher.status()["problems"]
    assert problem.startswith("flows/main.yaml:3:") and "nowhere" in problem
    assert press.floor.flows.engine.site is press.floor.site
    assert press.told[-1].problems == (problem,) and press.revisions.state()["problems"] == [problem]
    press.save(FLOW)  # as it was
    assert press.publisher.status()["problems"] == [] and press.told[-1].why == "mended"
    assert len(press.revisions.history()) == 1


def test_a_call_finishes_on_its_revision_even_after_a_restart(press: Press) -> None:
    press.save(MENU.replace("WAY", "one").replace("WORDS", "Old words"))
    flows = press.floor.flows
    session = flows.start(flow="main", medium="voice", language="en", variables={}).session
    press.save(MENU.replace("WAY", "bye").replace("WORDS", "New words"))
    restarted = FlowRuns(store=press.floor.store, clock=press.floor.clock, facts=dict, older=press.revisions.load)
    restarted.publish(flows.engine)
    for runs in (flows, restarted):
        turn = runs.resume(session, KeysPressed("1"))
        assert "Old words" in str(turn.effects)
        assert runs.resume(turn.session, PlayEnded()).session.revision == session.revision


def test_the_router_learns_of_queues_and_agents_and_nobody_in_line_is_lost(press: Press) -> None:
    before = press.floor.waiting()
    more = SITE.replace('"1001": {', '"1002": {name: Bob, skills: {orders: 1}}, "1001": {').replace(
        "queues: {", "queues: {late: {},"
    )
    press.save(more, "site.yaml")
    world = press.floor.world()
    assert set(world.agents) == {"1001", "1002"} and set(world.settings.queues) == {"orders", "late"}
    now = press.floor.now()
    assert (now.state, now.queued_at) == (InteractionState.QUEUED, before.queued_at)
    press.floor.ask(c.SetPhone, agent="1002", registered=True)
    assert world.settings.revision == press.floor.flows.engine.site.revision


def test_what_only_the_proofs_refute_is_taken_back(press: Press) -> None:
    first = press.floor.site.revision
    press.refutes = [Problem("flows/main.yaml", 3, 5, "this path never ends", "add a hangup")]
    press.save(MENU.replace("WAY", "one"))
    with gevent.Timeout(10):
        while not press.publisher.status()["problems"]:
            gevent.sleep(0.01)
    assert press.floor.flows.engine.site.revision == first == press.publisher.status()["revision"]
    assert press.revisions.history()[-1].why.startswith("taken back: flows/main.yaml:3:5")
    assert press.publisher.publish(by="admin")["problems"], "the same files are refused at once"


def test_only_what_is_in_force_is_proved_and_one_after_the_other(press: Press) -> None:
    proved: list[str] = []
    going_on = Flag()

    def prove(place: Path) -> list[Problem]:
        proved.append(place.name)
        going_on.wait(10)
        return []

    press.publisher._prove = prove
    for number in range(4):  # saved faster than they are proved
        press.save(MENU.replace("WORDS", f"Words {number}").replace("WAY", "one"))
        gevent.sleep(0)
    first, last = proved[0], press.publisher.status()["revision"]
    assert proved == [first] != [last]
    going_on.set()
    with gevent.Timeout(10):
        while proved[-1] != last:
            gevent.sleep(0.01)
    assert proved == [first, last]


def test_what_is_taken_back_gives_way_to_the_last_that_was_proved(press: Press) -> None:
    first = press.floor.site.revision
    going_on = Flag()

    def prove(_: Path) -> list[Problem]:
        going_on.wait(10)
        return [Problem("flows/main.yaml", 3, 5, "this path never ends", "add a hangup")]

    press.publisher._prove = prove
    press.save(MENU.replace("WAY", "one"))  # as bad as the next, and never proved: the next one comes before that
    press.save(MENU.replace("WAY", "bye"))
    going_on.set()
    with gevent.Timeout(10):
        while not press.publisher.status()["problems"]:
            gevent.sleep(0.01)
    assert press.floor.flows.engine.site.revision == first == press.publisher.status()["revision"]


def test_rolling_back_writes_the_old_files_and_keeps_the_replaced_ones(press: Press) -> None:
    old = files_of(press.dir.root)
    press.save(MENU.replace("WAY", "one"))
    (press.dir.root / "flows" / "extra.yaml").write_text("flow: extra\nstart:\n  - hangup\n", encoding="utf-8")
    press.publisher.look()
    newest = files_of(press.dir.root)
    status = press.publisher.roll_back("1", by="admin")
    assert files_of(press.dir.root) == old and files_of(Path(status["replaced"])) == newest
    entry = press.revisions.history()[-1]
    assert (entry.number, entry.why, entry.by) == (3, "rolled back to 1", "admin")
    assert entry.revision == press.floor.flows.engine.site.revision == press.revisions.history()[0].revision
    with pytest.raises(UnknownRevision, match="no revision '9'"):
        press.publisher.roll_back("9", by="admin")


def contacts(press: Press, count: int, key: str) -> None:
    """So many calls; on the revision that is tried out they press ``key``, else 2, and hang up after it."""
    flows = press.floor.flows
    for number in range(count):
        known = {"contact.number": f"138{number:08}"}
        session = flows.start(flow="main", medium="voice", language="en", variables=known).session
        pressed = key if session.revision != press.publisher.status()["revision"] else "2"
        session = flows.resume(session, KeysPressed(pressed)).session
        flows.resume(session, HungUp("NORMAL_CLEARING"))
        gevent.sleep(0)


@pytest.mark.parametrize(("key", "ends"), [("7", "stopped"), ("2", "promoted")])
def test_a_canary_is_stopped_or_promoted_by_itself(press: Press, key: str, ends: str) -> None:
    press.save(MENU.replace("WAY", "one"))
    before = press.publisher.status()["revision"]
    press.save(SITE + "canary: {percent: 20, enough: 40}\n", "site.yaml")  # no flow has changed: for all at once
    stable = press.publisher.status()["revision"]
    assert stable != before and press.publisher.status()["canary"] is None
    press.save(MENU.replace("WAY", "one").replace("Bye", "So long"))
    canary = press.publisher.status()["canary"]
    assert canary["against"] == stable == press.publisher.status()["revision"] and canary["percent"] == 20
    contacts(press, 400, key)
    with gevent.Timeout(10):
        while press.publisher.status()["canary"]:
            gevent.sleep(0.01)
    with press.publisher._one:  # the decision is carried out to its end
        status, last = press.publisher.status(), press.revisions.history()[-1]
    assert ends in last.why and "not understood" in last.why
    assert status["revision"] == (canary["revision"] if ends == "promoted" else stable)
    assert bool(status["problems"]) == (ends == "stopped")


def test_a_restarted_daemon_counts_on(press: Press) -> None:
    press.save(MENU.replace("WAY", "one"))
    (press.dir.root / "flows" / "main.yaml").write_text(MENU.replace("WAY", "bye"), encoding="utf-8")
    press.publisher.publish(by="admin", percent=20)
    contacts(press, 40, "7")
    figures = press.publisher.status()["canary"]["figures"]
    assert "not understood 0 of 0" not in figures
    press.publisher._keep_counts()
    restarted = press.new_publisher(press.floor.flows.engine.site)
    restarted.start()
    assert restarted.status()["canary"]["figures"] == figures
    for spoilt in ({}, {"new": {}}, {"new": {"answers": 7}, "old": None}):
        trial = Trial("a", "b", 10)
        trial.count_on(spoilt)
        assert trial.new.answers.tries == 0


def test_a_contact_always_gets_the_same_revision_and_a_hand_ends_the_trial(press: Press) -> None:
    press.save(MENU.replace("WAY", "one"))
    stable = press.publisher.status()["revision"]
    (press.dir.root / "flows" / "main.yaml").write_text(MENU.replace("WAY", "bye"), encoding="utf-8")
    press.publisher.publish(by="admin", percent=10)

    def revisions() -> list[str]:
        start = press.floor.flows.start
        known = [{"contact.number": f"139{number:08}"} for number in range(300)]
        return [start(flow="main", medium="voice", language="en", variables=v).session.revision for v in known]

    first = revisions()
    assert first == revisions() and 10 <= sum(one != stable for one in first) <= 60
    press.publisher.decide("stop", by="admin")
    assert set(revisions()) == {stable}
    press.publisher.publish(by="admin")  # all the same
    assert set(revisions()) != {stable} and not press.publisher.status()["problems"]


def test_many_edits_half_of_them_broken_hurt_no_running_call(press: Press) -> None:
    """facts/reliability R14, small: every revision's calls run to their end on their own words."""
    good, running = 0, []
    for number in range(12):
        text = MENU.replace("WORDS", f"Words {number}").replace("WAY", "one" if number % 2 else "nowhere")
        text = text.replace("one", f"section{number}") if number % 6 == 5 else text  # renames where callers stand
        press.save(text)
        problems: list[Any] = press.publisher.status()["problems"]
        assert bool(problems) == (number % 2 == 0)
        assert all(one.startswith("flows/main.yaml:") for one in problems)
        if not problems:
            good = number
            turn = press.floor.flows.start(flow="main", medium="voice", language="en", variables={})
            running.append((good, turn.session))
    for number, session in running:
        turn = press.floor.flows.resume(session, KeysPressed("1"))
        assert f"Words {number}" in str(turn.effects) and not turn.fault


def test_the_revision_of_the_start_is_noted_though_its_files_have_changed_since(press: Press) -> None:
    begun = press.floor.site
    copy_files(press.dir.root, press.dir.last_good)
    (press.dir.root / "flows" / "main.yaml").write_text(MENU.replace("WAY", "nowhere"), "utf-8")
    shutil.rmtree(press.revisions.folder)
    press.new_publisher(begun).start()
    (entry,) = press.revisions.history()
    assert (entry.revision, entry.why) == (begun.revision, "started")
    assert press.revisions.load(begun.revision) is not None


def test_what_the_proofs_find_is_read_from_the_answer_of_check(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "site.yaml").write_text('site: T\nlanguages: [en]\ntimezone: UTC\nnumbers: {"1000": main}\n', "utf-8")
    (tmp_path / "flows" / "main.yaml").write_text("flow: main\nstart:\n  - say: Hello\n  - hangup\n", "utf-8")
    assert proved(tmp_path) == []
    (tmp_path / "flows" / "main.yaml").write_text("flow: main\nstart:\n  - hangup\n", "utf-8")
    assert [problem.code for problem in proved(tmp_path)] == ["cut_off"]
