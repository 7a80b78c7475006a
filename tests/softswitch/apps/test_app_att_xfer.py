"""``att_xfer``: ask somebody, then hand the partner on, take it back, or talk with both."""

from __future__ import annotations

from switch_lab import Lab, in_lab

from eslapp.softswitch.media.sources import ToneSource

MIXED = 0.2


@in_lab
async def test_hanging_up_hands_the_partner_on(lab: Lab) -> None:
    call, boss, asked, _monitor = await consulting(lab)
    await asked.heard.tone(700, timeout=3)
    await boss.hang_up()
    await asked.heard.tone(500, timeout=5)
    await call.heard.tone(900, timeout=5)


@in_lab
async def test_the_partner_is_taken_back(lab: Lab) -> None:
    call, boss, asked, _monitor = await consulting(lab)
    await boss.heard.tone(900, timeout=3)
    await boss.press("#")
    assert (await asked.ended(timeout=5)).by_remote
    await call.heard.tone(700, timeout=5)
    await boss.heard.tone(500, timeout=5)


@in_lab
async def test_all_three_talk_and_two_stay(lab: Lab) -> None:
    call, boss, asked, _monitor = await consulting(lab)
    await boss.heard.tone(900, timeout=3)
    await boss.press("0")
    for who, tones in ((call, (700, 900)), (boss, (500, 900)), (asked, (500, 700))):
        for hertz in tones:
            await who.heard.tone(hertz, timeout=5, share=MIXED)
    await boss.hang_up()
    await asked.heard.tone(500, timeout=5)
    await call.heard.tone(900, timeout=5)


@in_lab
async def test_nobody_answers_and_the_call_goes_on(lab: Lab) -> None:
    call, boss, monitor = await bridged(lab)
    await monitor.execute("att_xfer", "error/user_busy", uuid=lab.legs[-1].uuid)
    await monitor.complete("att_xfer")
    await call.heard.tone(700, timeout=5)
    await boss.heard.tone(500, timeout=5)


async def bridged(lab: Lab):  # type: ignore[no-untyped-def]
    """Caller (500 Hz) and agent (700 Hz): (caller, agent, monitor)."""
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    out.start("bridge", "user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    theirs.start_playing(ToneSource([(700.0,)], repeats=None))
    return call, theirs, await lab.monitor()


async def consulting(lab: Lab):  # type: ignore[no-untyped-def]
    """The agent asks a colleague (900 Hz): (caller, agent, colleague, monitor)."""
    colleague = await lab.agent("1002")
    call, theirs, monitor = await bridged(lab)
    await monitor.execute("att_xfer", "user/1002@127.0.0.1", uuid=lab.legs[-1].uuid)
    asked = await colleague.next_call(timeout=5)
    await asked.accept()
    asked.start_playing(ToneSource([(900.0,)], repeats=None))
    await monitor.wait_event("CHANNEL_BRIDGE")
    return call, theirs, asked, monitor
