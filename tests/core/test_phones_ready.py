"""The readiness gate: which phones get calls, by the site's rule, and what a test of a phone is worth."""

from __future__ import annotations

import pytest
from router_rig import Rig, agent

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import InteractionState, Medium, PhoneTest, Presence
from eslapp.core.settings import Rules

HOME, DESK = "ann@10.0.0.5:5060", "ann@10.0.0.9:5060"


def rig_of(readiness: str) -> Rig:
    rig = Rig([agent("ann", orders=1)], rules=Rules(readiness=readiness))
    rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=Presence.AVAILABLE))
    return rig


def at(rig: Rig, contact: str) -> None:
    rig.ask(c.SetPhone(at=rig.now, agent="ann", registered=True, contact=contact))


def with_result(rig: Rig, result: PhoneTest) -> None:
    rig.ask(c.TestPhone(at=rig.now, agent="ann"))
    rig.ask(c.EndPhoneTest(at=rig.now, agent="ann", result=result))


def why_not(rig: Rig) -> str:
    return rig.happened(e.DecisionMade)[-1].receipt.losers[0].reason


@pytest.mark.parametrize(
    ("readiness", "is_registered", "result", "reason"),
    [
        ("off", False, None, ""),
        ("registered", False, None, "phone-unregistered"),
        ("registered", True, None, ""),
        ("registered", True, PhoneTest.UNHEARD, ""),  # told on the screen, but the site does not ask for it
        ("audible", False, None, "phone-unregistered"),
        ("audible", True, None, "phone-untested"),
        ("audible", True, PhoneTest.UNHEARD, "phone-unheard"),
        ("audible", True, PhoneTest.UNANSWERED, "phone-unanswered"),
        ("audible", True, PhoneTest.MUTE, "phone-mute"),
        ("audible", True, PhoneTest.PASSED, ""),
    ],
)
def test_whose_phone_rings(readiness: str, is_registered: bool, result: PhoneTest | None, reason: str) -> None:
    rig = rig_of(readiness)
    if is_registered:
        at(rig, HOME)
    if result is not None:
        with_result(rig, result)
    call = rig.arrive()
    assert rig.offered_to(call) == ("" if reason else "ann")
    assert not reason or why_not(rig) == reason


def test_a_test_that_is_passed_lets_the_waiting_call_through() -> None:
    rig = rig_of("audible")
    at(rig, HOME)
    call, chat = rig.arrive(), rig.arrive(medium=Medium.TEXT)
    assert rig.offered_to(chat) == "ann"  # nobody hears a chat
    rig.connect(chat)
    rig.ask(c.TestPhone(at=rig.now, agent="ann"))
    assert rig.get(call).state is InteractionState.QUEUED
    rig.ask(c.EndPhoneTest(at=rig.now, agent="ann", result=PhoneTest.PASSED))
    assert rig.offered_to(call) == "ann"


def test_a_result_holds_for_the_address_and_not_for_the_presence() -> None:
    rig = rig_of("audible")
    at(rig, HOME)
    with_result(rig, PhoneTest.PASSED)
    for presence in (Presence.BREAK, Presence.AVAILABLE, Presence.OFFLINE, Presence.AVAILABLE):
        rig.ask(c.SetPresence(at=rig.now, agent="ann", presence=presence))
    rig.ask(c.SetPhone(at=rig.now, agent="ann", registered=False))
    at(rig, HOME)  # the same phone again
    assert rig.world.agents["ann"].phone_test is PhoneTest.PASSED
    at(rig, DESK)
    assert rig.world.agents["ann"].phone_test is PhoneTest.UNTESTED
    rig.arrive()
    assert why_not(rig) == "phone-untested"


def test_nobody_is_called_while_their_phone_is_tested_or_tested_while_called() -> None:
    rig = rig_of("registered")
    at(rig, HOME)
    rig.ask(c.TestPhone(at=rig.now, agent="ann"))
    assert rig.ask(c.TestPhone(at=rig.now, agent="ann")) == c.Refused("phone-testing", "ann")
    call = rig.arrive()
    assert why_not(rig) == "phone-testing"
    rig.ask(c.EndPhoneTest(at=rig.now, agent="ann", result=PhoneTest.UNTESTED))
    assert rig.offered_to(call) == "ann"
    assert rig.ask(c.TestPhone(at=rig.now, agent="ann")) == c.Refused("on-a-call", "ann")


def test_a_test_ends_with_the_registration() -> None:
    rig = rig_of("audible")
    at(rig, HOME)
    rig.ask(c.TestPhone(at=rig.now, agent="ann"))
    rig.ask(c.SetPhone(at=rig.now, agent="ann", registered=False))
    assert rig.world.agents["ann"].phone_test is PhoneTest.UNTESTED
    assert rig.ask(c.EndPhoneTest(at=rig.now, agent="ann", result=PhoneTest.PASSED)) == []  # of a leg that is no more
    assert rig.ask(c.TestPhone(at=rig.now, agent="ann")) == c.Refused("own-phone-unregistered", "ann")
