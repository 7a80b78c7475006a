"""Calls through the daemon's flow against a bare gevent socket handler giving the same three commands, in one run.

    python -m tests.bench.daemon_calls [--calls 500] [--at-once 50]

Prints calls per second, the time from the switch's connection to the first command on the call, and the daemon's
longest hub stall. Both are driven by the same fake legs (``fake_legs``), so SIP and media cost nothing here.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import re  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
import wave  # noqa: E402
from pathlib import Path  # noqa: E402

import requests  # noqa: E402

from eslapp.sitedir import SiteDir  # noqa: E402
from eslapp.supervisor import free_port  # noqa: E402
from tests.bench.fake_legs import Figures, load  # noqa: E402

SITE = """site: Bench
languages: [en]
timezone: UTC
numbers: {"1000": main}
agents:
  "1001": {name: Agent}
"""
FLOW = """flow: main
start:
  - say: {en: beep.wav}
  - hangup
"""


def make_site(root: Path) -> SiteDir:
    """A site with the shortest flow that speaks."""
    (root / "flows").mkdir(parents=True)
    (root / "prompts").mkdir()
    (root / "site.yaml").write_text(SITE, encoding="utf-8")
    (root / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    with wave.open(str(root / "prompts" / "beep.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return SiteDir(root)


def wait_port(port: int, within_s: float = 20.0) -> None:
    """Until somebody listens."""
    from gevent import socket

    deadline = time.monotonic() + within_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def measure(command: list[str], port: int, calls: int, at_once: int, log: Path) -> tuple[Figures, Figures]:
    """One process under load: (one call at a time, many at once)."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            wait_port(port)
            load(port, calls=20, at_once=5)  # warm
            single = load(port, calls=max(50, calls // 5), at_once=1)
            many = load(port, calls=calls, at_once=at_once)
            return single, many
        finally:
            process.terminate()


def worst_stall(url: str) -> float:
    """The daemon's own figure, in seconds."""
    text = requests.get(f"{url}/metrics", timeout=5, proxies={"http": "", "https": ""}).text
    found = re.search(r"(?m)^zongji_hub_stall_worst_seconds (\S+)", text)
    return float(found[1]) if found else float("nan")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--calls", type=int, default=500)
    words.add_argument("--at-once", type=int, default=50)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = make_site(Path(folder) / "site")
        port, http, bare_port = free_port(), free_port(), free_port()
        daemon = [sys.executable, "-m", "eslapp", "--site", str(site.root), "--outbound-port", str(port)]
        daemon += ["--http-port", str(http), "--switch-port", str(free_port())]
        bare = [sys.executable, "-m", "tests.bench.bare_socket", str(bare_port), "/tmp/beep.wav"]
        bare_single, bare_many = measure(bare, bare_port, given.calls, given.at_once, Path(folder) / "bare.log")
        ours_single, ours_many = measure(daemon, port, given.calls, given.at_once, Path(folder) / "daemon.log")
    for name, single, many in (("bare handler", bare_single, bare_many), ("daemon", ours_single, ours_many)):
        first, late = single.first_command_ms(0.5), single.first_command_ms(0.95)
        print(
            f"{name:<14} {many.per_second:7.1f} calls/s at {given.at_once} at once ({many.failed} failed),"
            f" first command p50 {first:.2f} ms p95 {late:.2f} ms one at a time"
        )
    print(f"calls per second, ratio   {ours_many.per_second / bare_many.per_second:.2f}")
    print(
        f"added to the first command   {ours_single.first_command_ms(0.5) - bare_single.first_command_ms(0.5):.2f} ms"
    )


if __name__ == "__main__":
    main()
