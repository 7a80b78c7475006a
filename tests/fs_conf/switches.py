"""Boots a switch from a rendered directory: the soft switch, or the FreeSWITCH that ``ZONGJI_FREESWITCH_BINARY``
names.

Not here: what is asked of it (``test_conf_boots``).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eslapp.freeswitch_conf import render
from tests.fs_conf.sites import Secrets, Site
from webhooks.trunk_facts import TrunkFacts

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("soft", "real") if "ZONGJI_FREESWITCH_BINARY" in os.environ else ("soft",)


@dataclass(frozen=True)
class Booted:
    """A running switch: its ports and the directory that it was booted from."""

    sip_port: int
    esl_port: int
    outbound_port: int
    ws_port: int
    conf: Path


@contextlib.asynccontextmanager
async def booted(
    kind: str, folder: Path, site: Site | None = None, trunks: Sequence[TrunkFacts] = ()
) -> AsyncIterator[Booted]:
    """Render the test site, boot a switch from it, end it afterwards."""
    sip, esl, outbound, ws = free_ports(4)
    conf = folder / "conf"
    ports = {"sip_port": sip, "esl_port": esl, "outbound_port": outbound, "ws_port": ws}
    render(site or Site(), Secrets(), conf, trunks=trunks, **ports)
    words = (sys.executable, "-m", "eslapp.softswitch", "--conf", str(conf)) if kind == "soft" else _real(conf, folder)
    with (folder / "switch.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=log, stderr=log)
        try:
            await _listening(esl, process, folder / "switch.log")
            await _listening(sip, process, folder / "switch.log", is_udp=True)
            yield Booted(sip, esl, outbound, ws, conf)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses for TCP."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [int(sock.getsockname()[1]) for sock in sockets]


def _real(conf: Path, folder: Path) -> tuple[str, ...]:
    words = [os.environ["ZONGJI_FREESWITCH_BINARY"], "-nonat", "-nf", "-nc", "-conf", str(conf)]
    for name in ("log", "db", "run", "storage", "recordings", "temp", "cache", "certs", "scripts", "grammar", "htdocs"):
        (folder / name).mkdir()
        words += [f"-{name}", str(folder / name)]
    return tuple(words)


async def _listening(port: int, process: asyncio.subprocess.Process, log: Path, is_udp: bool = False) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + 20
    while not (_is_taken(port) if is_udp else await _answers(port)):
        assert process.returncode is None and loop.time() < until, log.read_text(errors="replace")[-2000:]
        await asyncio.sleep(0.05)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
