"""Runs SIPp, somebody else's SIP, and reads what it counted.

Owns: the command line, the statistics file, what is said where SIPp is missing.
Not here: the scenarios (``scenarios/``), what is measured.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from eslapp.supervisor import free_port

SCENARIOS = Path(__file__).parent / "scenarios"


class SippMissing(SystemExit):
    """There is no SIPp here; exit code 2."""


@dataclass(slots=True)
class Outcome:
    """What SIPp saw. ``per_second``: calls that succeeded, over the time from the first to the end of the last."""

    succeeded: int = 0
    failed: int = 0
    retransmissions: int = 0
    seconds: float = 0.0
    most_at_once: int = 0
    response_ms: list[float] = field(default_factory=list)  # from INVITE to 200

    @property
    def per_second(self) -> float:
        return self.succeeded / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """How many calls, how fast they may begin, how many at once."""

    calls: int
    per_second: float
    at_once: int
    stay_ms: int = 0  # for scenarios that hang up by themselves


class Sipp:
    """One SIPp that places calls. Use as a context manager, or ``run()`` it to its end."""

    def __init__(
        self,
        scenario: str,
        target: tuple[str, int],
        number: str,
        load: Load,
        *,
        port: int = 0,
        lines: Path | None = None,
        **keys: object,
    ) -> None:
        """``port``: its own, 0: any; ``lines``: a file with the fields of each call (SIPp's ``-inf``)."""
        program = shutil.which("sipp")
        if program is None:
            raise SippMissing("SIPp is not installed: apt-get install sip-tester")
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        words = [program, f"{target[0]}:{target[1]}", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", number]
        words += ["-m", str(load.calls), "-l", str(load.at_once), "-r", str(max(1, round(load.per_second * 10)))]
        words += [
            "-rp",
            "10000",
            "-i",
            "127.0.0.1",
            "-mi",
            "127.0.0.1",
            "-p",
            str(port or free_port()),
            "-nostdin",
            "-d",
            str(load.stay_ms),
        ]
        words += ["-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_rtt", "-rtt_freq", "1", "-trace_err"]
        words += ["-error_file", "errors.log", "-timeout_error", "-buff_size", "1048576"]
        words += ["-inf", str(lines)] if lines is not None else []
        for name, value in keys.items():
            words += ["-key", name, str(value)]
        self._command = words
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sipp:
        with (self.folder / "screen.txt").open("wb") as screen:
            self._process = subprocess.Popen(self._command, cwd=self.folder, stdout=screen, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def wait(self, within_s: float) -> Outcome:
        """Until it ends by itself; TimeoutError where it does not."""
        assert self._process is not None
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"SIPp was not done within {within_s:.0f} s\n{self.screen()}") from None
        return self.read()

    def run(self, within_s: float = 120.0) -> Outcome:
        """Start, wait, count."""
        with self:
            return self.wait(within_s)

    def calls_now(self) -> int:
        """How many calls are up, as of the last second."""
        rows = self._rows()
        return int(rows[-1]["CurrentCall"]) if rows else 0

    def failed_now(self) -> int:
        """How many calls came to nothing, as of the last second."""
        rows = self._rows()
        return int(rows[-1]["FailedCall(C)"]) if rows else 0

    def wait_for_calls(self, count: int, within_s: float) -> bool:
        """Until so many calls are up."""
        deadline = time.monotonic() + within_s
        while self.calls_now() < count:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def read(self) -> Outcome:
        """What was counted so far."""
        rows = self._rows()
        if not rows:
            raise RuntimeError(f"SIPp counted nothing\n{self.screen()}")
        last = rows[-1]
        outcome = Outcome(
            succeeded=int(last["SuccessfulCall(C)"]),
            failed=int(last["FailedCall(C)"]),
            retransmissions=int(last["Retransmissions(C)"]),
            seconds=_at(last["CurrentTime"]) - _at(last["StartTime"]),
            most_at_once=max(int(row["CurrentCall"]) for row in rows),
        )
        for file in self.folder.glob("*_rtt.csv"):
            lines = csv.reader(file.open(encoding="utf-8"), delimiter=";")
            outcome.response_ms += [float(line[1]) for line in lines if line and line[0][:1].isdigit()]
        return outcome

    def screen(self) -> str:
        """The end of what SIPp showed and its errors: for people."""
        parts = [self.folder / name for name in ("screen.txt", "errors.log")]
        return "\n".join(part.read_text(errors="replace")[-1500:] for part in parts if part.exists())

    def _rows(self) -> list[dict[str, str]]:
        path = self.folder / "stat.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", errors="replace") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        return [row for row in rows if row.get("Retransmissions(C)")]


def _at(stamp: str) -> float:
    """The seconds since the epoch at the end of ``2026-11-22<TAB>04:16:25.426973<TAB>1795320985.426973``."""
    return float(stamp.split()[-1])
