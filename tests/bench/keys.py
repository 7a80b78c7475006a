"""From a key to the next prompt, on many calls at once in a site's menu, and in the same menu of the switch's dialplan.

    python -m tests.bench.keys [--json] [--calls 50] [--keys 20] [--key-ms 40] [--rounds 1] [--only soft|real]

Three sections, each with a tone of its own of 0.8 s; key 1 leads to the next, every 0.5 to 1.5 s on each call, so that
about a third comes while a prompt plays. Counted from the key's first RFC 4733 packet to the first packet of the next
tone, and from the key's release, before which no switch takes a key. The yardstick is ``play_and_get_digits`` and
``transfer`` in the same switch's own dialplan: both sides in turn on one switch. With ``ZONGJI_FREESWITCH_START`` (see
``switches``) the same on a real FreeSWITCH. Not part of the suite.
"""

from __future__ import annotations

import argparse
import math
import struct
import tempfile
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

from eslapp.sitedir import SiteDir
from eslapp.supervisor import free_port
from tests.bench.keypad import Keypad, Pressed
from tests.bench.report import Report, share
from tests.bench.sides import SITE, Link, daemon
from tests.bench.sipp import Load, Sipp
from tests.bench.switches import Booted, Extension, booted, cpu_seconds, kinds

GOAL_MS = 100.0
TONES = (400, 800, 1200)
TONE_MS = 800
PAUSE_S = (0.5, 1.5)
CALLS_PER_SECOND = 25.0
SECTION = """s{here}:
  - menu:
      prompt: s{here}.wav
      keys: {{1: s{there}, 9: end}}
      wait: 30 s
      otherwise: end
"""


@dataclass
class Seen:
    """One side's rounds."""

    pressed: Pressed = field(default_factory=Pressed)
    failed: int = 0
    cpu_ms: float = 0.0  # the daemon's, per key
    switch_ms: float = 0.0
    own_share: float = 0.0  # of one core that the bench itself took meanwhile, without SIPp


def make_site(root: Path) -> SiteDir:
    """A site with the three sections, and their tones."""
    (root / "flows").mkdir(parents=True)
    (root / "prompts").mkdir()
    (root / "site.yaml").write_text(SITE, encoding="utf-8")
    sections = "".join(SECTION.format(here=at, there=(at + 1) % len(TONES)) for at in range(len(TONES)))
    (root / "flows" / "main.yaml").write_text(f"flow: main\n{sections}end:\n  - hangup\n", encoding="utf-8")
    for at, hertz in enumerate(TONES):
        write_tone(root / "prompts" / f"s{at}.wav", hertz)
    return SiteDir(root)


def write_tone(path: Path, hertz: int) -> None:
    """One tone, loud from its first sample."""
    samples = [int(9000 * math.sin(2 * math.pi * hertz * (at + 0.5) / 8000)) for at in range(8 * TONE_MS)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def dialplan(root: Path) -> tuple[Extension, ...]:
    """The same menu in the switch's own words; a call begins at ``menu``."""
    found: list[Extension] = [("press_._9", [("hangup", "NORMAL_CLEARING")])]
    for at in range(len(TONES)):
        sound = root / "prompts" / f"s{at}.wav"
        ask = f"1 1 1 30000 # {sound} silence_stream://10 key [19]"
        start = [("answer", "")] if at == 0 else []
        pattern = f"(?:menu|press_{len(TONES) - 1}_1)" if at == 0 else f"press_{at - 1}_1"
        steps = [*start, ("play_and_get_digits", ask), ("transfer", f"press_{at}_${{key}} XML public")]
        found.append((pattern, steps))
    return tuple(found)


def one_round(switch: Booted, number: str, seen: Seen, given: argparse.Namespace, pid: int = 0) -> None:
    """All calls up, all keys pressed, all calls ended by the last key."""
    load = Load(given.calls, CALLS_PER_SECOND, given.calls)
    with Keypad(TONES, given.key_ms) as pad:
        pad.pressed = seen.pressed
        with Sipp("until_bye", switch.sip, number, load, rtp_port=pad.port) as sipp:
            pad.wait_for_lines(given.calls, 30)
            before = cpu_seconds(switch.pid), cpu_seconds(pid) if pid else 0.0
            began, own = time.monotonic(), time.process_time()
            pad.press_all(given.keys, PAUSE_S)
            seen.own_share = (time.process_time() - own) / (time.monotonic() - began)
            keys = given.calls * given.keys
            seen.switch_ms = 1000 * (cpu_seconds(switch.pid) - before[0]) / keys
            seen.cpu_ms = 1000 * (cpu_seconds(pid) - before[1]) / keys if pid else 0.0
            seen.failed += sipp.wait(30).failed


def measure(kind: str, folder: Path, given: argparse.Namespace) -> dict[str, Seen]:
    """Both sides in turn on one switch."""
    site, port = make_site(folder / "site"), free_port()
    found = {"dialplan": Seen(), "daemon": Seen()}
    with booted(kind, folder / "switch", outbound_port=port, extensions=dialplan(site.root)) as switch:
        link = Link(switch.esl_port, switch.password)
        with daemon(site, port, link) as ours:
            for _ in range(given.rounds):
                one_round(switch, "menu", found["dialplan"], given)
                one_round(switch, "1000", found["daemon"], given, ours.pid)
    return found


def tell(report: Report, kind: str, found: dict[str, Seen], calls: int) -> None:
    """The figures of one switch."""
    name = {"soft": "soft switch", "real": "FreeSWITCH"}[kind]
    for side, seen in found.items():
        goal = GOAL_MS if side == "daemon" else None
        for what, values in (("key", seen.pressed.from_key_ms), ("release", seen.pressed.from_release_ms)):
            for part in (0.5, 0.95, 0.99):
                at_most = goal if part == 0.95 else None
                report.add(f"{name}, {side}: from {what}, {100 * part:g} %", share(values, part), "ms", at_most=at_most)
        report.add(f"{name}, {side}: keys answered, {calls} calls at once", len(seen.pressed.from_key_ms))
        report.add(f"{name}, {side}: keys not answered", seen.pressed.unanswered, at_most=0)
        report.add(f"{name}, {side}: failed calls", seen.failed, at_most=0)
        report.add(f"{name}, {side}: the switch's processor time per key (media too)", seen.switch_ms, "ms")
    report.add(f"{name}: the bench's own share of one core", 100 * found["daemon"].own_share, "%")
    report.add(f"{name}, daemon: its processor time per key", found["daemon"].cpu_ms, "ms")
    for part in (0.5, 0.95):
        ours, theirs = (share(found[side].pressed.from_key_ms, part) for side in ("daemon", "dialplan"))
        report.add(f"{name}: daemon / dialplan, from key, {100 * part:g} %", ours / theirs if theirs else math.nan)


def main() -> None:
    words = argparse.ArgumentParser(description="From a key to the next prompt, beside the switch's own dialplan.")
    words.add_argument("--calls", type=int, default=50)
    words.add_argument("--keys", type=int, default=20, help="on each call")
    words.add_argument("--key-ms", type=int, default=40, help="how long a key is held")
    words.add_argument("--rounds", type=int, default=1)
    words.add_argument("--only", choices=("soft", "real"), help="one of the two switches")
    words.add_argument("--json", action="store_true", help="print one JSON object")
    given = words.parse_args()
    report = Report("keys")
    for kind in kinds(given.only):
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "switch").mkdir()
            tell(report, kind, measure(kind, Path(place), given), given.calls)
    report.print(as_json=given.json)


if __name__ == "__main__":
    main()
