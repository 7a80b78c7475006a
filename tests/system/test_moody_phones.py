"""R16: phones that ring out, are busy, are gone or hang up at once: every caller is served, places are kept.

Only who lets a call ring out is put off, once for each; nobody stays "ringing". ``ZONGJI_MOODS=200x20`` (calls, agents)
for the full size. Prints the five counts.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import await_that
from eslapp.softphone import PhoneCall, PhoneError
from tests.bench.sipp import Load, Sipp
from tests.system import kill_run
from tests.system.kill_run import GIVE_UP_S, Robot, Seen
from tests.system.test_killed_often import Floor, inversions

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("sipp") is None, reason="SIPp is not installed: apt-get install sip-tester"),
]
CALLS, STAFF = (int(word) for word in os.environ.get("ZONGJI_MOODS", "12x4").split("x"))
AGENTS = [str(1001 + number) for number in range(STAFF)]
RING_S, TALK_S, SEED = 5.0, 0.5, 16
MOODS = ("silent",) * 3 + ("busy",) * 2 + ("gone",) + ("drops",) + ("takes",) * 3  # of ten calls
SLOW_S = 1.0  # an answer this close to the end of the ring time may be too late, and is this process's own fault
CODES = {"busy": 486, "gone": 480}


class Moody(Robot):
    """Their phone does something else each time. ``moods``: shared, drawn in the order of the calls."""

    moods = random.Random(SEED)
    met: Counter[str] = Counter()
    answers: list[tuple[str, float]] = []  # who, and when their phone had said something

    async def _talk(self, call: PhoneCall) -> None:
        mood = self.moods.choice(MOODS)
        self.met[mood] += 1
        if mood == "silent":
            with suppress(PhoneError, TimeoutError):
                await call.ended(timeout=RING_S * 4)
            return
        try:
            await (call.reject(CODES[mood]) if mood in CODES else call.accept())
        finally:
            self.answers.append((self.agent, time.time()))
        if mood == "drops":
            await call.hang_up()
        elif mood == "takes":
            await call.ended(timeout=GIVE_UP_S)
            self.seen.talks += 1


def test_every_caller_is_served_by_moody_phones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_run, "Robot", Moody)
    Moody.met.clear()
    Moody.answers.clear()
    seen = Seen()
    load = Load(CALLS, max(2.0, CALLS / 20), CALLS)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        Floor(tmp_path / "site", AGENTS, f", ring: {RING_S:.0f} s") as site,
        kill_run.floor(site, AGENTS, 0, seen, TALK_S),
    ):
        ear.bind(("127.0.0.1", 0))
        with Sipp("until_bye", site.sip, "1000", load, rtp_port=ear.getsockname()[1]) as sipp:
            calls = sipp.wait(within_s=600)
            complaints = sipp.screen() if calls.failed else ""
        await_that("everything closed", 60, lambda: not site.rows("SELECT 1 FROM interactions WHERE state <> 'closed'"))
        told = judge(site, calls)
        put_off = site.rows("SELECT count(*) FROM events WHERE type = 'PresenceChanged' AND body LIKE '%\"rna\"%'")[0][
            0
        ]
        states = dict(site.rows("SELECT state, count(*) FROM offers GROUP BY state"))
        slow = [each for each in Moody.answers if answered_after(site, *each) > RING_S - SLOW_S]
        slowest = site.rows("SELECT max(ended_at - offered_at) FROM offers WHERE state <> 'accepted'")[0][0]
    answers = f"phones {dict(Moody.met)}, answered late {len(slow)}"
    print(f"seed {SEED}: {told}; {answers}; offers {states}; put off {put_off}; slowest {slowest:.1f} s")
    assert (told["lost"], told["duplicated"], told["unexpected"]) == (0, 0, 0), told
    assert told["acknowledged"] == CALLS, complaints
    assert put_off == states.get("expired", 0), "put off once for each call that rang out, and for nothing else"
    assert sum(states.values()) == sum(Moody.met.values()), "each offer rings one phone, once"
    late = states.get("expired", 0) - Moody.met["silent"] - Moody.met["gone"]
    assert late <= len(slow), "blamed for a call they had answered in time"
    assert slowest < 60.0, "an agent was stuck"


def answered_after(site: Floor, agent: str, at: float) -> float:
    """Seconds from the offer to what their phone said to it."""
    told = site.rows(f"SELECT max(offered_at) FROM offers WHERE agent = '{agent}' AND offered_at <= {at}")
    return at - float(told[0][0])


def judge(site: Floor, calls: Any) -> dict[str, int]:
    """The five counts."""
    outcomes = dict(site.rows("SELECT outcome, count(*) FROM interactions GROUP BY outcome"))
    twice = site.rows(
        "SELECT 1 FROM events WHERE type = 'InteractionConnected' GROUP BY interaction HAVING count(*) > 1"
    )
    return {
        "attempted": CALLS,
        "acknowledged": calls.succeeded,
        "lost": CALLS - outcomes.get("handled", 0),
        "duplicated": len(twice),
        "unexpected": inversions(site),
    }
