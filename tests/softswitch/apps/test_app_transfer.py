"""``transfer``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_dialplan_begins_anew(lab: Lab) -> None:
    monitor = await lab.monitor()
    call, out = await lab.answered_call()
    await out.execute("transfer", "9022 XML default")
    event = await monitor.wait_event("CHANNEL_EXECUTE", Application="playback")
    assert (event["Caller-Destination-Number"], event["Caller-RDNIS"]) == ("9022", "9003")
    assert event["variable_transfer_history"].endswith(":bl_xfer:9022/default/XML")
    await call.heard.tone(900, timeout=3)


@in_lab
async def test_the_inline_dialplan(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute("transfer", "'m:^:set:a=1^playback:tone_stream://%(2000,0,600)' inline")
    await call.heard.tone(600, timeout=3)
    assert lab.legs[0].get("a") == "1"


@in_lab
async def test_nowhere_ends_the_call(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute("transfer", "5555555 XML default")
    assert (await out.wait_event("CHANNEL_HANGUP"))["Hangup-Cause"] == "NO_ROUTE_DESTINATION"
    await call.ended(timeout=5)
