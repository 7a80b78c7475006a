"""What keeps the media clock on time: a priority above ordinary work, and no long garbage collections.

Not here: the clock itself (``media.clock``). Called by the process that runs a switch (``__main__``).
"""

from __future__ import annotations

import gc
import os

REAL_TIME_PRIORITY = 1  # the lowest there is: above every ordinary process, below every other real-time one


def be_punctual() -> bool:
    """Ask for real-time scheduling, as FreeSWITCH does by default; False where the system does not allow it.

    Linux allows it to root, to CAP_SYS_NICE and within RLIMIT_RTPRIO (systemd: LimitRTPRIO=1). The kernel still keeps
    5 % of each core for others, and children do not inherit it.
    """
    try:
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(REAL_TIME_PRIORITY))
    except (AttributeError, OSError):
        return False
    return True


def spare_the_collector() -> None:
    """What was loaded until now lives as long as the process: no collection looks at it again (else 20 ms each)."""
    gc.collect()
    gc.freeze()
