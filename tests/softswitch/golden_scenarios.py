"""What callers, phones and controllers did when the golden traces were taken, done again on the soft switch.

Each scenario is named as its trace and returns its connections by the trace's channel names.
"""

from __future__ import annotations

import asyncio
from typing import Any

from esl_controller import Controller
from switch_lab import DATA, Lab

Connections = dict[str, Controller]
SOUNDS = DATA / "sounds"
SHORT_S = 0.1


async def start(lab: Lab, number: str = "9003") -> tuple[Any, Controller]:
    """A call that was taken over, not answered."""
    call, out = await lab.call(number)
    await out.take_over()
    return call, out


async def run(out: Controller, *apps: tuple[str, str]) -> None:
    """Execute one application after the other."""
    for name, argument in apps:
        await out.execute(name, argument)
        await out.complete(name)


async def end(call: Any, out: Controller) -> None:
    """The caller hangs up; the controller leaves."""
    await call.hang_up()
    await left(out)


async def left(out: Controller) -> None:
    """The switch said good-bye; the controller leaves."""
    await out.wait_label("disconnect-notice linger")
    out.close()


def uuid_of(lab: Lab) -> str:
    """Of the oldest channel."""
    return next(iter(lab.switch.sessions))


async def out_answer(lab: Lab) -> Connections:
    call, out = await lab.answered_call()
    await run(out, ("answer", ""))
    await end(call, out)
    return {"out1": out}


async def out_playback_caller_hangup(lab: Lab) -> Connections:
    call, out = await lab.answered_call()
    await out.execute("playback", "tone_stream://%(6000,0,600)")
    await call.heard.tone(600, timeout=2)
    await call.hang_up()
    await out.wait_label("disconnect-notice linger")
    assert "+OK bye" in await out.command("exit")
    await out.closed()
    return {"out1": out}


async def out_pagd_ok(lab: Lab) -> Connections:
    call, out = await lab.answered_call()
    prompt, invalid = SOUNDS / "prompt.wav", SOUNDS / "invalid.wav"
    silence = "silence_stream://200 silence_stream://100"
    rounds = (
        (rf"1 6 3 3000 # {prompt} {invalid} got1 \d+", 0.2, "123#"),
        (rf"4 4 3 3000 # {prompt} {invalid} got2 \d+ 1500", 1.1, "4567"),
        (f"1 1 3 3000 none {prompt} {invalid} got3 [1-3]", 0.1, "1"),
        (rf"0 3 1 1000 # {silence} got4 \d* 800", 0.0, "#"),
    )
    for argument, pause_s, digits in rounds:
        await out.execute("play_and_get_digits", argument)
        await asyncio.sleep(pause_s)
        await call.press(digits, duration_ms=80)
        await out.complete("play_and_get_digits")
    await end(call, out)
    return {"out1": out}


async def out_pagd_hangup(lab: Lab) -> Connections:
    call, out = await lab.answered_call()
    argument = rf"4 4 3 5000 # {SOUNDS / 'prompt.wav'} {SOUNDS / 'invalid.wav'} hv \d+"
    await out.execute("play_and_get_digits", argument)
    await call.heard.tone(400, timeout=2)
    await call.press("5", duration_ms=80)
    await out.wait_event("DTMF")
    await end(call, out)
    return {"out1": out}


async def out_playback_before_answer(lab: Lab) -> Connections:
    call, out = await start(lab)
    await run(out, ("playback", "tone_stream://%(400,0,500)"))
    await end(call, out)
    return {"out1": out}


async def out_pre_answer_ring_ready(lab: Lab) -> Connections:
    call, out = await start(lab)
    tone = "tone_stream://%(300,0,500)"
    await run(out, ("ring_ready", ""), ("pre_answer", ""), ("playback", tone), ("answer", ""))
    await call.answered(timeout=5)
    await end(call, out)
    return {"out1": out}


async def out_sleep_park_hangup(lab: Lab) -> Connections:
    call, out = await start(lab)
    await run(out, ("sleep", "300"), ("park", ""), ("playback", "silence_stream://200"))
    await out.execute("hangup", "USER_BUSY")
    await left(out)
    assert (await call.ended()).status == 486
    return {"out1": out}


async def out_execute_extension(lab: Lab) -> Connections:
    call, out = await lab.answered_call()
    await run(out, ("execute_extension", "9021 XML default"), ("execute_extension", "9999 XML default"))
    await end(call, out)
    return {"out1": out}


async def out_transfer(lab: Lab) -> Connections:
    monitor = await lab.monitor()
    _, out = await lab.answered_call()
    await out.execute("transfer", "9022 XML default")
    await out.wait_label("disconnect-notice linger")
    await out.command("exit")
    await monitor.wait_label("CHANNEL_DESTROY@A")
    return {"out1": out, "mon": monitor}


async def out_hangup_normal_clearing(lab: Lab) -> Connections:
    call, out = await start(lab)
    await out.execute("hangup", "NORMAL_CLEARING")
    await left(out)
    assert (await call.ended()).status == 480
    return {"out1": out}


async def out_linger_seconds(lab: Lab) -> Connections:
    call, out = await lab.call()
    await out.command("connect")
    assert "+OK will linger 2 seconds" in await out.command("linger 2")
    await out.command("myevents")
    await run(out, ("answer", ""))
    await call.hang_up()
    await out.wait_label("disconnect-notice linger")
    assert await out.api("echo during-linger") == "during-linger"
    assert "Reply-Text: NORMAL_CLEARING" in await out.command("getvar hangup_cause")
    out.close()
    return {"out1": out}


# -- queues of messages ------------------------------------------------------------------------------------------------


def queue(out: Controller, *apps: tuple[str, str], lock: bool = False) -> None:
    """Send executes without waiting for anything."""
    for name, argument in apps:
        lock_line = "event-lock: true\n" if lock else ""
        argument_line = f"execute-app-arg: {argument}\n" if argument else ""
        out.send(f"sendmsg\ncall-command: execute\n{lock_line}execute-app-name: {name}\n{argument_line}\n")


async def out_queue_unlocked(lab: Lab) -> Connections:
    _, out = await start(lab)
    first, second = "tone_stream://%(300,0,400)", "tone_stream://%(300,0,800)"
    queue(out, ("answer", ""), ("playback", first), ("set", "q=1"), ("playback", second), ("hangup", ""))
    await left(out)
    return {"out1": out}


async def out_queue_mixed_lock(lab: Lab) -> Connections:
    other = await lab.control()
    call, out = await lab.answered_call()
    first, second = "tone_stream://%(500,0,400)", "tone_stream://%(300,0,600)"
    queue(out, ("playback", first), ("playback", second), ("set", "c=1"), lock=True)
    await out.wait_label("CHANNEL_EXECUTE@A playback")
    await other.execute("playback", "tone_stream://%(300,0,800)", uuid=uuid_of(lab), event_lock="true")
    for name in ("playback", "playback", "set", "playback"):
        await out.complete(name)
    await end(call, out)
    return {"out1": out}


async def out_break(lab: Lab) -> Connections:
    call, out = await lab.answered_call()
    uuid = uuid_of(lab)
    for hertz in (400, 500, 600):
        await out.execute("playback", f"tone_stream://%(800,0,{hertz})")
    await call.heard.tone(600, timeout=2)
    assert await out.api(f"uuid_break {uuid}") == "+OK\n"
    for _ in range(3):
        await out.complete("playback")
    assert await out.api(f"uuid_break {uuid} all") == "+OK\n"
    await out.execute("playback", "tone_stream://%(6000,0,600)")
    await out.wait_event("CHANNEL_EXECUTE", Application="playback")
    await run(out, ("break", ""))
    await out.complete("playback")
    await end(call, out)
    return {"out1": out}


# -- whole calls without a controller ----------------------------------------------------------------------------------


async def in_event_all_call(lab: Lab) -> Connections:
    monitor = await lab.monitor("ALL")
    caller = await lab.phone()
    await caller.dial("9001")
    await monitor.wait_label("CHANNEL_STATE@A CS_DESTROY")
    await monitor.api("status")
    await monitor.wait_label("API")
    return {"in1": monitor}


async def in_event_all_bridge(lab: Lab) -> Connections:
    agent = await lab.agent("1001")
    monitor = await lab.monitor("ALL")
    caller = await lab.phone()
    dialing = asyncio.ensure_future(caller.dial("1001"))
    ringing = await agent.next_call(timeout=5)
    await monitor.wait_label("CHANNEL_PROGRESS@A")
    await ringing.accept()
    call = await dialing
    await call.answered(timeout=5)
    await monitor.wait_label("CALL_UPDATE@A")
    await call.hang_up()
    await monitor.wait_label("CHANNEL_STATE@A CS_DESTROY")
    return {"in1": monitor}


async def in_bgapi_originate_ok(lab: Lab) -> Connections:
    target = await lab.phone("t")
    control = await lab.monitor(
        "BACKGROUND_JOB CHANNEL_CREATE CHANNEL_OUTGOING CHANNEL_PROGRESS CHANNEL_ANSWER CHANNEL_PARK CHANNEL_STATE"
        " CHANNEL_CALLSTATE CHANNEL_EXECUTE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY CHANNEL_ORIGINATE"
    )
    uuid = "aaaaaaaa-0000-4000-8000-000000000002"
    address = f"sofia/internal/t@127.0.0.1:{target._stack.port}"
    await control.command(f"bgapi originate {{origination_uuid={uuid}}}{address} &park()")
    ringing = await target.next_call(timeout=5)
    await control.wait_label("CHANNEL_CALLSTATE@A DOWN->RINGING")
    await ringing.accept()
    await control.wait_label("CHANNEL_PARK")
    assert await control.api(f"uuid_kill {uuid}") == "+OK\n"
    await control.wait_label("CHANNEL_STATE@A CS_DESTROY")
    return {"in1": control}


async def reg_register_ok(lab: Lab) -> Connections:
    monitor = await lab.monitor(
        "CUSTOM sofia::register sofia::unregister sofia::expire sofia::register_attempt sofia::register_failure"
        " sofia::pre_register"
    )
    phone = await lab.agent("1001")
    assert '"reg_user":"1001"' in await monitor.api("show registrations as json")
    await phone.register()
    assert (await monitor.api("sofia_contact */1001@127.0.0.1")).startswith("sofia/internal/sip:1001@127.0.0.1:")
    await phone.unregister()
    await monitor.wait_label("CUSTOM sofia::unregister")
    assert await monitor.api("show registrations as json") == '{"row_count": 0}\n'
    assert await monitor.api("sofia_contact */1001@127.0.0.1") == "error/user_not_registered"
    return {"in1": monitor}


# -- bridges -----------------------------------------------------------------------------------------------------------


async def bridged(lab: Lab, agent: Any, out: Controller, target: str = "user/1001@127.0.0.1") -> Any:
    """Bridge to a phone that answers; its call."""
    await out.execute("bridge", target)
    ringing = await agent.next_call(timeout=5)
    await asyncio.sleep(SHORT_S)  # it rings for a while, as when it was recorded
    await ringing.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    return ringing


async def out_bridge_answer_callee_hangup(lab: Lab) -> Connections:
    agent = await lab.agent("1001")
    monitor = await lab.monitor()
    call, out = await lab.answered_call()
    ringing = await bridged(lab, agent, out)
    await ringing.hang_up()
    await out.complete("bridge")
    await run(out, ("playback", "silence_stream://200"))
    await end(call, out)
    await monitor.wait_label("CHANNEL_DESTROY@A")
    return {"out1": out, "mon": monitor}


async def out_bridge_hangup_after_bridge(lab: Lab) -> Connections:
    agent = await lab.agent("1001")
    _, out = await lab.answered_call()
    await run(out, ("set", "hangup_after_bridge=true"))
    ringing = await bridged(lab, agent, out)
    await ringing.hang_up()
    await left(out)
    return {"out1": out}


async def out_bridge_park_after(lab: Lab) -> Connections:
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    await run(out, ("set", "park_after_bridge=true"))
    ringing = await bridged(lab, agent, out)
    await ringing.hang_up()
    await out.wait_label("CHANNEL_STATE@A CS_PARK")
    await run(out, ("playback", "silence_stream://100"))
    await end(call, out)
    return {"out1": out}


async def out_bridge_noanswer(lab: Lab) -> Connections:
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    await run(out, ("set", "call_timeout=2"), ("set", "continue_on_fail=true"))
    await out.execute("bridge", "user/1001@127.0.0.1")
    await agent.next_call(timeout=5)
    done = await out.complete("bridge")
    assert done["variable_originate_disposition"] == "NO_ANSWER"
    assert done["variable_DIALSTATUS"] == "NOANSWER"
    await end(call, out)
    return {"out1": out}


async def out_bridge_unregistered(lab: Lab) -> Connections:
    call, out = await lab.answered_call()
    await run(out, ("set", "continue_on_fail=true"))
    for target, disposition in (
        ("user/1002@127.0.0.1", "USER_NOT_REGISTERED"),
        ("user/nobody@127.0.0.1", "SUBSCRIBER_ABSENT"),
        ("error/user_busy", "USER_BUSY"),
        ("", "USER_BUSY"),
        ("nosuch/x", "CHAN_NOT_IMPLEMENTED"),
    ):
        await run(out, ("bridge", target))
        assert f"Reply-Text: {disposition}\n" in await out.command("getvar originate_disposition")
    assert call.is_up
    return {"out1": out}


async def out_bridge_two_targets(lab: Lab) -> Connections:
    first, second = await lab.agent("1001"), await lab.agent("1002")
    call, out = await lab.answered_call()
    await out.execute("bridge", "user/1001@127.0.0.1,user/1002@127.0.0.1")
    loser = await first.next_call(timeout=5)
    winner = await bridged_by(second, out)
    assert (await loser.ended(timeout=5)).by_remote
    await winner.hang_up()
    await out.complete("bridge")
    await out.execute("bridge", "user/1001@127.0.0.1|user/1002@127.0.0.1")
    await (await first.next_call(timeout=5)).reject(486)
    winner = await bridged_by(second, out)
    await winner.hang_up()
    await out.complete("bridge")
    await end(call, out)
    return {"out1": out}


async def bridged_by(agent: Any, out: Controller) -> Any:
    """A phone takes the call it is offered."""
    ringing = await agent.next_call(timeout=5)
    await ringing.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    return ringing


async def out_uuid_bridge_parked(lab: Lab) -> Connections:
    monitor = await lab.monitor()
    calls = []
    for user, leg in (("1007", "A"), ("1008", "B")):
        call = await (await lab.phone(user)).dial("9198")
        await call.answered(timeout=5)
        await monitor.wait_label(f"CHANNEL_PARK@{leg}")
        calls.append(call)
    first, second = lab.switch.sessions
    assert await monitor.api(f"uuid_bridge {first} {second}") == f"+OK {second}\n"
    await monitor.wait_label("CHANNEL_BRIDGE@A")
    await calls[1].play_tone(600, 0.2)
    await calls[0].heard.tone(600, timeout=2)
    await calls[0].hang_up()
    await calls[1].ended(timeout=5)
    await monitor.wait_label("CHANNEL_DESTROY@A")
    await monitor.wait_label("CHANNEL_DESTROY@B")
    return {"mon": monitor}


async def out_uuid_transfer(lab: Lab) -> Connections:
    agent = await lab.agent("1001")
    monitor = await lab.monitor()
    found: Connections = {"mon": monitor}
    for number, which in enumerate(("", "-bleg ", "-both "), 1):
        call, out = await lab.answered_call()
        uuid = uuid_of(lab)
        ringing = await bridged(lab, agent, out)
        assert await monitor.api(f"uuid_transfer {uuid} {which}9022 XML default") == "+OK\n"
        await ringing.ended(timeout=5)
        if number == 2:
            await call.hang_up()
        await call.ended(timeout=5)
        await left(out)
        await monitor.wait_label(f"CHANNEL_DESTROY@{'ACE'[number - 1]}")
        found[f"out{number}"] = out
    return found


# -- recording ---------------------------------------------------------------------------------------------------------


async def out_uuid_record(lab: Lab) -> Connections:
    monitor = await lab.monitor("RECORD_START RECORD_STOP")
    call, out = await lab.answered_call()
    uuid, folder = uuid_of(lab), str(lab.folder)
    success, refused = "+OK Success\n", "-ERR Cannot stop record session!\n"
    for words, wanted in (
        (f"start {folder}/ur1.wav", success),
        (f"start {folder}/ur1.wav", success),
        (f"mask {folder}/ur1.wav", success),
        (f"unmask {folder}/ur1.wav", success),
        (f"stop {folder}/ur1.wav", success),
        (f"stop {folder}/ur1.wav", refused),
        (f"start {folder}/ur2.wav 1", success),
    ):
        assert await out.api(f"uuid_record {uuid} {words}") == wanted
        await asyncio.sleep(SHORT_S)
    await monitor.wait_label(f"RECORD_STOP@A {folder}/ur2.wav")
    assert await out.api(f"uuid_record {uuid} start {folder}/ur3.wav") == success
    assert await out.api(f"uuid_record {uuid} stop all") == success
    await end(call, out)
    monitor.labels = [label.replace(folder, "/fs/rec") for label in monitor.labels]
    return {"out1": out, "mon": monitor}


# -- the daemon dies ---------------------------------------------------------------------------------------------------


async def died(lab: Lab, number: str, how: str) -> Connections:
    """An idle controlled call whose controller goes away."""
    monitor = await lab.monitor()
    _, out = await lab.call(number)
    await out.take_over(linger=False)
    await run(out, ("answer", ""))
    if how == "half-close":
        out.writer.write_eof()
        await out.closed()
    else:
        out.close()
    await monitor.wait_label("CHANNEL_DESTROY@A")
    return {"mon": monitor}


async def out_died_close_resume(lab: Lab) -> Connections:
    return await died(lab, "9014", "close")


async def out_died_close_noresume(lab: Lab) -> Connections:
    return await died(lab, "9015", "close")


async def out_died_close_last_action(lab: Lab) -> Connections:
    return await died(lab, "9003", "close")


async def out_half_close(lab: Lab) -> Connections:
    return await died(lab, "9015", "half-close")


async def out_failover_socket(lab: Lab) -> Connections:
    monitor = await lab.monitor()
    caller = await lab.phone()
    await caller.dial("9017")
    first = await lab.apps.next()
    await first.take_over(linger=False)
    await run(first, ("answer", ""), ("set", "lab_state=step3"))
    await first.execute("playback", str(SOUNDS / "prompt.wav"))
    await first.wait_label("CHANNEL_EXECUTE@A playback")
    first.abort()
    second = await lab.second_apps.next()
    await second.take_over()
    assert "Reply-Text: step3" in await second.command("getvar lab_state")
    await run(second, ("playback", "silence_stream://200"))
    await second.execute("hangup")
    await left(second)
    await monitor.wait_label("CHANNEL_DESTROY@A")
    return {"out1": first, "out2": second, "mon": monitor}


async def out_refused(lab: Lab) -> Connections:
    monitor = await lab.monitor()
    await (await lab.phone()).dial("9016")
    await monitor.wait_label("CHANNEL_DESTROY@A")
    return {"mon": monitor}


async def out_refused_last(lab: Lab) -> Connections:
    await lab.apps.stop()
    monitor = await lab.monitor()
    call = await (await lab.phone()).dial("9003")
    await monitor.wait_label("CHANNEL_DESTROY@A")
    assert (await call.ended()).status == 480
    return {"mon": monitor}


SCENARIOS = {
    name: scenario
    for name, scenario in list(globals().items())
    if name.startswith(("out_", "in_", "reg_")) and asyncio.iscoroutinefunction(scenario)
}
