"""A bridge that ends while somebody is on hold: who hears the music is not left alone with it, as in FreeSWITCH."""

from __future__ import annotations

import pytest
from esl_controller import Controller
from switch_lab import Lab, in_lab

from eslapp.softphone.call import PhoneCall

pytestmark = pytest.mark.system  # real sockets
SOUND = "tone_stream://%(1000,0,400);loops=-1"
MUSIC = {"Application": "playback", "Application-Data": SOUND}
AFTER = ("", "hangup_after_bridge=true", "transfer_after_bridge=9198:XML:default", "park_after_bridge=true")


async def bridged(lab: Lab, settings: str = "") -> tuple[PhoneCall, PhoneCall, Controller, Controller]:
    """(the caller's call, the agent's, the controller, a monitor)."""
    lab.switch.conf.globals["hold_music"] = SOUND
    monitor = await lab.monitor()
    agent = await lab.agent("1001")
    caller, out = await lab.answered_call()
    if settings:
        await out.run("set", settings)
    out.start("bridge", "user/1001@127.0.0.1")
    answered = await agent.next_call(timeout=5)
    await answered.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    return caller, answered, out, monitor


@pytest.mark.parametrize("settings", AFTER)
@in_lab
async def test_who_is_held_is_hung_up_with_the_agent(lab: Lab, settings: str) -> None:
    caller, agent, _, monitor = await bridged(lab, settings)
    for _ in range(2):
        await agent.hold()
        await monitor.wait_event("CHANNEL_EXECUTE", **MUSIC)
        await agent.resume()
        await monitor.wait_event("CHANNEL_EXECUTE_COMPLETE", **MUSIC)
    await agent.hold()
    await monitor.wait_event("CHANNEL_EXECUTE", **MUSIC)
    await agent.hang_up()
    assert (await caller.ended(timeout=5)).q850 == 16
    await monitor.wait_label("CHANNEL_HANGUP_COMPLETE@A")


@pytest.mark.parametrize("leg", ["agent", "caller", "both"])
@pytest.mark.parametrize("ends", ["agent", "caller"])
@in_lab
async def test_whoever_holds_and_whoever_ends_it(lab: Lab, leg: str, ends: str) -> None:
    caller, agent, _, monitor = await bridged(lab, "hangup_after_bridge=true")
    for name, call in (("caller", caller), ("agent", agent)):
        if leg in (name, "both"):
            await call.hold()
            await monitor.wait_event("CHANNEL_EXECUTE", **MUSIC)
    first, second = (agent, caller) if ends == "agent" else (caller, agent)
    await first.hang_up()
    assert (await second.ended(timeout=5)).by_remote
    await monitor.wait_label("CHANNEL_HANGUP_COMPLETE@A")
    await monitor.wait_label("CHANNEL_HANGUP_COMPLETE@B")


@in_lab
async def test_where_who_is_held_goes_may_be_said(lab: Lab) -> None:
    caller, agent, out, monitor = await bridged(lab)
    await out.api(f"uuid_setvar {lab.legs[-1].uuid} hold_hangup_xfer_exten 9022:XML:default")
    await agent.hold()
    await monitor.wait_event("CHANNEL_EXECUTE", **MUSIC)
    await agent.hang_up()
    await caller.heard.tone(900, timeout=5)


@in_lab
async def test_a_holder_who_stays_holds_nobody_any_longer(lab: Lab) -> None:
    caller, agent, out, monitor = await bridged(lab)
    await caller.hold()
    await monitor.wait_event("CHANNEL_EXECUTE", **MUSIC)
    await agent.hang_up()
    assert (await out.wait_event("CHANNEL_UNHOLD"))["Channel-Call-State"] == "UNHELD"
    await out.complete("bridge")
    assert caller.is_up


@in_lab
async def test_two_channels_joined_later(lab: Lab) -> None:
    lab.switch.conf.globals["hold_music"] = SOUND
    monitor = await lab.monitor()
    calls = [await (await lab.phone(user)).dial("9198") for user in ("1007", "1008")]
    for leg in "AB":
        await monitor.wait_label(f"CHANNEL_PARK@{leg}")
    first, second = (leg.uuid for leg in lab.legs)
    await monitor.api(f"uuid_setvar {first} transfer_after_bridge 9198:XML:default")
    await monitor.api(f"uuid_bridge {first} {second}")
    await monitor.wait_event("CHANNEL_BRIDGE")
    await calls[1].hold()
    await monitor.wait_event("CHANNEL_EXECUTE", **MUSIC)
    await calls[1].hang_up()
    assert (await calls[0].ended(timeout=5)).q850 == 16
