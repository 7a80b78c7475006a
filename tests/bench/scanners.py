"""The scanners of sipvicious against the soft switch for a minute, while phones on the same address live on.

    pip install sipvicious
    python -m tests.bench.scanners [--json] [--seconds 60]

svmap (which product?), svwar (which users? by REGISTER, INVITE and OPTIONS) and svcrack (which password?) run side by
side, each again and again, against a switch with three agents. A phone of one of them talks the whole time; other
phones register, place a call and sign off. Everything is on 127.0.0.1: there a source is a socket, elsewhere a host.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import secrets
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from eslapp.softphone import Phone
from eslapp.softphone.errors import PhoneError
from eslapp.softswitch.media.sources import ToneSource
from eslapp.supervisor import free_port
from tests.bench.report import Report, share
from tests.bench.switches import Booted, booted

AGENTS = {"8001": secrets.token_hex(16), "8002": secrets.token_hex(16)}
GUESS = "guessed-password-{}"
WEAK = {"8003": GUESS.format(20)}  # in the dictionary below, behind twenty others
NOBODY = "8010"  # no agent
METHODS = ("REGISTER", "INVITE", "OPTIONS")
ROUND_S = 15.0  # a scanner that hears nothing any more gives up by then
PRODUCT = re.compile(r"zongji|freeswitch|sofia|asterisk|[0-9]\.[0-9]+\.[0-9]+-", re.IGNORECASE)
FOUND_USER = re.compile(r"\|\s*(8\d\d\d)\s*\|\s*(\S+)")
MOST_GUESSES_PER_MIN = 10


def tools() -> dict[str, str]:
    """Where sipvicious is; {} unless all of it is installed."""
    found = {name: shutil.which(f"sipvicious_{name}") for name in ("svmap", "svwar", "svcrack")}
    return {name: path for name, path in found.items() if path} if all(found.values()) else {}


@dataclass
class Seen:
    """What was measured."""

    runs: Counter[str] = field(default_factory=Counter)
    said: dict[str, str] = field(default_factory=dict)  # all that each tool printed
    guesses: dict[str, list[float]] = field(default_factory=dict)  # by source: when a wrong password was judged
    visits: list[float] = field(default_factory=list)  # seconds from REGISTER to the answered call, of each phone
    failed_visits: int = 0
    is_call_up: bool = False
    silent_share: float = 1.0

    @property
    def guesses_per_min(self) -> int:
        """Of the most eager source, in its worst minute."""
        return max(
            (sum(at <= each < at + 60 for each in times) for times in self.guesses.values() for at in times), default=0
        )

    @property
    def users_told(self) -> set[tuple[str, str]]:
        """(method, user) where svwar says something of a user that it does not say of those that are not there."""
        told = set()
        for method in METHODS:
            verdicts: dict[str, set[str]] = {}
            for user, verdict in FOUND_USER.findall(self.said.get(f"svwar {method}", "")):
                verdicts.setdefault(user, set()).add(verdict)
            nobody = verdicts.get(NOBODY, set())
            told |= {(method, user) for user in (*AGENTS, *WEAK) if verdicts.get(user, set()) != nobody}
        return told


async def scan(tool: str, words: list[str], seen: Seen, name: str, until: float) -> None:
    """One tool, again and again from the same port."""
    words = ["-P", str(free_port()), *words]
    while time.monotonic() < until:
        made = await asyncio.create_subprocess_exec(
            tool, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            output, _ = await asyncio.wait_for(made.communicate(), ROUND_S)
        except TimeoutError:
            made.kill()
            output, _ = await made.communicate()
        seen.runs[name] += 1
        seen.said[name] = seen.said.get(name, "") + output.decode(errors="replace")


async def count_guesses(switch: Booted, seen: Seen) -> None:
    """Every wrong password that the switch judged, by who sent it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", switch.esl_port)
    writer.write(f"auth {switch.password}\n\nevent plain CUSTOM sofia::register_failure\n\n".encode())
    port = ""
    while line := await reader.readline():
        if line.startswith(b"network-port: "):
            port = line.split()[1].decode()
            seen.guesses.setdefault(port, []).append(time.monotonic())


async def visit(switch: Booted, seen: Seen, until: float) -> None:
    """Honest phones come and go."""
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            async with Phone(switch.sip, "8002", AGENTS["8002"]) as phone:
                await phone.register()
                call = await phone.dial("hangup")
                await call.ended(timeout=5)
            seen.visits.append(time.monotonic() - began)
        except (PhoneError, TimeoutError):
            seen.failed_visits += 1
        await asyncio.sleep(0.5)


async def story(switch: Booted, folder: Path, seen: Seen, seconds: float) -> None:
    """All at once."""
    found, port = tools(), str(switch.sip[1])
    dictionary = folder / "dictionary"
    dictionary.write_text("".join(f"{GUESS.format(number)}\n" for number in range(3000)))
    counting = asyncio.ensure_future(count_guesses(switch, seen))
    async with Phone(switch.sip, "8001", AGENTS["8001"]) as phone:
        await phone.register()
        call = await phone.dial("play")
        await call.answered(timeout=10)
        call.start_playing(ToneSource([(500.0,)], on_ms=60_000, repeats=None))
        await call.heard.sound(timeout=5)
        mark, until = call.heard.frames_total, time.monotonic() + seconds
        war = ["-p", port, "--force", "-e", "8000-8020", "--maximumtime", "5", "127.0.0.1", "-m"]
        crack = ["-p", port, "-d", str(dictionary), "--maximumtime", "5", "127.0.0.1", "-u"]
        await asyncio.gather(
            scan(found["svmap"], ["-p", port, "127.0.0.1"], seen, "svmap", until),
            *(
                scan(found["svwar"], [*war, method], seen, f"svwar {method}", until)
                for method in ("REGISTER", "INVITE", "OPTIONS")
            ),
            *(scan(found["svcrack"], [*crack, user], seen, "svcrack", until) for user in ("8001", *WEAK)),
            visit(switch, seen, until),
        )
        seen.is_call_up = call.is_up
        frames = call.heard.frames[mark - call.heard.frames_total :]
        seen.silent_share = sum(not any(frame) for frame in frames) / max(1, len(frames))
        await call.hang_up()
    counting.cancel()


def measure(folder: Path, seconds: float) -> Seen:
    """On a switch of its own."""
    seen = Seen()
    with booted("soft", folder, agents={**AGENTS, **WEAK}) as switch:
        asyncio.run(story(switch, folder, seen, seconds))
    return seen


def main() -> None:
    words = argparse.ArgumentParser(description="sipvicious against the soft switch, measured.")
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--json", action="store_true", help="print one JSON object")
    given = words.parse_args()
    if not tools():
        words.error("sipvicious is not installed: pip install sipvicious")
    with tempfile.TemporaryDirectory() as folder:
        seen = measure(Path(folder), given.seconds)
    report = Report("scanners")
    report.add("products named by svmap", len(PRODUCT.findall(seen.said["svmap"])), at_most=0)
    report.add("users told apart by svwar", len(seen.users_told), at_most=0)
    report.add("passwords found by svcrack", len(FOUND_USER.findall(seen.said["svcrack"])), at_most=0)
    report.add("guesses judged, of the most eager source", seen.guesses_per_min, "/min", at_most=MOST_GUESSES_PER_MIN)
    report.add("silence in what a caller heard meanwhile", 100 * seen.silent_share, "%", at_most=1)
    report.add("calls that ended meanwhile", int(not seen.is_call_up), at_most=0)
    report.add("honest phones that were refused", seen.failed_visits, at_most=0)
    report.add(f"register, call, sign off: 95 % of {len(seen.visits)}", share(seen.visits, 0.95), "s", at_most=1)
    report.notes.append(", ".join(f"{name} ran {count} times" for name, count in sorted(seen.runs.items())))
    report.print(as_json=given.json)


if __name__ == "__main__":
    main()
