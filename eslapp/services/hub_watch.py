"""Measures how long the hub was held up: every greenlet of the daemon waits for the one that does not yield.

Owns: the stall metric (``/metrics``) and the warning. Not here: profiling who did it.
"""

from __future__ import annotations

import gevent
from prometheus_client import Gauge, Histogram

from eslapp.clock import monotonic
from eslapp.log import get_log

log = get_log("hub_watch")

EVERY_S = 0.005
NOTABLE_S = 0.1
STALLS = Histogram(
    "zongji_hub_stall_seconds",
    "By how much a 5 ms sleep of the daemon came late",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
)
WORST = Gauge("zongji_hub_stall_worst_seconds", "The longest stall since the start")


def run() -> None:
    """Watch until killed."""
    worst = 0.0
    while True:
        begun = monotonic()
        gevent.sleep(EVERY_S)
        late = monotonic() - begun - EVERY_S
        STALLS.observe(max(0.0, late))
        if late > worst:
            worst = late
            WORST.set(worst)
        if late > NOTABLE_S:
            log.warning("hub-stall", seconds=round(late, 3))
