"""Measures how long the hub was held up: every greenlet of the daemon waits for the one that does not yield.

Owns: the stall metrics (``/metrics``), the warning, and keeping the garbage collector from holding the hub up.
Not here: profiling who did it.

Two figures. What a greenlet feels: by how much a sleep of 5 ms (up to 50 while nothing happens) came late, whoever's
fault it was. And what the daemon itself did: how long the hub ran greenlets between two looks at its sockets and
timers, without the time the machine gave the core to others meanwhile (Linux tells it per thread, in ``schedstat``).
Only the second can be mended here. The watch itself must cost next to nothing: a round of the hub reads two clocks,
the system is asked only after long ones (a read gives the interpreter to other threads), and rounds are counted here,
not by the library's locks.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from time import thread_time

import gevent
from prometheus_client import REGISTRY, Gauge, Metric
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from eslapp.clock import monotonic
from eslapp.log import get_log

log = get_log("hub_watch")

EVERY_S = 0.005
IDLE_S = 0.05  # the longest sleep, while nothing happens: a watch alone cost two hundredths of a core
FEW_ROUNDS = 4  # of the hub in one sleep: nothing happens
SWITCH_S = 0.001
NOTABLE_S = 0.1
BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
YOUNG_OBJECTS = 5_000  # made before the collector looks at the youngest; its default of 700 is for small scripts
LONG_S = 0.002  # a round that may have waited for the core
WORST_STALL = Gauge("zongji_hub_stall_worst_seconds", "The longest stall since the start")
WORST_HELD = Gauge("zongji_hub_held_worst_seconds", "The longest round of the hub since the start")


class Counted(Collector):
    """Durations in the buckets of ``BOUNDS``. For one thread: no locks."""

    def __init__(self, name: str, words: str) -> None:
        self._name, self._words = name, words
        self._counts = [0] * (len(BOUNDS) + 1)
        self._sum = 0.0
        REGISTRY.register(self)

    def count(self, seconds: float) -> None:
        """One more."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self._sum += seconds

    def collect(self) -> Iterator[Metric]:
        """For ``/metrics``."""
        up_to = accumulate(self._counts)
        buckets = [(str(bound), total) for bound, total in zip((*BOUNDS, "+Inf"), up_to, strict=True)]
        yield HistogramMetricFamily(self._name, self._words, buckets=buckets, sum_value=self._sum)


STALLS = Counted("zongji_hub_stall_seconds", "By how much a short sleep of the daemon came late")
HELD = Counted("zongji_hub_held_seconds", "How long one round of the hub took the core")


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


class Rounds:
    """Times each round of the hub: from its waking up until it waits for sockets and timers again."""

    def __init__(self) -> None:
        self._queue = RunQueue()
        self._begun, self._worked = monotonic(), thread_time()
        self._waited = self._queue.waited_s()
        self._rounds, self._longest = 0, 0.0
        loop = gevent.get_hub().loop
        self._wakes = loop.check(ref=False, priority=loop.MAXPRI)  # before everything else of the round
        self._waits = loop.prepare(ref=False, priority=loop.MINPRI)  # after everything else of it

    def start(self) -> None:
        """From now on. The callbacks run in the hub itself: they only take the time."""
        self._wakes.start(self._woke)
        self._waits.start(self._will_wait)

    def stop(self) -> None:
        """No more."""
        self._wakes.stop()
        self._waits.stop()

    def take(self) -> tuple[int, float]:
        """How many rounds since this was last asked, and the longest, in seconds."""
        taken = self._rounds, self._longest
        self._rounds, self._longest = 0, 0.0
        self._waited = self._queue.waited_s()
        return taken

    def _woke(self) -> None:
        self._begun, self._worked = monotonic(), thread_time()

    def _will_wait(self) -> None:
        held = monotonic() - self._begun
        if held > LONG_S:  # the baseline may be older than the round: at least what it worked was its own
            before, self._waited = self._waited, self._queue.waited_s()
            held = max(thread_time() - self._worked, held - (self._waited - before))
        self._rounds += 1
        self._longest = max(self._longest, held)
        HELD.count(held)


def spare_the_collector() -> None:
    """What was loaded until now lives as long as the daemon: no collection looks at it again (else 100 ms each)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    gc.enable()


def favour_the_hub() -> None:
    """A thread at work (the writer, a judge of flows) gives the interpreter back to the hub after 1 ms instead of 5:
    the hub may have to ask for it several times a round, after each call of the system."""
    sys.setswitchinterval(SWITCH_S)


def run() -> None:
    """Watch until killed."""
    rounds = Rounds()
    rounds.start()
    worst_stall = worst_held = 0.0
    sleep_s = EVERY_S
    try:
        while True:
            begun = monotonic()
            gevent.sleep(sleep_s)
            late = max(0.0, monotonic() - begun - sleep_s)
            STALLS.count(late)
            number, longest = rounds.take()
            sleep_s = min(IDLE_S, sleep_s * 2) if number <= FEW_ROUNDS else EVERY_S
            if late > worst_stall:
                worst_stall = late
                WORST_STALL.set(late)
            if longest > worst_held:
                worst_held = longest
                WORST_HELD.set(longest)
            if longest > NOTABLE_S:
                log.warning("hub-held", seconds=round(longest, 3), late=round(late, 3))
    finally:
        rounds.stop()
