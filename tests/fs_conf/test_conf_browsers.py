"""Who calls by WebSocket: an agent by digest, a visitor with a pass that the daemon sees, nobody else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from eslapp.call_pass import HEADER
from eslapp.softphone import CallFailed, Phone
from tests.fs_conf.sites import Secrets
from tests.fs_conf.switches import KINDS, booted
from tests.fs_conf.test_conf_trunks import Daemon

pytestmark = [pytest.mark.system, pytest.mark.parametrize("kind", KINDS)]
PASSWORD = Secrets().agents["1001"]["sip_password"]


def test_browsers_bring_a_digest_or_a_pass(kind: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with booted(kind, tmp_path) as switch:
            daemon = Daemon()
            await daemon.listen(switch.outbound_port)
            server = ("127.0.0.1", switch.ws_port)
            async with Phone(server, "visitor", domain="127.0.0.1", transport="ws") as visitor:
                for number, headers in (("1000", {}), ("1001", {HEADER: "x.y"}), ("9196", {HEADER: "x.y"})):
                    call = await visitor.dial(number, headers=headers)
                    with pytest.raises(CallFailed) as refused:
                        await call.answered(timeout=10)
                    assert refused.value.status == 407, number
                call = await visitor.dial("1000", headers={HEADER: "x.y"})
                told = await daemon.told()
                assert (told[f"variable_sip_h_{HEADER}"], told["variable_sip_via_protocol"]) == ("x.y", "ws")
                await call.hang_up()
            async with Phone(server, "1001", PASSWORD, domain="127.0.0.1", transport="ws") as agent:
                call = await agent.dial("1000")
                assert f"variable_sip_h_{HEADER}" not in await daemon.told()
                await call.hang_up()
            daemon.server.close()

    asyncio.run(run())
