"""How many events a second our reader takes, against plain greenswitch, in one run.

    python -m tests.bench.esl_parse [--json] [--events 500]

Both read the same stream of real CHANNEL_HANGUP_COMPLETE events from memory through their own framing and parsing:
greenswitch what it understands (``plain``), ours what we subscribe to (``json``), and ours in ``plain`` for fairness.
The goal is five times greenswitch. Not part of the suite.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from urllib.parse import quote

from greenswitch.esl import ESLProtocol

from eslapp.esl.codec import FrameReader, parse_event

GOLDEN = Path(__file__).parents[1] / "esl" / "data" / "hangup_complete.json.frame"
GOAL = 5.0
ROUNDS = 11
CHUNK = 65536
# What FreeSWITCH leaves as it is in a plain event (trace fact 4).
UNQUOTED = "/,'()*!-._~$"


class _Plain(ESLProtocol):
    """greenswitch's reader, without its socket: it stops at the end of the file as it does there."""

    def __init__(self, stream: bytes) -> None:
        super().__init__()
        self.sock_file = io.BytesIO(stream)
        self.count = 0
        self._esl_event_queue = self

    def put(self, event: object) -> None:
        self.count += 1


def greenswitch(stream: bytes) -> int:
    reader = _Plain(stream)
    reader.receive_events()
    return reader.count


def ours(stream: bytes) -> int:
    reader, count = FrameReader(), 0
    for start in range(0, len(stream), CHUNK):
        for frame in reader.feed(stream[start : start + CHUNK]):
            count += parse_event(frame) is not None
    return count


def streams(events: int) -> tuple[bytes, bytes]:
    """The same events as JSON and as plain text, each framed."""
    body = GOLDEN.read_bytes().split(b"\n\n", 1)[1]
    headers = json.loads(body)
    plain = "".join(f"{name}: {quote(value, safe=UNQUOTED)}\n" for name, value in headers.items()) + "\n"
    return _framed("json", body) * events, _framed("plain", plain.encode()) * events


def _framed(kind: str, body: bytes) -> bytes:
    return b"Content-Length: %d\nContent-Type: text/event-%s\n\n" % (len(body), kind.encode()) + body


def measure(reads: dict[str, tuple[Callable[[bytes], int], bytes]], events: int) -> dict[str, list[float]]:
    """Events per second of processor time, round by round, taken in turn: a slow moment hits all of them."""
    rates: dict[str, list[float]] = {name: [] for name in reads}
    for _ in range(ROUNDS):
        for name, (read, stream) in reads.items():
            began = process_time()
            assert read(stream) == events
            rates[name].append(events / (process_time() - began))
    return rates


def main() -> int:
    options = argparse.ArgumentParser(description="Events parsed per second, ours against greenswitch.")
    options.add_argument("--events", type=int, default=500)
    options.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = options.parse_args()
    as_json, as_plain = streams(chosen.events)
    reads = {
        "greenswitch_plain": (greenswitch, as_plain),
        "ours_json": (ours, as_json),
        "ours_plain": (ours, as_plain),
    }
    rates = measure(reads, chosen.events)
    ratios = [mine / theirs for mine, theirs in zip(rates["ours_json"], rates["greenswitch_plain"], strict=True)]
    result: dict[str, float] = {name: round(median(each)) for name, each in rates.items()}
    result["event_bytes"] = len(as_json) // chosen.events
    result["ratio"] = round(median(ratios), 2)
    result["goal"] = GOAL
    if chosen.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:18} {value:>12,}")
    return 0 if result["ratio"] >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
