"""Work that steps aside: at low priority, waited for, ended where it takes too long."""

import subprocess
import sys

import pytest

from eslapp import less_urgent

UNTIL_NICE = f"""
import os, time
while os.getpriority(os.PRIO_PROCESS, 0) < {less_urgent.NICENESS}: time.sleep(0.001)
print("nice", os.sched_getscheduler(0) == os.SCHED_BATCH)  # not at the priority of a daemon
raise SystemExit(3)
"""


def test_the_process_runs_at_low_priority() -> None:
    assert less_urgent.run([sys.executable, "-S", "-c", UNTIL_NICE], timeout_s=20) == (3, b"nice True\n")


def test_a_process_that_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        less_urgent.run(["sleep", "60"], timeout_s=0.01)
