"""A process whose files may not grow for a while: prints how many writes were refused and how many acknowledged."""

from __future__ import annotations

import resource
import signal
import sqlite3
import sys

from eslapp.core.events import PhoneChanged
from eslapp.store import Store, StoreUnavailable, events

ROOM = 200_000


def main(path: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = Store(path).open(at=1.0)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    acknowledged, refused = [], 0
    for number in range(400):
        if number == 300:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        try:
            store.write(
                lambda tx, number=number: events.append(
                    tx, PhoneChanged(at=1.0, agent=f"{number} {'x' * 2000}", registered=True)
                )
            )
            acknowledged.append(number)
        except StoreUnavailable:
            refused += 1
    store.close()
    assert 399 in acknowledged, "it did not recover"
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [int(row[0].split()[0]) for row in raw.execute("SELECT agent FROM events ORDER BY sequence")]
    assert kept == acknowledged, set(kept) ^ set(acknowledged)
    print(refused, len(acknowledged))


if __name__ == "__main__":
    main(sys.argv[1])
