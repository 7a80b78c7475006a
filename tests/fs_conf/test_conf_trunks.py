"""A switch booted with trunks: a carrier's calls are known by address and believed, strangers must sign in, calls go
out by the gateway, which signs on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.bad_habits_sip import replay
from eslapp.softphone import CallFailed, Phone
from eslapp.softswitch.sip.stack import Credentials, SipCall, SipStack
from tests.conformance.sights import of_frame
from tests.conformance.wire import Frame, Wire
from tests.fs_conf.sites import Secrets, Site
from tests.fs_conf.switches import KINDS, Booted, booted
from webhooks.trunk_facts import TrunkFacts

pytestmark = [pytest.mark.system, pytest.mark.parametrize("kind", KINDS)]
CARRIER, STRANGER = "127.0.0.3", "127.0.0.2"
PASSWORD = "chosen-by-the-carrier"


class Carrier:
    """A proxy that wants a digest for everything: it registers whom it knows and takes their calls."""

    def __init__(self) -> None:
        self.taken: list[SipCall] = []
        self.came = asyncio.Event()
        self.stack = SipStack(
            CARRIER,
            0,
            listener=self,
            domain="carrier.test",
            users=lambda user: Credentials(user, PASSWORD) if user == "desk" else None,
            auth_calls=True,
        )

    def incoming(self, call: SipCall) -> None:
        self.taken.append(call)
        call.answer()
        self.came.set()


class Daemon:
    """Takes the switch's calls and reads what it is told of them."""

    def __init__(self) -> None:
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()

    async def listen(self, port: int) -> None:
        def accept() -> Wire:
            return Wire(lambda wire, frame: self._frames.put_nowait(frame), self._changed)

        self.server = await asyncio.get_running_loop().create_server(accept, "127.0.0.1", port)

    def _changed(self, wire: Wire, change: str) -> None:
        if wire.is_open:
            wire.send("connect\n\n")

    async def told(self) -> dict[str, str]:
        """The headers of the next call; what else the switch says is let pass."""
        while True:
            headers = of_frame(await asyncio.wait_for(self._frames.get(), 10)).headers
            if "variable_zj_did" in headers:
                return headers


def played(kind: str, folder: Path, trunk: TrunkFacts, act: Callable[[Booted], Awaitable[Any]]) -> None:
    site = replace(Site(), numbers={"1000": "main", "075512345678": "main"})
    object.__setattr__(site, "country", "CN")

    async def run() -> None:
        async with booted(kind, folder, site, [trunk]) as switch:
            await act(switch)

    asyncio.run(run())


def test_a_carriers_calls_are_marked_and_reach_every_way_of_writing_a_number(kind: str, tmp_path: Path) -> None:
    async def act(switch: Booted) -> None:
        daemon = Daemon()
        await daemon.listen(switch.outbound_port)
        dialled = {"+8675512345678": "075512345678", "8675512345678": "075512345678", "5550199": "5550199"}
        async with Phone(("127.0.0.1", switch.sip_port), "anonymous", host=CARRIER) as carrier:
            for number, did in dialled.items():
                asserted = {"P-Asserted-Identity": "<sip:+8613800138000@carrier.test>"}
                call = await carrier.dial(number, headers=asserted)
                told = await daemon.told()
                assert told.get("variable_zj_trunk") == "carrier", number
                assert (told["variable_zj_did"], told["variable_sip_P-Asserted-Identity"]) == (did, "+8613800138000")
                await call.hang_up()
        async with Phone(("127.0.0.1", switch.sip_port), "2000") as here:
            call = await here.dial("1000", headers={"X-zj_trunk": "carrier"})
            assert "variable_zj_trunk" not in await daemon.told()
            await call.hang_up()
        daemon.server.close()

    played(kind, tmp_path, TrunkFacts(name="carrier", addresses=(f"{CARRIER}/32",)), act)


def test_a_stranger_must_sign_in_where_a_site_has_trunks(kind: str, tmp_path: Path) -> None:
    async def act(switch: Booted) -> None:
        server = ("127.0.0.1", switch.sip_port)
        async with Phone(server, "2000", host=STRANGER) as stranger:
            for number in ("1000", "+8675512345678", "5550199"):
                call = await stranger.dial(number)
                with pytest.raises(CallFailed) as refused:
                    await call.answered(timeout=10)
                assert refused.value.status == 407, number
        password = Secrets().agents["1001"]["sip_password"]
        async with Phone(server, "1001", password, host=STRANGER) as agent:
            call = await agent.dial("9196")
            await call.answered(timeout=10)
            await call.hang_up()

    played(kind, tmp_path, TrunkFacts(name="carrier", addresses=(CARRIER,)), act)


def test_the_gateway_signs_on_and_calls_out_with_its_password(kind: str, tmp_path: Path) -> None:
    async def run() -> None:
        carrier = Carrier()
        port = await carrier.stack.start()
        signed_on = asyncio.Event()
        carrier.stack.registrar.on_registered = lambda binding, is_refresh: signed_on.set()
        login = {"user": "desk", "password": PASSWORD, "registers": True}
        trunk = TrunkFacts(name="carrier", addresses=(CARRIER,), host=f"{CARRIER}:{port}", **login)
        async with booted(kind, tmp_path, None, [trunk]) as switch:
            await asyncio.wait_for(signed_on.wait(), 15)
            reader, writer = await asyncio.open_connection("127.0.0.1", switch.esl_port)
            order = "bgapi originate sofia/gateway/carrier/13800138000 &park()"
            writer.write(f"auth {Secrets().esl_password}\n\n".encode())
            for _ in range(30):  # FreeSWITCH looks once a second whether it has been signed on
                writer.write(f"{order}\n\n".encode())
                with suppress(TimeoutError):
                    await asyncio.wait_for(carrier.came.wait(), 0.5)
                    break
            assert carrier.taken[0].to_user == "13800138000"
            writer.close()
            del reader
        await carrier.stack.stop()

    asyncio.run(run())


def test_the_bad_habits_of_scanners_are_answered_as_they_should(kind: str, tmp_path: Path) -> None:
    async def act(switch: Booted) -> None:
        seen = await asyncio.to_thread(lambda: list(replay("127.0.0.1", switch.sip_port, "1000")))
        assert len(seen) >= 7 and [one for one in seen if not one.is_good] == []

    played(kind, tmp_path, TrunkFacts(name="carrier", addresses=(CARRIER,)), act)
