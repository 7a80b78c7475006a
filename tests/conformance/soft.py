"""Starts a soft switch of one's own, in its own lab with free ports. Not here: the lab itself (``lab``)."""

from __future__ import annotations

import asyncio
import random
import socket
import sys
from pathlib import Path

from eslapp.supervisor import is_port_free
from tests.conformance import lab

ROOT = Path(__file__).resolve().parents[2]


def new_lab(folder: Path) -> tuple[lab.Lab, Path]:
    """A lab with free ports in ``folder``, and its configuration directory."""
    sip, esl, app, second, refused = _free_ports(5)
    where = lab.Lab(str(folder), sip, esl, "lab-secret", app, second, refused)
    return where, lab.write(where)


async def start(conf: Path) -> asyncio.subprocess.Process:
    """The process, once it says that it is ready."""
    words = ("-m", "eslapp.softswitch", "--conf", str(conf))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 20)
    assert b"ready" in line, line
    return process


def _free_ports(count: int) -> list[int]:
    """Free ports below those that the system gives to outgoing connections: they stay free between scenarios."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(10000, 20000)
        if port not in found and all(is_port_free(port, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
            found.append(port)
    return found
