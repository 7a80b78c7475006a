"""``eavesdrop``: who hears whom, measured by tones."""

from __future__ import annotations

from switch_lab import Lab, in_lab

from eslapp.softswitch.media.sources import ToneSource

MIXED = 0.2  # of what is heard where several speak


@in_lab
async def test_the_keys_say_who_hears_the_supervisor(lab: Lab) -> None:
    call, theirs, boss, monitor = await bridged_and_supervised(lab, "eavesdrop")
    await boss.heard.tone(500, timeout=3, share=MIXED)
    await boss.heard.tone(700, timeout=3, share=MIXED)
    for key, hears, hears_not in (("2", call, theirs), ("1", theirs, call)):
        await boss.press(key)
        await hears.heard.tone(900, timeout=3, share=MIXED)
        assert not await has_tone(hears_not, 900)
    await boss.press("3")
    await call.heard.tone(900, timeout=3, share=MIXED)
    await boss.press("*")
    await monitor.complete("eavesdrop")
    assert boss.is_up


@in_lab
async def test_the_end_of_the_call_ends_it(lab: Lab) -> None:
    call, _theirs, boss, monitor = await bridged_and_supervised(lab, "eavesdrop")
    await boss.heard.tone(500, timeout=3, share=MIXED)
    await call.hang_up()
    await monitor.complete("eavesdrop")


@in_lab
async def test_another_group_is_not_for_this_listener(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("set", "eavesdrop_group=sales,support")
    target = lab.uuid
    boss, controller = await lab.answered_call()
    await controller.run("set", "eavesdrop_require_group=board")
    await controller.run("eavesdrop", target)
    await controller.run("set", "eavesdrop_require_group=support")
    controller.start("eavesdrop", target)
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    await boss.heard.tone(500, timeout=3, share=MIXED)


async def has_tone(call, hertz: float) -> bool:  # type: ignore[no-untyped-def]
    """Within half a second."""
    try:
        await call.heard.tone(hertz, timeout=0.5, share=0.1)
    except Exception:
        return False
    return True


async def bridged_and_supervised(lab: Lab, application: str):  # type: ignore[no-untyped-def]
    """Caller (500 Hz) and agent (700 Hz) in a call that a supervisor (900 Hz) joins: (caller, agent, boss, monitor)."""
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    out.start("bridge", "user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    target = lab.uuid
    monitor = await lab.monitor()
    boss = await (await lab.phone("1008")).dial("9198")
    parked = await monitor.wait_event("CHANNEL_PARK")
    for phone_call, hertz in ((call, 500.0), (theirs, 700.0), (boss, 900.0)):
        phone_call.start_playing(ToneSource([(hertz,)], repeats=None))
    await monitor.execute(application, target, uuid=parked["Unique-ID"])
    return call, theirs, boss, monitor
