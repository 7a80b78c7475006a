"""``zongji flow sipp``: one SIPp scenario per path of a flow, and playing them."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import click

from eslapp.cli.addresses import HOST_PORT, shown
from eslapp.cli.flow import flow_file, open_flow
from eslapp.cli.language import spoken_option
from eslapp.cli.output import console, fail, tell
from eslapp.supervisor import free_port
from ivr.proof.plans import Plan, plans
from ivr.proof.scenarios import file_names, index, scenario

INDEX = "index.json"
CALL_WITHIN_S = 240
AT_ONCE = 12
OPTIONS_TRIES = 3
NOBODY = "; start the site: zongji run --test-calls (it prints where calls come in)"
NO_PORT, STARTS = 254, 3  # another program took the port between our look and SIPp's start


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow sipp shop/flows/main.yaml --out scenarios            write them, and scenarios/index.json
  zongji run --site shop --test-calls                              in another terminal, for tests only
  zongji flow sipp shop/flows/main.yaml --out scenarios --run 127.0.0.1:5060      and play them all (as root)
"""
)
@spoken_option
@flow_file
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write.")
@click.option("--run", "address", type=HOST_PORT, help="A site run with --test-calls: play all scenarios there.")
@click.option("--silence", "silence_s", default=0.0, help="Seconds that questions wait for a key; 0: as the flow says.")
@click.option("--at-once", default=AT_ONCE, show_default=True, help="Calls at the same time.")
def command(file: Path, out: Path, address: tuple[str, int] | None, silence_s: float, at_once: int) -> None:
    """One SIPp scenario per path, with RFC 4733 digits and marks instead of pauses.  每条路径一个 SIPp 场景。"""
    site, flow = open_flow(file)
    numbers = [number for number, name in site.numbers.items() if name == flow]
    if not numbers:
        fail(f"{file}: no number of site.yaml leads to the flow {flow}; add one under numbers")
    planned = plans(site, flow, numbers[0], silence_s=silence_s)
    names = file_names(planned)
    out.mkdir(parents=True, exist_ok=True)
    for plan, name in zip(planned, names, strict=True):
        if not plan.why_not:
            (out / name).write_text(scenario(plan, f"{flow} {name.removesuffix('.xml')}"), encoding="utf-8")
    (out / INDEX).write_text(index(flow, planned, names), encoding="utf-8")
    ready = [(plan, name) for plan, name in zip(planned, names, strict=True) if not plan.why_not]
    tell(f"{out}: scenarios: {len(ready)}, that cannot be placed: {len(planned) - len(ready)}")
    if address:
        play_all(out, ready, shown(address), at_once)


def play_all(out: Path, ready: list[tuple[Plan, str]], address: str, at_once: int) -> None:
    """Place every call, several at once; exit 1 where one failed."""
    if shutil.which("sipp") is None:
        fail("SIPp is not installed: apt-get install sip-tester")
    if os.geteuid() != 0:
        fail("SIPp sends RFC 4733 digits through a raw socket: run this as root")
    if not answers(address):
        fail(f"nobody answers SIP at {address}{NOBODY}")
    failed = 0
    with ThreadPoolExecutor(at_once) as pool:
        for (plan, name), why in zip(
            ready, pool.map(lambda one: play(out / one[1], one[0], address), ready), strict=True
        ):
            failed += bool(why)
            if why:
                console.print(f"✗ {name}: {plan.told}\n  {why}", style="red")
    tell(f"{len(ready) - failed} of {len(ready)} paths passed")
    raise SystemExit(1 if failed else 0)


def answers(address: str) -> bool:
    """Whether anything there speaks SIP over UDP (OPTIONS, RFC 3261 section 11), within some seconds."""
    host, _, port = address.rpartition(":")
    where = (host.strip("[]"), int(port))
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asker:
        asker.settimeout(1.0)
        asker.connect(where)
        own = shown(asker.getsockname()[:2])
        for attempt in range(OPTIONS_TRIES):
            branch = f"z9hG4bK{secrets.token_hex(8)}"
            lines = (
                f"OPTIONS sip:{address} SIP/2.0",
                f"Via: SIP/2.0/UDP {own};rport;branch={branch}",
                "Max-Forwards: 70",
                f"From: <sip:paths@{own}>;tag={branch[-8:]}",
                f"To: <sip:{address}>",
                f"Call-ID: {branch}",
                f"CSeq: {attempt + 1} OPTIONS",
                "Content-Length: 0",
            )
            with suppress(OSError):
                asker.send("\r\n".join((*lines, "", "")).encode())
                if asker.recv(65535).startswith(b"SIP/2.0 "):
                    return True
    return False


def play(file: Path, plan: Plan, address: str) -> str:
    """Place one call; why it failed, "" where it went as planned. A SIPp that found no port is started again."""
    code, why = NO_PORT, ""
    for _ in range(STARTS):
        if code == NO_PORT:
            code, why = _placed(file, plan, address)
    return why


def _placed(file: Path, plan: Plan, address: str) -> tuple[int, str]:
    """SIPp's exit code, and why."""
    folder = file.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    command = ["sipp", address, "-sf", str(file.resolve()), "-s", plan.number, "-m", "1", "-i", "127.0.0.1"]
    command += ["-mi", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()), "-nostdin", "-trace_err"]
    command += ["-error_file", "errors.log", "-timeout", str(CALL_WITHIN_S), "-timeout_error"]
    with (folder / "screen.txt").open("wb") as screen:
        ran = subprocess.run(command, cwd=folder, stdout=screen, stderr=subprocess.STDOUT, timeout=CALL_WITHIN_S + 20)
    if ran.returncode == 0:
        shutil.rmtree(folder)
        return 0, ""
    return ran.returncode, f"SIPp ended with {ran.returncode}: " + " | ".join(_reasons(folder))


def _reasons(folder: Path) -> Iterator[str]:
    """What was expected and what came, in short."""
    log = folder / "errors.log"
    text = log.read_text("utf-8", errors="replace") if log.exists() else ""
    wrong = re.search(r"(zongji-[0-9a-f]{12})\s*', with regexp '(zongji-[0-9a-f]{12})'", text)
    if wrong:
        yield f"the prompt {wrong[2]} was expected, {wrong[1]} came (see {INDEX})"
    yield from (line.strip()[:160] for line in text.splitlines() if not wrong and "time" in line.lower())
