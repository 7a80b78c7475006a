"""Measures how long the hub was held up: every greenlet of the daemon waits for the one that does not yield.

Owns: the stall metrics (``/metrics``), the warning, and keeping the garbage collector from holding the hub up.
Not here: profiling who did it.

A wake-up that comes late has two reasons: the daemon itself was busy, or the machine gave the core to somebody else.
Linux tells how long a thread that could run had to wait (``schedstat``): what is left is the daemon's own stall.
"""

from __future__ import annotations

import gc
import os
import threading

import gevent
from prometheus_client import Gauge, Histogram

from eslapp.clock import monotonic
from eslapp.log import get_log

log = get_log("hub_watch")

EVERY_S = 0.005
NOTABLE_S = 0.1
BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
YOUNG_OBJECTS = 5_000  # made before the collector looks at the youngest; its default of 700 is for small scripts
STALLS = Histogram("zongji_hub_stall_seconds", "By how much a 5 ms sleep of the daemon came late", buckets=BOUNDS)
OWN = Histogram(
    "zongji_hub_stall_own_seconds",
    "The same without the time the machine gave the core to other processes",
    buckets=BOUNDS,
)
WORST = Gauge("zongji_hub_stall_worst_seconds", "The longest stall since the start")
WORST_OWN = Gauge("zongji_hub_stall_own_worst_seconds", "The longest stall of the daemon's own making")


class RunQueue:
    """How long this thread has waited for a core, ever, in seconds; 0 for ever where the system does not tell."""

    def __init__(self) -> None:
        try:
            self._file = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._file = -1

    def waited_s(self) -> float:
        """Read it again."""
        if self._file < 0:
            return 0.0
        return int(os.pread(self._file, 64, 0).split()[1]) / 1e9


def spare_the_collector() -> None:
    """What was loaded until now lives as long as the daemon: no collection looks at it again (100 ms each otherwise)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


def run() -> None:
    """Watch until killed."""
    queue = RunQueue()
    worst = worst_own = 0.0
    waited = queue.waited_s()
    while True:
        begun = monotonic()
        gevent.sleep(EVERY_S)
        late = max(0.0, monotonic() - begun - EVERY_S)
        waited_before, waited = waited, queue.waited_s()
        own = max(0.0, late - (waited - waited_before))
        STALLS.observe(late)
        OWN.observe(own)
        if late > worst:
            worst = late
            WORST.set(worst)
        if own > worst_own:
            worst_own = own
            WORST_OWN.set(worst_own)
        if own > NOTABLE_S:
            log.warning("hub-stall", seconds=round(late, 3), own=round(own, 3))
