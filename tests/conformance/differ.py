"""Tells how the soft switch differs from a real FreeSWITCH: ``python -m tests.conformance.differ [CASE ...]`` plays
each case (``case``; a scenario's name serves as well) on both and prints every event, header, reply, SIP message and
tone that is not alike. Without names: all of ``cases/``. ``ZONGJI_FREESWITCH`` names the real one, as for the tests.

The real one is asked twice: what it does differently from run to run is no difference. Exit status 1 when something
differs that KNOWN_DIFFERENCES.md does not declare. ``--order`` before the names: instead, which headers of events stand
elsewhere (``header_order``). Not here: judging (``compare``), keeping a case (``record``).
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path

from tests.conformance import case, compare, header_order, known, lab, play, record, scenario, soft
from tests.conformance.scenario import Scenario

TIMES = 2
SHOWN = 40
ORDER = "--order"
KNOWN = known.read(known.FILE.read_text(encoding="utf-8"))


def sources(words: list[str]) -> list[Scenario]:
    """The cases that the words name: files, names of cases, names of scenarios; all cases without words."""
    return [_source(word) for word in words] or [case.load(path) for path in sorted(case.FOLDER.glob("*.txt"))]


def _source(word: str) -> Scenario:
    for path in (Path(word), case.FOLDER / f"{word}.txt"):
        if path.is_file():
            return case.load(path)
    return scenario.load(scenario.FOLDER / f"{word}.json")


async def compared(told: Scenario, real: tuple[str, lab.Lab], where: lab.Lab) -> list[str]:
    """What the soft switch in lab ``where`` does otherwise; a difference that only one of two tries shows is timing."""
    host, real_lab = real
    with contextlib.redirect_stdout(io.StringIO()):  # what differs between the real one's runs
        hoped, cannot = await record.observed(told, real_lab, host, TIMES)
    differences: list[str] = []
    for _ in range(2):
        found = compare.differences(hoped, await play.play(hoped, where))
        differences = known.unknown(told.name, map(str, found), KNOWN, "soft")
        if not differences:
            break
    return [*(f"on FreeSWITCH: {text}" for text in sorted(set(cannot))), *differences]


async def reordered(told: Scenario, real: tuple[str, lab.Lab], where: lab.Lab) -> list[str]:
    """Which headers of the soft switch's events in lab ``where`` stand elsewhere."""
    host, real_lab = real
    told = record.without_sights(told)
    plays = [(real_lab, host), (real_lab, host), (where, "127.0.0.1")]
    first, again, soft_one = [(await record.perform(told, *place)).record for place in plays]
    return list(header_order.moved(first, again, soft_one))


async def main(words: list[str]) -> int:
    """Play all that the words name; how many differ."""
    real = lab.named_by(os.environ)
    look = reordered if words[:1] == [ORDER] else compared
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        where, conf = soft.new_lab(Path(folder))
        process = await soft.start(conf)
        try:
            for told in sources([word for word in words if word != ORDER]):
                found = await look(told, real, where)
                differing += bool(found)
                print(f"{told.name}: {len(found)} differences" if found else f"{told.name}: alike", flush=True)
                print("".join(f"  {line}\n" for line in found[:SHOWN]), end="", flush=True)
        finally:
            process.terminate()
            await process.wait()
    return differing


if __name__ == "__main__":
    sys.exit(min(asyncio.run(main(sys.argv[1:])), 1))
