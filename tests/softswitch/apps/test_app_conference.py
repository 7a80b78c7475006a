"""``conference`` and its commands: who hears whom, measured by tones."""

from __future__ import annotations

import json

from switch_lab import Lab, in_lab
from wav_files import channels, strength

from eslapp.softswitch.media.sources import ToneSource

MIXED = 0.2
TONES = (500.0, 700.0, 900.0)


@in_lab
async def test_all_hear_each_other_and_nobody_themselves(lab: Lab) -> None:
    calls, _controllers = await three_in_a_room(lab)
    for call, own in zip(calls, TONES, strict=True):
        for hertz in TONES:
            if hertz != own:
                await call.heard.tone(hertz, timeout=5, share=MIXED)
        assert call.heard.share_of(own) < 0.05


@in_lab
async def test_mute_deaf_kick_and_play(lab: Lab) -> None:
    calls, controllers = await three_in_a_room(lab)
    ids = [member.id for member in reversed(lab.switch.conferences.find("room").members)]
    api = controllers[0].api
    assert await api(f"conference room mute {ids[0]}") == f"+OK mute {ids[0]}\n"
    await calls[1].heard.tone(900, timeout=5, share=0.8)
    assert await api(f"conference room deaf {ids[1]}") == f"+OK deaf {ids[1]}\n"
    await calls[1].heard.silence(timeout=5)
    assert await api(f"conference room kick {ids[2]}") == f"+OK kicked {ids[2]}\n"
    await controllers[2].complete("conference")
    assert await api("conference room unmute 99999") == "-ERR Non-Existant ID 99999\n"
    await api("conference room play tone_stream://%(2000,0,1200)")
    await calls[0].heard.tone(1200, timeout=5, share=MIXED)
    assert await api("conference room stop") == "+OK Stopped 1 files.\n"


@in_lab
async def test_the_lists_and_the_end_of_the_room(lab: Lab) -> None:
    calls, controllers = await three_in_a_room(lab)
    api = controllers[0].api
    assert [line.split(";")[4] for line in (await api("conference room list")).splitlines()] == ["1000"] * 3
    assert await api("conference room list count") == "3"
    assert json.loads(await api("conference json_list"))[0]["member_count"] == 3
    assert (await api("conference list")).startswith("+OK Conference room (3 members rate: 8000 flags: running|")
    for call in calls:
        await call.hang_up()
    monitor = await lab.monitor()
    for controller in controllers:
        await controller.ever("CHANNEL_HANGUP_COMPLETE")
    assert await monitor.api("conference room list") == "-ERR Conference room not found\n"
    assert await monitor.api("conference list") == "+OK No active conferences.\n"


@in_lab
async def test_a_pin_and_a_lock(lab: Lab) -> None:
    monitor = await lab.monitor("CUSTOM conference::maintenance")
    call, out = await lab.answered_call()
    out.start("conference", "room@default+42")
    await out.wait_event("CHANNEL_EXECUTE", Application="conference")
    await call.press("42#")
    await monitor.wait_event("CUSTOM", Action="add-member")
    assert await monitor.api("conference room lock") == "+OK room locked\n"
    _late, late = await lab.answered_call()
    await late.run("conference", "room")
    assert await monitor.api("conference room get is_locked") == "locked"


@in_lab
async def test_the_whole_room_is_recorded(lab: Lab) -> None:
    calls, controllers = await three_in_a_room(lab)
    path = lab.folder / "room.wav"
    await controllers[0].api(f"conference room record {path}")
    await controllers[1].run("sleep", "600")
    assert (await controllers[0].api("conference room norecord all")).startswith("+OK Stopped recording 1 file")
    await calls[0].hang_up()
    await controllers[0].ever("CHANNEL_HANGUP_COMPLETE")
    samples = channels(path)[0][1600:3200]
    assert all(strength(samples, hertz) > 200 for hertz in TONES)


async def three_in_a_room(lab: Lab):  # type: ignore[no-untyped-def]
    """Three callers with a tone each: (calls, controllers)."""
    calls, controllers = [], []
    for hertz in TONES:
        call, out = await lab.answered_call()
        call.start_playing(ToneSource([(hertz,)], repeats=None))
        out.start("conference", "room@default")
        await out.wait_event("CHANNEL_EXECUTE", Application="conference")
        calls.append(call)
        controllers.append(out)
    await calls[0].heard.tone(900, timeout=5, share=MIXED)
    return calls, controllers
