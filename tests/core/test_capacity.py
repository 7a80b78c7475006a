"""The first reason why an agent gets no more, over every combination of what may hold them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from router_rig import agent

from eslapp.core.capacity import Load, hindrance, load_of
from eslapp.core.model import InteractionState as I
from eslapp.core.model import Medium, Presence
from eslapp.core.settings import Rules, rules_of
from ivr.routing_settings import RoutingSettings

READY = replace(agent("ann"), presence=Presence.AVAILABLE, phone_registered=True)
V, T = Medium.VOICE, Medium.TEXT

# what holds the agent -> the hindrance for one more call, for one more text
CASES = [
    ([], "", ""),
    ([(V, I.OFFERED)], "ringing", "ringing"),
    ([(V, I.CONNECTING)], "on-call", "on-call"),
    ([(V, I.CONNECTED)], "on-call", "on-call"),
    ([(V, I.WRAP_UP)], "wrap-up", "wrap-up"),
    ([(T, I.OFFERED)], "ringing", ""),
    ([(T, I.CONNECTED)], "", ""),
    ([(T, I.WRAP_UP)], "wrap-up", ""),
    ([(T, I.CONNECTED)] * 2 + [(T, I.OFFERED)], "ringing", "capacity:text"),
    ([(T, I.CONNECTED)] * 3, "", "capacity:text"),
    ([(T, I.CONNECTED)] * 3 + [(V, I.CONNECTED)], "on-call", "on-call"),
]


@pytest.mark.parametrize(("held", "for_call", "for_text"), CASES)
def test_what_holds_an_agent(held: list, for_call: str, for_text: str) -> None:
    load = load_of(held)
    assert load.live == len(held)
    assert (hindrance(READY, load, V, Rules()), hindrance(READY, load, T, Rules())) == (for_call, for_text)


def test_the_interrupt_rules() -> None:
    chatting, talking = load_of([(T, I.CONNECTED)]), load_of([(V, I.CONNECTED)])
    assert hindrance(READY, chatting, V, Rules(calls_during_chats=False)) == "in-chat"
    assert hindrance(READY, talking, T, Rules(chats_during_call=True)) == ""


def test_the_interrupt_rules_of_single_channels() -> None:
    ready = replace(READY, capacity={V: 1, T: 3, "email": 1})
    mailing, chatting = load_of([("email", I.CONNECTED)]), load_of([("email", I.CONNECTED), (T, I.CONNECTED)])
    rules = Rules(calls_during_chats=False, calls_during_channels=("email",), channels_during_call=("email",))
    assert (hindrance(ready, mailing, V, rules), hindrance(ready, chatting, V, rules)) == ("", "in-chat")
    talking = load_of([(V, I.CONNECTED)])
    assert (hindrance(ready, talking, "email", rules), hindrance(ready, talking, T, rules)) == ("", "on-call")


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        ("{}", Rules()),
        ("{chats_during_call: yes, calls_during_chats: no}", Rules(chats_during_call=True, calls_during_chats=False)),
        ("{chats_during_call: [email]}", Rules(channels_during_call=("email",))),
        ("{calls_during_chats: [email]}", Rules(calls_during_chats=False, calls_during_channels=("email",))),
    ],
)
def test_the_site_says_yes_no_or_which_channels(written: str, rules: Rules) -> None:
    assert rules_of(RoutingSettings.model_validate(yaml.safe_load(written))) == rules


@pytest.mark.parametrize("presence", [one for one in Presence if one is not Presence.AVAILABLE])
@pytest.mark.parametrize("medium", Medium)
def test_only_the_available_are_asked(presence: Presence, medium: Medium) -> None:
    assert hindrance(replace(READY, presence=presence), Load(), medium, Rules()) == f"presence:{presence}"


def test_a_phone_is_needed_for_calls_only() -> None:
    without = replace(READY, phone_registered=False)
    assert hindrance(without, Load(), V, Rules()) == "phone-unregistered"
    assert hindrance(without, Load(), T, Rules()) == ""


def test_an_agent_without_capacity() -> None:
    nothing = replace(READY, capacity={})
    assert [hindrance(nothing, Load(), medium, Rules()) for medium in Medium] == ["capacity:voice", "capacity:text"]
