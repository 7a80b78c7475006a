"""What keeps the media clock on time: a priority above ordinary work, and no long garbage collections.

Not here: the clock itself (``media.clock``). Called by the process that runs a switch (``__main__``).
"""

from __future__ import annotations

import gc
import os

# Above every ordinary process and above the daemon, which has 1: two of the same priority take turns of 100 ms, and
# with a busy daemon on every core no talk would have its sound meanwhile. 1 where the system allows no more.
REAL_TIME_PRIORITIES = (2, 1)


def be_punctual() -> bool:
    """Ask for real-time scheduling, as FreeSWITCH does by default; False where the system does not allow it.

    Linux allows it to root, to CAP_SYS_NICE and within RLIMIT_RTPRIO (systemd: LimitRTPRIO=2). The kernel still keeps
    5 % of each core for others, and children do not inherit it.
    """
    return any(map(_has_taken, REAL_TIME_PRIORITIES))


def _has_taken(priority: int) -> bool:
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
    except (AttributeError, OSError):
        return False
    return True


def spare_the_collector() -> None:
    """What was loaded until now lives as long as the process: no collection looks at it again (else 20 ms each)."""
    gc.collect()
    gc.freeze()
