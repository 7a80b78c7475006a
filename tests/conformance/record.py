"""Records a scenario on a real FreeSWITCH: ``python -m tests.conformance.record NAME...`` plays what the named
scenario files do and writes what they must see. ``ZONGJI_FREESWITCH`` names the switch, as for the tests.

A file needs only ``shows``, ``phones`` and its ``do`` steps with pauses. A ``do`` after a pause comes just then
(0: at once), else when the switch has been quiet for a moment. Each scenario is played several times: what differs
from run to run becomes ``<*>``, ``null`` or ``may``. Not here: judging (``compare``), how files look (``notation``).
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from dataclasses import dataclass, replace

from tests.conformance import case, lab, notation, scenario
from tests.conformance.play import ID, Stage, leg_about
from tests.conformance.scenario import Do, Pause, Scenario, See, Step
from tests.conformance.sights import Sight

TIMES = 3
QUIET_S = 0.25  # nothing came for this long: the switch has done what it was asked
AT_MOST_S = 4.0
LETTERS = "ABCDEFGHIKLNOPQRSTUVWXYZ"  # J and M are jobs and members


@dataclass(frozen=True)
class Saw:
    """One sight as the scenario writes it: ids and places are placeholders."""

    at: float
    who: str
    sight: Sight


@dataclass(frozen=True)
class Took:
    """A ``do`` and when it was done."""

    at: float
    step: Do


class RecordingStage(Stage):
    """Gives a new leg the next letter instead of looking for it in the scenario."""

    def __init__(self, told: Scenario, where: lab.Lab, host: str) -> None:
        super().__init__(told, where, host)
        self.took: list[Took] = []
        self.last = 0.0

    @property
    def now(self) -> float:
        return time.monotonic() - self._start

    def saw(self, who: str, sight: Sight) -> None:
        self.last = self.now
        super().saw(who, sight)

    def _learn(self, who: str, sight: Sight) -> None:
        super()._learn(who, sight)
        is_new = sight.leg and sight.kind in ("event", "connect") and sight.leg not in self.record.names.values()
        if is_new and re.fullmatch(ID, sight.leg):
            letter = next(one for one in LETTERS if one not in self.record.names)
            self.record.names[letter] = sight.leg
            self.scenario.legs[letter] = leg_about(sight.headers)

    async def quiet(self) -> None:
        """Wait until nothing has come for a moment."""
        began = self.now
        while self.now - max(self.last, began) < QUIET_S and self.now - began < AT_MOST_S:
            await asyncio.sleep(0.02)


async def perform(told: Scenario, where: lab.Lab, host: str) -> RecordingStage:
    """Play the steps in their own time, whatever comes."""
    stage = RecordingStage(told, where, host)
    try:
        await stage.open()
        is_timed = True
        for step in told.steps:
            if isinstance(step, Pause):
                is_timed = step.seconds != notation.SHORT_S
                await asyncio.sleep(step.seconds)
            elif isinstance(step, Do):
                if not is_timed:
                    await stage.quiet()
                stage.took.append(Took(stage.now, step))
                await stage.do(step)
                is_timed = False
        await stage.quiet()
    finally:
        await stage.close()
    return stage


def rows_of(stage: RecordingStage) -> list[Saw | Took]:
    """Everything in order of time, with placeholders for what is different in each run."""
    names = stage.record.names
    seen = [Saw(at, who, notation.with_names(sight, names)) for at, who, sight in stage.record.seen]
    kept = [row for row in seen if notation.is_worth(row.sight)]
    return sorted([*kept, *stage.took], key=lambda row: row.at)


def without_sights(told: Scenario) -> Scenario:
    """What is done alone; watched where it names a leg."""
    steps: tuple[Step, ...] = tuple(step for step in told.steps if isinstance(step, Do | Pause))
    asks = any(re.search(r"\{[A-IK-LN-Z]\}", str(step.args)) for step in steps if isinstance(step, Do))
    return replace(told, steps=steps, legs={}, is_watched=asks or told.is_watched)


async def observed(told: Scenario, where: lab.Lab, host: str, times: int = TIMES) -> tuple[Scenario, list[str]]:
    """Play what the scenario does several times; the same scenario with what came back, and what could not be done."""
    told = without_sights(told)
    stages = [await perform(told, where, host) for _ in range(times)]
    runs = [rows_of(stage) for stage in stages]
    late = [text for stage in stages for text in stage.record.late]
    pauses = {n for n, step in enumerate(_pauses(told.steps)) if step is not None and step.seconds != notation.SHORT_S}
    return replace(told, steps=tuple(notation.steps_of(notation.merged(runs), pauses))), late


async def record(name: str, where: lab.Lab, host: str) -> None:
    """Write the scenario anew; a case of that name is its source where there is one."""
    path = scenario.FOLDER / f"{name}.json"
    source = case.FOLDER / f"{name}.txt"
    told, late = await observed(case.load(source) if source.exists() else scenario.load(path), where, host)
    if late:
        raise SystemExit(f"{name}: {late}")
    notation.write(path, told)
    print(f"{name}: {sum(isinstance(step, See) for step in told.steps)} sights")


def _pauses(steps: tuple[Step, ...]) -> list[Pause | None]:
    """For each ``do``: the pause right before it."""
    before: list[Pause | None] = []
    last: Pause | None = None
    for step in steps:
        if isinstance(step, Do):
            before.append(last)
        last = step if isinstance(step, Pause) else None
    return before


if __name__ == "__main__":
    switch, place = lab.named_by(os.environ)
    for each in sys.argv[1:]:
        asyncio.run(record(each, place, switch))
