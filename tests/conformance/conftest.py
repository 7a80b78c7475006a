"""Fixtures: the soft switch in its own lab (several at once, because scenarios mostly wait), or the FreeSWITCH that
the environment names.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conformance import compare, known, lab, play, scenario, soft

SWITCHES = 6  # soft switches at once: scenarios mostly wait


@dataclass(frozen=True)
class Played:
    differences: list[str]


@pytest.fixture(scope="session")
def soft_switch_results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All chosen scenarios, played on soft switches at once; a scenario's outcome by its name."""
    chosen = [item.callspec.params["name"] for item in request.session.items if _is_soft(item)]
    return asyncio.run(_play_all(sorted(set(chosen)), tmp_path_factory.mktemp("conformance")))


@pytest.fixture(scope="session")
def play_on_freeswitch() -> Callable[[str], list[str]]:
    """Plays one scenario on the FreeSWITCH that ZONGJI_FREESWITCH names; what differs is played once more: its threads,
    too, do things in another order now and then.
    """
    host, where = lab.named_by(os.environ)
    rows = known.read(known.FILE.read_text(encoding="utf-8"))

    def run(name: str) -> list[str]:
        differences = asyncio.run(outcome(name, where, host))
        is_as_declared = not known.unknown(name, differences, rows, "real")
        return differences if is_as_declared else asyncio.run(outcome(name, where, host))

    return run


async def outcome(name: str, where: lab.Lab, host: str = "127.0.0.1") -> list[str]:
    """Play one scenario and tell every difference; a switch that cannot be used is a difference as well."""
    told = scenario.load(scenario.FOLDER / f"{name}.json")
    try:
        record = await play.play(told, where, host)
    except (OSError, TimeoutError) as error:
        return [f"late: the switch cannot be used: {error!r}"]
    return [str(difference) for difference in compare.differences(told, record)]


async def _play_all(names: list[str], folder: Path) -> dict[str, Played]:
    """Several at once, the longest first; what differs is played once more alone: on a busy machine timing alone can
    reorder things.
    """
    text = known.FILE.read_text(encoding="utf-8")
    rows, expected = known.read(text), known.not_yet(text)
    names = sorted(names, key=lambda name: -scenario.load(scenario.FOLDER / f"{name}.json").seconds)
    results = await _play(names, folder, SWITCHES)
    differing = [name for name in names if known.unknown(name, results[name].differences, rows, "soft")]
    again = [name for name in differing if name not in expected]
    return results | await _play(again, folder / "again", 1)


async def _play(names: list[str], folder: Path, switches: int) -> dict[str, Played]:
    waiting: asyncio.Queue[str] = asyncio.Queue()
    for name in names:
        waiting.put_nowait(name)
    results: dict[str, Played] = {}
    await asyncio.gather(*(_worker(waiting, results, folder / f"switch-{n}") for n in range(switches)))
    return results


async def _worker(waiting: asyncio.Queue[str], results: dict[str, Played], folder: Path) -> None:
    where, conf = soft.new_lab(folder)
    process = None
    try:
        while not waiting.empty():
            name = waiting.get_nowait()
            if process is None or process.returncode is not None:
                process = await soft.start(conf)
            results[name] = Played(await outcome(name, where))
    finally:
        if process is not None and process.returncode is None:
            process.terminate()
            await process.wait()


def _is_soft(item: pytest.Item) -> bool:
    return "soft_switch_results" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")
