"""Connections that behave badly or slowly, and the forms of an outbound one."""

from __future__ import annotations

import asyncio

import pytest
from esl_controller import Controller
from switch_lab import PASSWORD, Lab, in_lab

from eslapp.softswitch.event_socket import connection, framing, inbound

NOT_FOUND = "Content-Type: command/reply\nReply-Text: -ERR command not found\n\n"


@in_lab
async def test_a_controller_that_does_not_read_is_cut_off_and_the_others_hear_on(lab: Lab) -> None:
    connection.MAX_UNSENT, kept = 200_000, connection.MAX_UNSENT
    try:
        lazy, awake = await lab.monitor("ALL"), await lab.monitor("HEARTBEAT")
        lazy.writer.transport.pause_reading()
        while lab.switch.bus.is_wanted("API"):
            for _ in range(50):
                lab.switch.fire("API", [("Filler", "x" * 10_000)])
            await asyncio.sleep(0)
        lab.switch.fire("HEARTBEAT", [])
        await awake.wait_event("HEARTBEAT")
        assert await awake.api("echo alive") == "alive"
    finally:
        connection.MAX_UNSENT = kept


@in_lab
async def test_one_connection_too_many_is_closed_unheard(lab: Lab) -> None:
    inbound.MAX_CONNECTIONS, kept = 2, inbound.MAX_CONNECTIONS
    try:
        first, _second = await lab.control(), await lab.control()
        reader, _ = await asyncio.open_connection(*lab.switch.esl_address)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        first.close()
        await first.closed()
        assert await (await lab.control()).api("echo again") == "again"
    finally:
        inbound.MAX_CONNECTIONS = kept


@in_lab
async def test_strangers_do_not_keep_out_who_knows_the_password(lab: Lab) -> None:
    inbound.MAX_STRANGERS, kept = 3, inbound.MAX_STRANGERS
    try:
        known = await lab.control()
        strangers = [await Controller.connect(lab.switch.esl_address) for _ in range(5)]
        for eldest in strangers[:2]:
            await eldest.closed()
        assert await (await lab.control()).api("echo in") == "in" and await known.api("echo still") == "still"
        await strangers[2].closed()  # for the one who just came in
        assert "-ERR invalid" in await strangers[4].command("auth nothing")
    finally:
        inbound.MAX_STRANGERS = kept


@in_lab
async def test_a_stranger_has_little_time_and_little_to_say(lab: Lab) -> None:
    loud = await Controller.connect(lab.switch.esl_address)
    loud.send("auth x\nContent-Length: 4000000\n\n" + "x" * 100_000)
    await loud.closed()
    controller = await Controller.connect(lab.switch.esl_address)
    body = "x" * 300_000  # behind the password it may be long, also in one go with it
    controller.send(f"auth {PASSWORD}\n\nsendevent CUSTOM\nEvent-Subclass: lab::x\nContent-Length: 300000\n\n{body}")
    assert "+OK accepted" in await controller.reply() and "+OK" in await controller.reply()
    inbound.STRANGER_S, kept = 0.05, inbound.STRANGER_S
    try:
        silent, known = await Controller.connect(lab.switch.esl_address), await lab.control()
        await silent.closed()
        assert await known.api("echo still") == "still"
    finally:
        inbound.STRANGER_S = kept


@in_lab
async def test_a_host_that_guesses_is_not_heard_any_more(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "source_of", lambda addr: addr[0])  # as it is beyond loopback
    known = await lab.control()
    for _ in range(inbound.GUESSES_PER_MIN):
        guesser = await Controller.connect(lab.switch.esl_address)
        assert "-ERR invalid" in await guesser.command("auth guess")
    reader, _ = await asyncio.open_connection(*lab.switch.esl_address)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    assert await known.api("echo still") == "still"


@in_lab
async def test_a_command_without_end_ends_the_connection(lab: Lab) -> None:
    framing.MAX_HEAD, kept = 10_000, framing.MAX_HEAD
    try:
        controller = await Controller.connect(lab.switch.esl_address)
        controller.send("auth " + "x" * 20_000)
        await controller.closed()
    finally:
        framing.MAX_HEAD = kept


@in_lab
async def test_before_the_password_nothing_is_told_or_done(lab: Lab) -> None:
    stranger = await Controller.connect(lab.switch.esl_address)
    for command in (
        "event plain ALL",
        "api status",
        "bgapi status",
        "filter a b",
        "sendevent CUSTOM",
        "log 7",
        "connect",
    ):
        assert await stranger.command(command) == NOT_FOUND
    assert await stranger.command("sendmsg x\ncall-command: hangup") == NOT_FOUND
    lab.switch.fire("HEARTBEAT", [])
    assert "-ERR invalid" in await stranger.command(f"auth {PASSWORD}x")
    await stranger.closed()
    assert stranger.events == []


@in_lab
async def test_commands_run_in_order_and_events_wait_behind_a_slow_one(lab: Lab) -> None:
    controller = await lab.monitor("CUSTOM lab::x")
    controller.send("api msleep 100\n\nsendevent CUSTOM\nEvent-Subclass: lab::x\n\napi echo last\n\n")
    assert [(await controller.reply()).partition("\n")[0] for _ in range(3)] == [
        "Content-Type: api/response",
        "Content-Type: command/reply",
        "Content-Type: api/response",
    ]
    await controller.wait_event("CUSTOM")


@in_lab
async def test_without_full_a_controller_has_its_call_and_nothing_else(lab: Lab) -> None:
    call, out = await lab.call("9011")
    event = await out.take_over(linger=False)
    assert event["Control"] == "single-channel" and event["Socket-Mode"] == "async"
    for command in ("api status", "bgapi status", "event plain ALL", "linger", "sendevent CUSTOM"):
        assert await out.command(command) == NOT_FOUND
    assert "+OK" in await out.execute("answer")
    await out.complete("answer")
    await call.hang_up()
    await out.closed()


@pytest.mark.slow
@in_lab
async def test_a_synchronous_controller_gets_its_reply_when_the_application_ended(lab: Lab) -> None:
    call, out = await lab.call("9012")
    assert (await out.take_over())["Socket-Mode"] == "static"
    await out.execute("answer")
    start = asyncio.get_running_loop().time()
    assert "+OK" in await out.execute("playback", "silence_stream://300")
    assert 0.25 < asyncio.get_running_loop().time() - start < 2.0
    out.send("exit\n\n")
    await out.closed()
    await call.ended(timeout=5)


@in_lab
async def test_lines_that_forge_are_only_values(lab: Lab) -> None:
    controller = await lab.monitor("CUSTOM lab::x")
    await controller.command("sendevent CUSTOM\nEvent-Subclass: lab::x\nName: a%0AEvent-Name: HEARTBEAT")
    event = await controller.wait_event("CUSTOM")
    assert event.names.count("Event-Name") == 1
    assert "HEARTBEAT" not in [each["Event-Name"] for each in controller.events]


@in_lab
async def test_bytes_that_are_no_utf8_pass_through(lab: Lab) -> None:
    controller = await lab.control()
    assert await controller.api("echo caf\udce9 总机") == "caf\udce9 总机"
    assert await controller.command("api uuid_exists \udcff") != ""
