"""Both legs on the real soft switch, with real telephones: what is commanded is what is heard."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest
from gevent.queue import Queue
from phone_box import PhoneBox, write_tone

from eslapp.clock import monotonic
from eslapp.esl.codec import Event
from eslapp.esl.errors import LegGone, LegTaken
from eslapp.esl.facts import LegBridged, LegHungUp
from eslapp.esl.link import SwitchLink
from eslapp.esl.server import OutboundCall, OutboundServer
from eslapp.esl.switch_events import fact
from eslapp.services.agent_leg import AgentOutcome, bridge, drop, outcome, ring
from eslapp.services.caller_leg import BREAK_LIMIT_S, CallerLeg
from eslapp.softswitch.process import SwitchProcess

pytestmark = pytest.mark.system
CONF = Path(__file__).parents[1] / "softswitch" / "data" / "conf"
PROMPT_HZ, WORDS_HZ, MUSIC_HZ, AGENT_HZ = 400, 900, 600, 1200
BOUND_S = 8.0
LOOP = """<include><context name="default">
  <extension name="in"><condition field="destination_number" expression="^2000$">
    <action application="answer"/><action application="set" data="zj_did=2000"/>
    <action application="transfer" data="zj-1 XML default"/>
  </condition></extension>
  <extension name="loop"><condition field="destination_number" expression="^zj-1$">
    <action application="set" data="socket_resume=true"/>
    <action application="socket" data="127.0.0.1:%d async full"/>
    <action application="sleep" data="100"/>
    <action application="transfer" data="zj-1 XML default"/>
  </condition></extension>
</context></include>
"""


class World:
    """A switch, our two connections to it, and telephones."""

    def __init__(self, folder: Path) -> None:
        self.calls: Queue[OutboundCall] = Queue()
        self.facts: Queue[object] = Queue()
        self.server = OutboundServer("127.0.0.1", 0, self._on_call)
        self.server.start()
        conf = folder / "conf"
        shutil.copytree(CONF, conf)
        (conf / "dialplan" / "default.xml").write_text(LOOP % self.server.port)
        self.switch = SwitchProcess(conf).start()
        self.link = SwitchLink(*self.switch.esl, "lab-secret", on_event=self._on_event)
        self.link.start()
        assert self.link.wait_up(BOUND_S)
        self.box = PhoneBox(self.switch.sip).__enter__()
        self.prompt = write_tone(folder / "prompt.wav", PROMPT_HZ, 0.4)
        self.words = write_tone(folder / "my words.wav", WORDS_HZ, 0.6)
        self.music = write_tone(folder / "music.wav", MUSIC_HZ, 1.0)

    def _on_call(self, call: OutboundCall) -> None:
        self.calls.put(call)
        call.gone.wait(60)

    def _on_event(self, event: Event) -> None:
        if found := fact(event):
            self.facts.put(found)

    def until(self, wanted) -> object:
        """The first fact for which ``wanted`` gives something, and what it gives."""
        with gevent.Timeout(BOUND_S):
            while not (answer := wanted(self.facts.get())):
                pass
        return answer

    def arrive(self):
        """A caller dials in: the telephone's call and our leg."""
        call = self.box.run(self.box.phone().dial("2000"))
        leg = CallerLeg(self.calls.get(timeout=BOUND_S))
        self.box.run(call.answered())
        return call, leg

    def hears(self, call, hertz: float) -> None:
        self.box.run(call.heard.tone(hertz, BOUND_S))

    def close(self) -> None:
        self.box.__exit__()
        self.link.stop()
        self.server.stop()
        self.switch.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("switch"))
    yield made
    made.close()


def test_prompts_keys_music_announcement_and_the_end(world):
    call, leg = world.arrive()
    playing = gevent.spawn(leg.play, [world.prompt, world.words])
    world.hears(call, PROMPT_HZ)
    world.hears(call, WORDS_HZ)
    playing.get(timeout=BOUND_S)

    ask = {"min": 1, "max": 4, "ends": "#", "first_s": 3, "next_s": 2, "pattern": r"\d+"}
    asking = gevent.spawn(leg.ask, [world.words], **ask)
    world.hears(call, WORDS_HZ)
    world.box.run(call.press("123#"))
    assert asking.get(timeout=BOUND_S) == "123"
    assert leg.ask([world.prompt], **{**ask, "first_s": 0.2}) is None
    choosing = gevent.spawn(leg.ask, [world.words], **{**ask, "max": 1, "ends": "", "pattern": "[12]"})
    world.hears(call, WORDS_HZ)
    world.box.run(call.press("7"))
    assert choosing.get(timeout=BOUND_S) is None

    leg.hold_music(world.music)
    world.hears(call, MUSIC_HZ)
    leg.pause(1.2)  # over the end of the file
    world.hears(call, MUSIC_HZ)
    saying = gevent.spawn(leg.announce, [world.words])
    world.hears(call, WORDS_HZ)
    saying.get(timeout=BOUND_S)
    world.hears(call, MUSIC_HZ)
    leg.set_variables({"zj_interaction": "abc"})
    leg.interrupt()
    world.box.run(call.heard.silence(BOUND_S))
    begun = monotonic()
    leg.hold_music(world.music)
    leg.interrupt()  # before the switch has begun to play
    assert monotonic() - begun < BREAK_LIMIT_S, "the switch told the end of what it had not begun"
    leg.hang_up("USER_BUSY")
    assert leg.cause == "USER_BUSY"
    assert world.box.run(call.ended()).by_remote


def test_a_caller_who_hangs_up_ends_the_wait(world):
    call, leg = world.arrive()
    leg.hold_music(world.music)
    waiting = gevent.spawn(leg.pause, 30)
    world.box.run(call.hang_up())
    with pytest.raises(LegGone, match="NORMAL_CLEARING"):
        waiting.get(timeout=BOUND_S)


def test_an_agent_is_rung_joined_and_the_caller_comes_back(world):
    call, leg = world.arrive()
    leg.set_variables({"zj_interaction": "abc"})
    leg.hold_music(world.music)
    waiting = gevent.spawn(leg.pause, 30)
    agent = world.box.phone("1001", "lab1001")
    offer = str(uuid.uuid4())
    job = ring(world.link, offer, "1001", "127.0.0.1", caller_number="1000", caller_name="Ann O'Lee", timeout_s=10)
    ringing = world.box.run(agent.next_call())
    assert ringing.caller_name == "Ann O Lee"
    world.hears(call, MUSIC_HZ)
    world.box.run(ringing.accept())
    assert world.until(lambda one: outcome(one, offer, job)) is AgentOutcome.ANSWERED
    bridge(world.link, leg.leg, offer, back_to=("zj-1", "default"))
    with pytest.raises(LegTaken):
        waiting.get(timeout=BOUND_S)
    bridged = world.until(lambda one: one if isinstance(one, LegBridged) else None)
    assert {bridged.leg, bridged.other} == {leg.leg, offer}
    talking = gevent.spawn(world.box.run, ringing.play_tone(AGENT_HZ, 2.0))
    world.hears(call, AGENT_HZ)
    talking.get(timeout=BOUND_S)
    world.box.run(ringing.hang_up())
    back = world.calls.get(timeout=BOUND_S)
    assert back.uuid == leg.leg
    assert back.variables["zj_interaction"] == "abc" and back.variables["socket_resume"] == "true"
    again = CallerLeg(back)
    playing = gevent.spawn(again.play, [world.words])
    world.hears(call, WORDS_HZ)
    playing.get(timeout=BOUND_S)
    again.hang_up()


def test_a_caller_who_hangs_up_in_the_talk_takes_the_agents_leg_along(world):
    call, leg = world.arrive()
    agent = world.box.phone("1002", "lab1002")
    offer = str(uuid.uuid4())
    job = ring(world.link, offer, "1002", "127.0.0.1", timeout_s=10)
    ringing = world.box.run(agent.next_call())
    world.box.run(ringing.accept())
    world.until(lambda one: outcome(one, offer, job) is AgentOutcome.ANSWERED)
    bridge(world.link, leg.leg, offer, back_to=("zj-1", "default"))
    world.until(lambda one: isinstance(one, LegBridged))
    world.box.run(call.hang_up())
    assert world.box.run(ringing.ended()).by_remote
    assert world.until(lambda one: outcome(one, offer, job)) is AgentOutcome.ENDED
    assert world.calls.empty()


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("busy", AgentOutcome.DECLINED),
        ("declined", AgentOutcome.DECLINED),
        ("rings out", AgentOutcome.NO_ANSWER),
        ("dropped", AgentOutcome.CANCELLED),
        ("no phone", AgentOutcome.UNREGISTERED),
        ("unknown user", AgentOutcome.UNREGISTERED),
    ],
)
def test_every_way_an_agent_is_not_reached(world, what, expected):
    offer = str(uuid.uuid4())
    user = {"no phone": "1002", "unknown user": "nobody"}.get(what, "1001")
    agent = world.box.phone("1001", "lab1001")
    if what == "no phone":
        gone = world.box.phone("1002", "lab1002")
        world.box.run(gone.unregister())
    job = ring(world.link, offer, user, "127.0.0.1", timeout_s=2 if what == "rings out" else 10)
    if user == "1001":
        ringing = world.box.run(agent.next_call())
        if what in ("busy", "declined"):
            world.box.run(ringing.reject(486 if what == "busy" else 603))
        elif what == "dropped":
            drop(world.link, offer)
    assert world.until(lambda one: outcome(one, offer, job)) is expected


def test_a_killed_daemon_loses_nobody(world):
    """Both connections end without a word; the caller comes again by the dialplan."""
    call, leg = world.arrive()
    leg.hold_music(world.music)
    leg._call.fail("killed")
    back = world.calls.get(timeout=BOUND_S)
    assert back.uuid == leg.leg
    world.box.run(call.hang_up())
    assert world.until(lambda one: isinstance(one, LegHungUp) and one.leg == leg.leg)
