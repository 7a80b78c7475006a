"""``park``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_a_parked_call_obeys_who_commands_it(lab: Lab) -> None:
    monitor = await lab.monitor()
    call = await (await lab.phone()).dial("9198")
    uuid = (await monitor.wait_event("CHANNEL_PARK"))["Unique-ID"]
    assert "+OK" in await monitor.execute("playback", "tone_stream://%(2000,0,500)", uuid=uuid)
    await call.heard.tone(500, timeout=3)
    await call.hang_up()
    await monitor.wait_event("CHANNEL_UNPARK")


@in_lab
async def test_park_timeout_ends_it(lab: Lab) -> None:
    monitor = await lab.monitor()
    answer = await monitor.api(f"originate {{park_timeout=1:USER_BUSY}}{await lab.target(accepts=True)} &park()")
    assert answer.startswith("+OK")
    assert (await monitor.wait_event("CHANNEL_HANGUP_COMPLETE"))["Hangup-Cause"] == "USER_BUSY"


@in_lab
async def test_inside_an_asynchronous_socket_it_ends_at_once(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    assert (await out.run("park"))["Application-Response"] == "_none_"
