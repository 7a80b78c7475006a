"""Keeps the order of events' headers: ``python -m tests.conformance.order NAME...`` plays the named scenarios on a real
FreeSWITCH, each several times, and writes one digest per event into ``orders.json``, ``-`` where the order, or the
event itself, differs between the plays. ``ZONGJI_FREESWITCH`` names the switch, as for the tests.

Not here: what a digest is (``compare``), which headers stand elsewhere (``differ --order``).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from tests.conformance import compare, lab, play, scenario
from tests.conformance.scenario import ORDERS, Scenario, See

TIMES = 3
NO_ORDER = "-"


async def observed(told: Scenario, where: lab.Lab, host: str, times: int = TIMES) -> str:
    """The digests of the scenario's events, as ``orders.json`` has them."""
    sees = [step for step in told.steps if isinstance(step, See) and step.headers is not None]
    kept = [NO_ORDER] * len(sees)
    for number in range(times):
        found = {id(see): digest for see, digest in compare.orders(told, await play.play(told, where, host))}
        now = [found.get(id(see), NO_ORDER) for see in sees]
        kept = [b if number == 0 or a == b else NO_ORDER for a, b in zip(kept, now, strict=True)]
    return " ".join(kept)


def write(orders: dict[str, str]) -> None:
    """Add these to ``orders.json``."""
    known = json.loads(ORDERS.read_text(encoding="utf-8")) if ORDERS.exists() else {}
    rows = (f"{json.dumps(name)}:{json.dumps(text)}" for name, text in sorted((known | orders).items()))
    ORDERS.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def main(names: list[str]) -> None:
    """Keep the order of these scenarios, all without names."""
    host, where = lab.named_by(os.environ)
    for name in names or scenario.names():
        told = scenario.load(scenario.FOLDER / f"{name}.json")
        write({name: asyncio.run(observed(told, where, host))})


if __name__ == "__main__":
    main(sys.argv[1:])
