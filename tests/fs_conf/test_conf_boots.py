"""A switch booted from the rendered directory: callers are kept, phones need their password, strangers reach only
the numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from eslapp.esl import waiting
from eslapp.freeswitch_conf import Expected, check
from tests.conformance.phone import Phone
from tests.conformance.sights import of_frame
from tests.conformance.wire import Frame, Wire
from tests.fs_conf.sites import Secrets, Site
from tests.fs_conf.switches import KINDS, Booted, booted

pytestmark = [pytest.mark.system, pytest.mark.parametrize("kind", KINDS)]


@dataclass
class Scene:
    """One switch, its phones, and a daemon that can come and go."""

    switch: Booted
    heard: dict[str, list[str]] = field(default_factory=dict)
    phones: list[Phone] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    frames: asyncio.Queue[tuple[Wire, Frame]] = field(default_factory=asyncio.Queue)
    server: asyncio.Server | None = None

    async def phone(self, user: str, password: str = "") -> Phone:
        heard = self.heard.setdefault(user, [])
        address = ("127.0.0.1", self.switch.sip_port)
        phone = Phone(user, address, lambda way, text: None, lambda way, what: heard.append(what), password)
        await phone.open()
        self.phones.append(phone)
        return phone

    async def daemon(self) -> None:
        """Listen where the dialplan sends the calls."""

        def accept() -> Wire:
            wire = Wire(lambda wire, frame: self.frames.put_nowait((wire, frame)), lambda wire, change: None)
            self.wires.append(wire)
            return self.wires[-1]

        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(accept, "127.0.0.1", self.switch.outbound_port)

    async def connected(self) -> tuple[Wire, dict[str, str]]:
        """The next call that the switch offers, with its headers."""
        await until(lambda: bool(self.wires and self.wires[-1].is_open), 10)
        self.wires[-1].send("connect\n\n")
        return self.wires[-1], of_frame(await self.frame()).headers

    async def frame(self) -> Frame:
        return (await asyncio.wait_for(self.frames.get(), 10))[1]

    def die(self) -> None:
        """What kill -9 does to the daemon's connections."""
        assert self.server is not None
        self.server.close()
        for wire in self.wires:
            wire.reset()
        self.wires.clear()

    def close(self) -> None:
        for closing in (*self.phones, *self.wires):
            closing.close()
        if self.server is not None:
            self.server.close()


async def until(is_so: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something to become true; fail at the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not is_so():
        assert loop.time() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


def played(kind: str, folder: Path, act: Callable[[Scene], Awaitable[None]]) -> None:
    async def run() -> None:
        async with booted(kind, folder) as switch:
            scene = Scene(switch)
            try:
                await act(scene)
            finally:
                scene.close()

    asyncio.run(run())


def test_a_caller_is_kept_with_music_while_the_daemon_is_away(kind: str, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        caller = await scene.phone("2000")
        call = caller.invite("1000")
        await until(lambda: call.is_up)
        await until(lambda: any(what.startswith("tone") for what in scene.heard["2000"]))
        await scene.daemon()
        wire, headers = await scene.connected()
        assert headers["variable_zj_did"] == "1000"
        assert headers["variable_socket_resume"] == "true"
        wire.send("sendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: zj_interaction=i7\n\n")
        assert (await scene.frame()).get("Reply-Text") == "+OK"
        await asyncio.sleep(0.2)  # the application runs in the call's next frame
        scene.die()
        await scene.daemon()
        _, again = await scene.connected()
        assert (again["variable_zj_did"], again["variable_zj_interaction"]) == ("1000", "i7")
        assert not call.is_over
        caller.bye()

    played(kind, tmp_path, act)


@pytest.mark.slow
def test_a_caller_is_kept_for_as_long_as_the_daemon_is_away(kind: str, tmp_path: Path) -> None:
    """A switch ends a call after 70 transfers, and each round of waiting is one: the count must start anew."""

    async def act(scene: Scene) -> None:
        for sound in scene.switch.conf.rglob("*.wav"):
            sound.write_bytes(sound.read_bytes()[:364])  # 20 ms instead of seconds
        offered = 0

        def gone_again() -> asyncio.Protocol:
            nonlocal offered
            offered += 1
            return GoneAgain()

        server = await asyncio.get_running_loop().create_server(gone_again, "127.0.0.1", scene.switch.outbound_port)
        caller = await scene.phone("2000")
        call = caller.invite("1000")
        await until(lambda: offered > 80 or call.is_over, 90)
        server.close()
        assert offered > 80 and not call.is_over
        caller.bye()

    played(kind, tmp_path, act)


def test_who_rests_in_line_comes_back_when_the_music_ends_and_no_daemon_was_there(kind: str, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        for sound in scene.switch.conf.rglob("*.wav"):
            sound.write_bytes(sound.read_bytes()[:3244])  # 200 ms instead of seconds
        await scene.daemon()
        caller = await scene.phone("2000")
        call = caller.invite("1000")
        wire, headers = await scene.connected()
        leg, music = headers["Unique-ID"], scene.switch.conf / "sounds" / "hold.wav"
        for line in waiting.rest(leg, [str(music)] * 3):
            wire.send(f"api {line}\n\n")
            await scene.frame()
        scene.die()
        await scene.daemon()
        _, again = await scene.connected()
        assert (again["Unique-ID"], again["variable_zj_music"].count("hold.wav")) == (leg, 3)
        assert again["Caller-Destination-Number"] == "zj-1"
        assert (again["variable_socket_resume"], "variable_playback_terminators" in again) == ("true", False)
        assert not call.is_over
        caller.bye()

    played(kind, tmp_path, act)


class GoneAgain(asyncio.Protocol):
    """A daemon that dies in the moment it takes a call."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def test_a_stranger_reaches_the_numbers_and_nothing_else(kind: str, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        caller = await scene.phone("2000")
        numbers = {"5551234567": 404, "zj-1": 404, "1001": 407, "9196": 407, "%2B864001234567": 200}
        for number, status in numbers.items():
            call = caller.invite(number)
            await until(lambda call=call: bool(call.final))
            assert call.final == status, number
        caller.bye()

    played(kind, tmp_path, act)


def test_phones_register_with_their_own_password_only(kind: str, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        for user, password, status in (("1001", "guess", 403), ("1999", "guess", 403), ("1001", "", 401)):
            phone = await scene.phone(user, password)
            phone.register()
            await until(lambda phone=phone, status=status: phone.registered == status)
        phone = await scene.phone("1001", "a-sip-password-for-1001")
        phone.register()
        await until(lambda: phone.registered == 200)

    played(kind, tmp_path, act)


def test_agents_call_each_other_and_the_echo_test_with_digest(kind: str, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        one = await scene.phone("1001", "a-sip-password-for-1001")
        two = await scene.phone("1002", "a-sip-password-for-1002")
        for phone in (one, two):
            phone.register()
            await until(lambda phone=phone: phone.registered == 200)
        one.ear.tone = 700
        echo = one.invite("9196")
        await until(lambda: echo.is_up)
        await until(lambda: "tone~700" in scene.heard["1001"])
        one.bye()
        call = one.invite("1002")
        await until(lambda: bool(two.dialogs))
        two.answer(tone=500)
        await until(lambda: call.is_up)
        await until(lambda: "tone~500" in scene.heard["1001"] and "tone~700" in scene.heard["1002"])
        one.bye()
        await until(lambda: two.dialog.is_over)

    played(kind, tmp_path, act)


def test_check_finds_nothing_wrong_with_what_was_rendered(kind: str, tmp_path: Path) -> None:
    if kind == "soft":
        pytest.skip("the check judges a FreeSWITCH")

    async def act(scene: Scene) -> None:
        passwords = {extension: entry["sip_password"] for extension, entry in Secrets().agents.items()}
        expected = Expected(list(Site().numbers), passwords, Site().languages, scene.switch.outbound_port)
        secret = Secrets().esl_password
        found = await asyncio.to_thread(check, "127.0.0.1", scene.switch.esl_port, secret, expected)
        assert found == []
        wrong = Expected(["999"], {"1001": "another", "1003": ""}, ["fr"], 1, daemon_runs=True)
        codes = {f.code for f in await asyncio.to_thread(check, "127.0.0.1", scene.switch.esl_port, secret, wrong)}
        assert codes == {"number", "agent", "agent-password", "sound", "outbound-port", "daemon-port"}

    played(kind, tmp_path, act)
