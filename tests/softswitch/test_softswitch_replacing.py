"""One call in the place of another: INVITE with Replaces (RFC 3891), and REFER to a second call in all its shapes."""

from __future__ import annotations

from typing import Literal
from urllib.parse import unquote

import pytest
from switch_lab import Lab, in_lab

from eslapp.softphone.call import CallFailed, PhoneCall
from eslapp.softphone.phone import Phone
from eslapp.softswitch.media.sources import ToneSource

pytestmark = pytest.mark.system  # real sockets
Kind = Literal["udp", "tcp"]
KINDS = pytest.mark.parametrize("kind", ["udp", "tcp"])


async def ringing(lab: Lab, kind: Kind = "udp") -> tuple[Phone, PhoneCall, PhoneCall]:
    """1000 (500 Hz once it is heard) rings 1001: (1001's phone, the caller's call, 1001's call)."""
    agent = await lab.agent("1001", kind)
    call = await (await lab.phone()).dial("1001")
    return agent, call, await agent.next_call(timeout=5)


async def talking(lab: Lab, kind: Kind = "udp") -> tuple[Phone, PhoneCall, PhoneCall]:
    agent, call, theirs = await ringing(lab, kind)
    await theirs.accept()
    await call.answered(timeout=5)
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    return agent, call, theirs


def in_place_of(call: PhoneCall, more: str = "") -> dict[str, str]:
    return {"Replaces": unquote(call.replaces) + more, "Require": "replaces"}


async def refused(phone: Phone, headers: dict[str, str]) -> int:
    with pytest.raises(CallFailed) as caught:
        await (await phone.dial("1001", headers=headers)).answered(timeout=5)
    return caught.value.status


# -- INVITE ------------------------------------------------------------------------------------------------------------


@KINDS
@in_lab
async def test_a_talk_is_taken_over(lab: Lab, kind: Kind) -> None:
    _, caller, theirs = await talking(lab, kind)
    expert = await lab.agent("1002", kind)
    taken = await expert.dial("1001", headers=in_place_of(theirs))
    await taken.answered(timeout=5)
    assert (await theirs.ended(timeout=5)).by_remote
    await taken.heard.tone(500, timeout=5)
    assert caller.is_up and len(lab.switch.sessions) == 2
    leg = next(each for each in lab.legs if each.call and each.call.from_user == "1002")
    assert leg.variables.get("sip_replaces_call_id") == theirs.sip.call_id
    assert leg.profile.dialplan == "inline" and leg.profile.caller_id_number == "1000"


@in_lab
async def test_a_ringing_phone_s_call_is_picked_up_early_only(lab: Lab) -> None:
    _, caller, theirs = await ringing(lab)
    colleague = await lab.agent("1002")
    taken = await colleague.dial("1001", headers=in_place_of(theirs, ";early-only"))
    await taken.answered(timeout=5)
    await caller.answered(timeout=5)
    assert (await theirs.ended(timeout=5)).by_remote
    caller.start_playing(ToneSource([(500.0,)], repeats=None))
    await taken.heard.tone(500, timeout=5)


@in_lab
async def test_a_leg_in_an_application_is_replaced_there(lab: Lab) -> None:
    agent = await lab.agent("1001")
    listening = await agent.dial("9022")
    await listening.heard.tone(900, timeout=5)
    taken = await (await lab.agent("1002")).dial("9022", headers=in_place_of(listening))
    await taken.heard.tone(900, timeout=5)
    assert (await listening.ended(timeout=5)).by_remote


@in_lab
async def test_what_may_not_be_replaced_goes_on(lab: Lab) -> None:
    agent, caller, theirs = await talking(lab)
    expert = await lab.agent("1002")
    sip = theirs.sip
    for tags in (f"to-tag=guess;from-tag={sip.local_tag}", f"to-tag={sip.remote_tag};from-tag=guess"):
        assert await refused(expert, {"Replaces": f"{sip.call_id};{tags}"}) == 481
    assert await refused(expert, {"Replaces": sip.call_id}) == 400
    assert await refused(expert, in_place_of(theirs, ";early-only")) == 486
    assert await refused(await lab.phone("3001"), in_place_of(theirs)) == 407
    second = await agent.dial("1002")  # not answered: an early dialog that others began (RFC 3891 3)
    await second.ringing(timeout=5)
    assert await refused(expert, in_place_of(second)) == 481
    assert caller.is_up and theirs.is_up


@in_lab
async def test_two_replaces_are_malformed_and_unknown_extensions_are_refused(lab: Lab) -> None:
    expert = await lab.agent("1002")
    named = "a@b;to-tag=1;from-tag=2"
    assert await refused(expert, {"Replaces": named, "replaces": named}) == 400
    assert await refused(expert, {"Replaces": named, "Require": "replaces, x"}) == 420


# -- REFER -------------------------------------------------------------------------------------------------------------


async def handed_on(agent: Phone, expert: Phone, first: PhoneCall) -> PhoneCall:
    """The agent asks the expert and leaves both to each other; the expert's call."""
    second = await agent.dial("1002")
    third = await expert.next_call(timeout=5)
    await third.accept()
    await second.answered(timeout=5)
    assert await first.transfer(second) == 200
    for mine in (first, second):
        assert (await mine.ended(timeout=5)).by_remote
    return third


@KINDS
@in_lab
async def test_refer_blind_and_attended_over_every_transport(lab: Lab, kind: Kind) -> None:
    agent, caller, first = await talking(lab, kind)
    expert = await lab.agent("1002", kind)
    third = await handed_on(agent, expert, first)
    await third.heard.tone(500, timeout=5)
    host, port = lab.switch.sip_address
    assert await third.transfer(f"sip:9022@{host}:{port}") == 200
    assert (await third.ended(timeout=5)).by_remote
    await caller.heard.tone(900, timeout=5)


@in_lab
async def test_refer_over_a_websocket(lab: Lab) -> None:
    agent, expert = await lab.agent("1001", "ws"), await lab.agent("1002")
    for to_application in (True, False):
        first = await agent.dial("1002")
        third = await expert.next_call(timeout=5)
        await third.accept()
        await first.answered(timeout=5)
        second = await agent.dial("9022")
        await second.heard.tone(900, timeout=5)
        host, port = lab.switch.sip_address
        assert await first.transfer(second if to_application else f"sip:9022@{host}:{port}") == 200
        await third.heard.tone(900, timeout=5)
        for mine in (first, second):
            await mine.ended(timeout=5) if to_application else await mine.hang_up()
        await third.hang_up()


@KINDS
@in_lab
async def test_handed_on_while_the_second_call_still_rings(lab: Lab, kind: Kind) -> None:
    agent, _caller, first = await talking(lab, kind)
    expert = await lab.agent("1002", kind)
    second = await agent.dial("1002")
    await expert.next_call(timeout=5)
    await second.ringing(timeout=5)
    assert await first.transfer(second) == 200
    assert (await first.ended(timeout=5)).by_remote
    third = await expert.next_call(timeout=5)  # it rings on: for the caller now
    await third.accept()
    await third.heard.tone(500, timeout=5)
    assert second.ending is not None and len(lab.switch.sessions) == 2


@in_lab
async def test_handed_on_to_the_application_the_second_call_talks_to(lab: Lab) -> None:
    agent, caller, first = await talking(lab)
    second = await agent.dial("9022")
    await second.heard.tone(900, timeout=5)
    assert await first.transfer(second) == 200
    for mine in (first, second):
        assert (await mine.ended(timeout=5)).by_remote
    await caller.heard.tone(900, timeout=5)


@in_lab
async def test_the_second_call_s_partner_goes_to_the_application_of_the_first(lab: Lab) -> None:
    agent, expert = await lab.agent("1001"), await lab.agent("1002")
    first = await agent.dial("9022")
    await first.heard.tone(900, timeout=5)
    third = await handed_on(agent, expert, first)
    await third.heard.tone(900, timeout=5)


@in_lab
async def test_nobody_in_either_call_or_a_leg_that_denies(lab: Lab) -> None:
    agent, _caller, first = await talking(lab)
    echo, tone = await agent.dial("9196"), await agent.dial("9196")
    await echo.answered(timeout=5)
    await tone.answered(timeout=5)
    assert await echo.transfer(tone) == 403
    lab.legs[0].variables.set("deny_refer_requests", "true")
    assert await first.transfer(echo) == 403
    assert first.is_up and echo.is_up and tone.is_up
