"""Boots the switches that are measured, each from the same rendered configuration with a few extensions to call.

The soft switch always; a real FreeSWITCH too where ``ZONGJI_FREESWITCH_START`` names a command that boots one in the
foreground: ``$ZONGJI_FREESWITCH_START CONFDIR RUNDIR``. Not here: what they are asked to do.

    with booted("soft", folder, outbound_port=8040) as switch:
        Sipp("until_bye", switch.sip, "hangup", ...)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import SOCK_DGRAM
from typing import Any
from xml.etree import ElementTree

from eslapp.freeswitch_conf import probe, render
from eslapp.sitedir import SiteDir
from eslapp.supervisor import free_port
from ivr.loader import load_site

START = "ZONGJI_FREESWITCH_START"
WITHIN_S = 40.0
Extension = tuple[str, list[tuple[str, str]]]  # a pattern of the number dialled; applications with their arguments
HEARD = "local/numbers.xml"  # of the rendered directory: every extension that may be called without digest


@dataclass(frozen=True, slots=True)
class Booted:
    """A running switch."""

    kind: str
    pid: int
    sip: tuple[str, int]
    esl_port: int
    password: str
    start_s: float  # from the process's start until it takes calls


@dataclass(frozen=True)
class _Agent:
    name: str


@dataclass(frozen=True)
class _Site:
    passwords: Mapping[str, str]
    numbers: tuple[str, ...] = ("1000",)
    languages: tuple[str, ...] = ("en",)

    @property
    def agents(self) -> dict[str, _Agent]:
        return {user: _Agent(f"Agent {user}") for user in self.passwords}


@dataclass(frozen=True)
class _Secrets:
    esl_password: str
    passwords: Mapping[str, str]

    @property
    def agents(self) -> dict[str, dict[str, str]]:
        return {user: {"sip_password": secret} for user, secret in self.passwords.items()}


def kinds(only: str | None = None) -> tuple[str, ...]:
    """Which switches there are to measure here; of these ``only`` one, where it is wished."""
    found = ("soft", "real") if os.environ.get(START) else ("soft",)
    if only == "real" and only not in found:
        raise SystemExit(f"--only real: set {START} to the command that boots a FreeSWITCH: COMMAND CONFDIR RUNDIR")
    return (only,) if only else found


@contextmanager
def booted(
    kind: str,
    folder: Path,
    *,
    outbound_port: int = 8040,
    cores: set[int] | None = None,
    extensions: tuple[Extension, ...] = (),
    site: SiteDir | None = None,
    add: Callable[[Path], None] = lambda conf: None,
    agents: Mapping[str, str] | None = None,
) -> Iterator[Booted]:
    """Render, boot, end afterwards. The site's number 1000 is a call for the daemon at ``outbound_port``.

    ``cores``: where the switch may run, and nowhere else; None: anywhere. ``extensions``: to be called besides ours.
    ``site``: its numbers and agents instead of one number and nobody; ``add``: more, written into the rendered folder.
    ``agents``: the SIP password of each.
    """
    conf, password = folder / "conf", "bench-" + os.urandom(16).hex()
    facts: Any = load_site(site.root)[0] if site is not None else _Site(agents or {})
    secrets: Any = site.secrets(facts.agents) if site is not None else _Secrets(password, agents or {})
    password = secrets.esl_password
    sip, esl = next(port for port in iter(free_port, 0) if not is_taken(port)), free_port()
    ports = {"sip_port": sip, "esl_port": esl, "outbound_port": outbound_port, "ws_port": free_port()}
    render(facts, secrets, conf, **ports)
    core = conf / "autoload_configs" / "switch.conf.xml"  # the limit protects a desk; here the switch itself is asked
    core.write_text(re.sub(r'(sessions-per-second" value=")\d+', r"\g<1>5000", core.read_text()))
    _add_extensions(conf / HEARD, prompt(folder / "prompt.wav", 10_000), extensions)
    add(conf)
    if kind == "soft":
        words = [sys.executable, "-m", "eslapp.softswitch", "--conf", str(conf)]
    else:
        words = [*os.environ[START].split(), str(conf), str(folder / "run")]
    began = time.perf_counter()
    with (folder / "switch.log").open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        if cores:
            os.sched_setaffinity(process.pid, cores)  # before it has a second thread
        try:
            _wait_until(lambda: probe.accepts("127.0.0.1", esl, password), folder / "switch.log", process)
            _wait_until(lambda: is_taken(sip), folder / "switch.log", process)
            yield Booted(kind, process.pid, ("127.0.0.1", sip), esl, password, time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(20)


def _add_extensions(file: Path, sound: Path, more: tuple[Extension, ...]) -> None:
    """``hangup``: answered, hung up. ``record``: a prompt for ever, recorded. ``play``: a prompt over and over."""
    root = ElementTree.parse(file).getroot()
    for name, actions in (
        ("hangup", [("answer", ""), ("hangup", "NORMAL_CLEARING")]),
        (
            "record",
            [
                ("set", "RECORD_STEREO=true"),
                ("answer", ""),
                ("record_session", f"{sound.parent}/${{uuid}}.wav"),
                ("endless_playback", str(sound)),
            ],
        ),
        ("play", [("answer", ""), ("playback", str(sound)), ("transfer", "play XML public")]),
        *more,
    ):
        extension = ElementTree.SubElement(root, "extension", name=f"bench {name}")
        condition = ElementTree.SubElement(extension, "condition", field="destination_number", expression=f"^{name}$")
        for application, argument in actions:
            ElementTree.SubElement(condition, "action", application=application, data=argument)
    ElementTree.indent(root)
    file.write_text(ElementTree.tostring(root, encoding="unicode") + "\n", encoding="utf-8")


def prompt(path: Path, milliseconds: int) -> Path:
    """A quiet saw tooth: not silence, nothing that a codec could skip."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join((at % 40 * 50).to_bytes(2, "little") for at in range(8 * milliseconds)))
    return path


def is_taken(port: int) -> bool:
    """Whether somebody has bound this UDP port."""
    from eslapp.supervisor import is_port_free

    return not is_port_free(port, SOCK_DGRAM)


def _wait_until(is_so: object, log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():  # type: ignore[operator]
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the switch did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.01)


def cpu_seconds(pid: int) -> float:
    """Processor time a process (and its threads) has used: what counts where the machine is shared."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid: int) -> int:
    """Memory of its own: private pages in RAM."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_"))
