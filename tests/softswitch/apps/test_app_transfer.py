"""``transfer``."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from switch_lab import Lab, in_lab

LOOPS = """<x>
 <extension name="loop"><condition field="destination_number" expression="^8003$">
  <action application="transfer" data="8003 XML default"/></condition></extension>
 <extension name="to itself"><condition field="destination_number" expression="^8006$">
  <action application="bridge" data="sofia/internal/8006@{host}:{port}"/></condition></extension>
</x>"""


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


@in_lab
async def test_a_call_that_is_passed_on_for_ever_ends(lab: Lab) -> None:
    host, port = lab.switch.sip_address
    lab.switch.conf.contexts["default"].extend(ET.fromstring(LOOPS.format(host=host, port=port)))
    for number, legs in (("8003", 1), ("8006", 70)):
        before = lab.switch.sessions_since_start
        call = await (await lab.phone()).dial(number)
        ending = await call.ended(timeout=15)
        assert ending.q850 == 25, number  # EXCHANGE_ROUTING_ERROR
        assert lab.switch.sessions_since_start - before <= 2 * legs
