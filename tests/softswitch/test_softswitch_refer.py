"""REFER, blind and attended, as in the golden traces sip_refer_blind and sip_refer_attended; and what is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from esl_controller import Controller
from switch_lab import Lab, in_lab

from eslapp.softphone.call import PhoneCall
from eslapp.softphone.phone import Phone
from eslapp.softswitch.inside import leads_inside
from eslapp.softswitch.replacing import Replaces, in_uri
from eslapp.softswitch.sip.text import BadText

pytestmark = pytest.mark.system  # real sockets

OUTSIDE = """<x>
 <extension name="out"><condition field="destination_number" expression="^(0\\d+)$">
  <action application="bridge" data="sofia/internal/$1@192.0.2.1:5060"/></condition></extension>
 <extension name="sneaky"><condition field="destination_number" expression="^8001$">
  <action application="answer"/><action application="transfer" data="0900123"/></condition></extension>
 <extension name="both"><condition field="destination_number" expression="^8002$">
  <action application="bridge" data="user/1001@127.0.0.1,sofia/internal/1@192.0.2.1"/></condition></extension>
 <extension name="loop"><condition field="destination_number" expression="^8003$">
  <action application="transfer" data="8003 XML default"/></condition></extension>
 <extension name="inside"><condition field="destination_number" expression="^8004$">
  <action application="transfer" data="1001 XML default"/></condition></extension>
 <extension name="no"><condition field="destination_number" expression="^8005$">
  <action application="respond" data="407"/></condition></extension>
</x>"""


async def bridged(lab: Lab) -> tuple[Phone, PhoneCall, PhoneCall]:
    """1000 talks to 1001: (1001's phone, the caller's call, 1001's call)."""
    agent = await lab.agent("1001")
    call = await (await lab.phone()).dial("1001")
    answered = await agent.next_call(timeout=5)
    await answered.accept()
    await call.answered(timeout=5)
    return agent, call, answered


def at_home(lab: Lab, number: str) -> str:
    host, port = lab.switch.sip_address
    return f"sip:{number}@{host}:{port}"


def of_leg(monitor: Controller, letter: str) -> list[str]:
    return [label for label in monitor.labels if f"@{letter}" in label]


@in_lab
async def test_blind(lab: Lab) -> None:
    monitor = await lab.monitor()
    _, caller, referrer = await bridged(lab)
    assert await referrer.transfer(at_home(lab, "9022")) == 200
    ending = await referrer.ended(timeout=5)
    assert ending.by_remote and ending.q850 == 16
    await caller.heard.tone(900, timeout=3)
    await monitor.wait_label("CHANNEL_DESTROY@A")
    assert of_leg(monitor, "B")[-3:] == [
        "CHANNEL_HANGUP@B NORMAL_CLEARING",
        "CHANNEL_HANGUP_COMPLETE@B NORMAL_CLEARING",
        "CHANNEL_DESTROY@B",
    ]
    after = of_leg(monitor, "A")
    assert after[after.index("CHANNEL_UNBRIDGE@A") :][:5] == [
        "CHANNEL_UNBRIDGE@A",
        "CHANNEL_EXECUTE_COMPLETE@A bridge -> _none_",
        "CHANNEL_EXECUTE@A answer",
        "CHANNEL_EXECUTE_COMPLETE@A answer -> _none_",
        "CHANNEL_EXECUTE@A playback",
    ]
    event = await monitor.wait_event("CHANNEL_HANGUP")
    wanted = {
        "transfer_fallback_extension": "1001",
        "transfer_disposition": "recv_replace",
        "transfer_destination": "blind:9022",
    }
    assert {name: event[f"variable_{name}"] for name in wanted} == wanted
    assert event["variable_transfer_to"].startswith("blind:")


@in_lab
async def test_attended(lab: Lab) -> None:
    monitor = await lab.monitor()
    agent, caller, first = await bridged(lab)
    expert = await lab.agent("1002")
    second = await agent.dial("1002")
    third = await expert.next_call(timeout=5)
    await third.accept()
    await second.answered(timeout=5)
    for tag in (second.sip.local_tag, second.sip.remote_tag):
        guess = second.replaces.replace(tag, "guess")
        assert await first.transfer(f"{second.remote_uri}?Replaces={guess}") == 403
    assert await first.transfer(second) == 200
    for mine in (first, second):
        ending = await mine.ended(timeout=5)
        assert ending.by_remote and ending.q850 == 16
    await third.play_tone(900, 0.5)
    await caller.heard.tone(900, timeout=3)
    await caller.hang_up()
    await third.ended(timeout=5)
    await monitor.wait_label("CHANNEL_DESTROY@A")
    assert of_leg(monitor, "C")[-5:] == [
        "CHANNEL_UNBRIDGE@C",
        "CHANNEL_HANGUP@C NORMAL_CLEARING",
        "CHANNEL_EXECUTE_COMPLETE@C bridge -> _none_",
        "CHANNEL_HANGUP_COMPLETE@C NORMAL_CLEARING",
        "CHANNEL_DESTROY@C",
    ]
    legs = of_leg(monitor, "A")
    assert [each for each in legs if "uuid_bridge" in each or "BRIDGE" in each][1:4] == [
        "CHANNEL_UNBRIDGE@A",
        "CHANNEL_EXECUTE@A uuid_bridge",
        "CHANNEL_BRIDGE@A",
    ]
    assert "CHANNEL_EXECUTE@D uuid_bridge" in of_leg(monitor, "D")
    assert not lab.switch.sessions


@in_lab
async def test_nothing_outside_is_followed_and_the_call_goes_on(lab: Lab) -> None:
    context = lab.switch.conf.contexts["default"]
    context.extend(ET.fromstring(OUTSIDE))
    _, caller, referrer = await bridged(lab)
    for number in ("0900123", "+4912345", "8001", "8002", "8003", "8005", "no-such", "9022%00", ""):
        assert await referrer.transfer(at_home(lab, number)) == 403, number
    for uri in ("sip:9022@192.0.2.1", "sip:9022@127.0.0.1:9", "tel:9022", "sip:9022@127.0.0.1?Route=x"):
        assert await referrer.transfer(uri) == 403, uri
    await referrer.play_tone(900, 0.4)
    await caller.heard.tone(900, timeout=3)
    assert caller.is_up and referrer.is_up and len(lab.switch.sessions) == 2
    assert leads_inside(lab.switch, lambda name: None, "8004", "default")
    assert not leads_inside(lab.switch, lambda name: None, "8004", "no-such-context")


@in_lab
async def test_a_stranger_may_not_refer(lab: Lab) -> None:
    _, caller, agent_call = await bridged(lab)
    assert await caller.transfer(at_home(lab, "9022")) == 403
    assert agent_call.is_up and caller.is_up


@in_lab
async def test_dialogs_that_are_not_there_or_are_guessed(lab: Lab) -> None:
    agent, caller, first = await bridged(lab)
    second = await agent.dial("9196")
    await second.answered(timeout=5)
    sip = second.sip
    for replaces in (
        second.replaces.replace(sip.remote_tag, "guess"),
        second.replaces.replace("from-tag", "from-gat"),
        "nonsense",
        first.replaces,
    ):
        target: Any = f"{at_home(lab, '9196')}?Replaces={replaces}"
        assert await first.transfer(target) == 403, replaces
    assert first.is_up and second.is_up and caller.is_up


def test_replaces_is_read_whole_or_not_at_all() -> None:
    assert in_uri("?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2") == Replaces("a@b", "1", "2")
    assert in_uri("?Subject=x") is None and in_uri("") is None
    for text in ("?Replaces=a", "?Replaces=a%3Bto-tag%3D1", "?Replaces=%3Bto-tag%3D1%3Bfrom-tag%3D2"):
        with pytest.raises(BadText):
            in_uri(text)
