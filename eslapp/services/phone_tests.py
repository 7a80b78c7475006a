"""Echo calls to agents' phones: does the agent hear us, and do we hear the phone?

Owns: when a phone is tested by itself, and the test from ringing to hang-up. The switch rings the phone, says "press 1
if you hear this" and waits for the key; what the phone sent meanwhile is counted by the switch. A key that comes as
sound does (RFC 4733) proves the way back as speech does, one beside it (SIP INFO) would not. The browser
phone answers and presses 1 by itself, once it hears sound and has a live microphone (``workbench/phone.js``).
Not here: what a result means for offers (``core.capacity``), whether a phone is registered (``reconciler``).

    PhoneTestStarted -> originate, mark       answered -> the dialplan's zj-phone-test       hung up -> EndPhoneTest
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent
from gevent.queue import Empty

from eslapp.bus import Bus, Overrun
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core import events as happened
from eslapp.core.model import Agent, Medium, PhoneTest, Presence
from eslapp.esl import commands, facts
from eslapp.esl.doors import CommandError
from eslapp.esl.errors import SwitchError
from eslapp.log import get_log, spawn
from eslapp.services import agent_leg, legs
from eslapp.services.agent_leg import AgentOutcome

log = get_log("phone_tests")

RING_S = 20
LIMIT_S = 75.0  # ringing, three times the question, and the hang-up
EVERY_S = 5.0
HEARD = "zj_heard"  # the dialplan's variable: the key that was pressed
ARRIVED = "rtp_audio_in_packet_count"  # speech and keys, as the switch has counted them when the leg is over
SILENCE_TOLD = "rtp_audio_in_cng_packet_count"  # a phone that sends nothing while nobody speaks says so (RFC 3389)
LEAST_PACKETS = 3  # a tone's last packet is sent three times (RFC 4733, 2.5.1.4); strays are not the phone
UNREACHED = {
    AgentOutcome.DECLINED: PhoneTest.UNANSWERED,
    AgentOutcome.NO_ANSWER: PhoneTest.UNANSWERED,
}


class PhoneTests:
    """One per daemon. ``words(agent)``: the question's sound files; ``is_due()``: whether the site asks for tests."""

    def __init__(
        self,
        *,
        bus: Bus,
        link: Any,
        world: Callable[[], Any],
        domain: str,
        words: Callable[[str], list[str]],
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._link = link
        self._world = world
        self._domain = domain
        self._words = words
        self._clock = clock
        self._running: dict[str, tuple[str, str]] = {}  # leg -> agent, job

    def run(self) -> None:
        """Carry out the router's events, and test who wants calls on a phone that nobody has tested."""
        with self._bus.subscribe() as inbox:
            look_at = self._clock()
            while True:
                if self._clock() >= look_at:
                    look_at = self._clock() + EVERY_S
                    spawn(self._look)
                try:
                    _, event = inbox.get(timeout=max(0.05, look_at - self._clock()))
                except Empty:
                    continue
                except Overrun:
                    log.error("phone-tests-overrun")  # the next look finds who is untested
                    continue
                self._take(event)

    def _take(self, event: Any) -> None:
        if isinstance(event, happened.PhoneTestStarted):
            spawn(self._ring, event.agent, event.test)
        elif isinstance(event, happened.PresenceChanged) and event.presence is Presence.AVAILABLE:
            spawn(self._test_if_due, event.agent, True)
        elif isinstance(event, happened.PhoneChanged) and event.registered:
            spawn(self._test_if_due, event.agent, False)

    def _look(self) -> None:
        if self._is_audible():
            for agent in list(self._world().agents.values()):
                self._test_if_due(agent.id, False)

    def _is_audible(self) -> bool:
        return bool(self._world().settings.rules.readiness == "audible")

    def _test_if_due(self, name: str, is_back: bool) -> None:
        """``is_back``: they say so again after a failed test."""
        agent: Agent | None = self._world().agent(name)
        if agent is None or not self._is_audible():
            return
        is_there = agent.phone_registered and agent.presence is Presence.AVAILABLE
        takes_calls = agent.capacity.get(Medium.VOICE, 0) > 0 and not self._world().load(agent.id).call
        may_be = (PhoneTest.UNTESTED,) if not is_back else (*FAILED, PhoneTest.UNTESTED)
        if is_there and takes_calls and agent.phone_test in may_be:
            self._bus.submit(ask.TestPhone(at=self._clock(), agent=agent.id))

    # --- the test ------------------------------------------------------------------------------------------------

    def _ring(self, name: str, test: str) -> None:
        agent = self._world().agent(name)
        leg = legs.offer_leg(test)
        self._running[leg] = (name, "")
        log.info("phone-test-begun", agent=name)
        try:
            job = agent_leg.ring(
                self._link,
                leg,
                agent.extension,
                self._domain,
                caller_number=agent.extension,
                caller_name="Zongji",
                timeout_s=RING_S,
                variables={legs.TEST: test, legs.TEST_HEADER: "phone"},
            )
        except (SwitchError, CommandError) as error:
            log.warning("phone-not-tested", agent=name, reason=str(error))
            self._over(leg, PhoneTest.UNTESTED)
            return
        if leg in self._running:
            self._running[leg] = (name, job)
        gevent.sleep(LIMIT_S)
        if leg in self._running:
            self._drop(leg)
            self._over(leg, PhoneTest.UNTESTED)

    def on_fact(self, fact: facts.Fact) -> None:
        """One thing that happened on the switch."""
        if isinstance(fact, facts.JobDone):
            for leg in [leg for leg, (_, job) in self._running.items() if job == fact.job]:
                self._not_reached(leg, agent_leg.outcome(fact, leg, fact.job))
        elif isinstance(fact, facts.LegAnswered) and fact.leg in self._running:
            spawn(self._question, fact.leg)
        elif isinstance(fact, facts.LegHungUp) and fact.leg in self._running:
            if fact.answered_at:
                self._over(fact.leg, heard(fact.variables))
            else:
                self._not_reached(fact.leg, agent_leg.outcome(fact, fact.leg, ""))

    def _question(self, leg: str) -> None:
        agent, _ = self._running.get(leg, ("", ""))
        try:
            for line in commands.ask_if_heard(leg, self._words(agent)):
                if complaint := commands.refusal(self._link.api(line)):
                    raise SwitchError(complaint)
        except (SwitchError, CommandError) as error:
            log.warning("phone-not-asked", agent=agent, reason=str(error))
            self._over(leg, PhoneTest.UNTESTED)
            self._drop(leg)

    def _not_reached(self, leg: str, outcome: AgentOutcome | None) -> None:
        if outcome is None or leg not in self._running:
            return
        agent, _ = self._running[leg]
        if outcome is AgentOutcome.UNREGISTERED:
            self._bus.submit(ask.SetPhone(at=self._clock(), agent=agent, registered=False))
        self._over(leg, UNREACHED.get(outcome, PhoneTest.UNTESTED))

    def _over(self, leg: str, result: PhoneTest) -> None:
        agent, _ = self._running.pop(leg, ("", ""))
        if agent:
            log.info("phone-tested", agent=agent, result=result.value or "not known")
            self._bus.submit(ask.EndPhoneTest(at=self._clock(), agent=agent, result=result))

    def _drop(self, leg: str) -> None:
        try:
            agent_leg.drop(self._link, leg)
        except SwitchError as error:
            log.info("test-leg-not-dropped", leg=leg, reason=str(error))


def heard(variables: Any) -> PhoneTest:
    """The result of an answered test. A switch that does not count what it hears is believed.

    >>> heard({"zj_heard": "1", "rtp_audio_in_packet_count": "0"})
    <PhoneTest.MUTE: 'mute'>
    >>> heard({"zj_heard": "1", "rtp_audio_in_packet_count": "0", "rtp_audio_in_cng_packet_count": "1"})
    <PhoneTest.PASSED: 'passed'>
    >>> heard({"zj_heard": "1", "rtp_audio_in_packet_count": "6"})  # nothing but the key itself
    <PhoneTest.PASSED: 'passed'>
    """
    if variables.get(HEARD) != "1":
        return PhoneTest.UNHEARD
    if variables.get(SILENCE_TOLD, "0") not in ("", "0"):
        return PhoneTest.PASSED
    packets = variables.get(ARRIVED, "")
    return PhoneTest.MUTE if packets.isdecimal() and int(packets) < LEAST_PACKETS else PhoneTest.PASSED


FAILED = (PhoneTest.UNANSWERED, PhoneTest.UNHEARD, PhoneTest.MUTE)
