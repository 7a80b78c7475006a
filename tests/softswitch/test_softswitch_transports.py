"""Phones that reach the whole switch over TCP and WebSocket: registered, called, calling, answered by the dialplan."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from switch_lab import DATA, Lab

from eslapp.softphone import Phone
from eslapp.softswitch.__main__ import check_addresses
from eslapp.softswitch.confdir import Profile, load
from eslapp.softswitch.preprocess import ConfigurationError
from eslapp.softswitch.process import SwitchProcess

pytestmark = pytest.mark.system  # real sockets


@pytest.mark.parametrize("transport", ["tcp", "ws"])
def test_a_phone_is_called_and_calls_over_its_connection(tmp_path: Path, transport: Any) -> None:
    async def run() -> None:
        async with Lab(tmp_path) as lab:
            server = lab.switch.ws_address if transport == "ws" else lab.switch.sip_address
            assert server is not None and server[0] == "127.0.0.1"
            monitor = await lab.control()
            async with Phone(server, "1001", "lab1001", domain="127.0.0.1", transport=transport) as phone:
                await phone.register()
                shown = json.loads(await monitor.api("show registrations as json"))
                assert shown["rows"][0]["network_proto"] == transport
                caller = await lab.phone("1000")
                call = await caller.dial("81001")  # a phone over WebSocket that is no browser
                ringing = await phone.next_call(timeout=5)
                await ringing.accept()
                await call.answered(timeout=5)
                await ringing.play_tone(900, 0.3)
                await call.heard.tone(900, timeout=3)
                await call.hang_up()
                await ringing.ended(timeout=5)
                own = await phone.dial("9022")
                await own.answered(timeout=5)
                await own.heard.tone(900, timeout=3)
                await own.ended(timeout=5)

    asyncio.run(asyncio.wait_for(run(), 30))


@pytest.mark.parametrize(("text", "wanted"), [("", None), (":5066", ("10.0.0.9", 5066)), ("[::1]:1", ("::1", 1))])
def test_where_the_websocket_binds(text: str, wanted: object) -> None:
    assert Profile("p", {"sip-ip": "10.0.0.9", "ws-binding": text}).ws_binding == wanted


def test_a_websocket_without_a_port_is_named() -> None:
    with pytest.raises(ConfigurationError, match="ws-binding"):
        _ = Profile("p", {"ws-binding": "127.0.0.1"}).ws_binding


def conf_with(folder: Path, binding: str) -> Path:
    text = (DATA / "lab-freeswitch.xml").read_text().replace("127.0.0.1:5066", binding).replace("/fs/", f"{DATA}/")
    path = folder / "freeswitch.xml"
    path.write_text(text)
    return path


def test_a_websocket_beyond_loopback_must_be_asked_for(tmp_path: Path) -> None:
    conf = load(conf_with(tmp_path, "0.0.0.0:5066"))
    with pytest.raises(ConfigurationError, match="SIP over WebSocket would listen on 0.0.0.0"):
        check_addresses(conf, allow_remote=False)
    check_addresses(conf, allow_remote=True)


@pytest.mark.system
def test_the_process_says_where_its_websocket_is(tmp_path: Path) -> None:
    with SwitchProcess(conf_with(tmp_path, "127.0.0.1:5066")) as switch:
        assert switch.ws is not None

        async def register() -> None:
            assert switch.ws is not None
            async with Phone(switch.ws, "1001", "lab1001", domain="127.0.0.1", transport="ws") as phone:
                await phone.register()

        asyncio.run(asyncio.wait_for(register(), 10))
