"""Work that steps aside: at low priority, waited for, ended where it takes too long."""

import os
import subprocess
import sys
from pathlib import Path

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


HASHED_BY_ONE_IN_A_HURRY = """
import os
try:
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
except OSError:
    raise SystemExit("not allowed")
from webhooks.passwords import Passwords, hash_password
passwords = Passwords(workers=1)
assert not passwords.is_right(None, "a guess")
assert passwords.is_right(hash_password("a word"), "a word")
print(sorted(os.sched_getscheduler(int(each)) == os.SCHED_RR for each in os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_RR"), reason="no priorities of that kind on this system")
def test_passwords_are_not_hashed_at_the_daemons_priority() -> None:
    """Anybody may have as many compared as they like: at that priority they would take the cores from all others."""
    done = subprocess.run([sys.executable, "-c", HASHED_BY_ONE_IN_A_HURRY], capture_output=True, text=True)
    if "not allowed" in done.stderr:
        pytest.skip("this process may not take real-time priority")
    assert done.stdout.strip() == "[False, True]", done.stderr


READ_BY_ONE_IN_A_HURRY = """
import os, sys
from pathlib import Path
try:
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
except OSError:
    raise SystemExit("not allowed")
from eslapp.store.readers import Readers
readers = Readers(Path(sys.argv[1]))
def is_urgent(tx):
    return os.sched_getscheduler(0) == os.SCHED_RR
def report(tx):
    tx.value("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) SELECT max(i) FROM n")
    return is_urgent(tx)
print(readers.run(is_urgent), readers.run(report), [readers.run(is_urgent) for _ in range(6)])
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_RR"), reason="no priorities of that kind on this system")
def test_a_long_report_steps_aside_and_the_next_read_does_not(tmp_path: Path) -> None:
    """At the daemon's priority it would hold a core against everybody else for as long as it computes."""
    words = [sys.executable, "-c", READ_BY_ONE_IN_A_HURRY, str(tmp_path / "rows.db")]
    done = subprocess.run(words, capture_output=True, text=True)
    if "not allowed" in done.stderr:
        pytest.skip("this process may not take real-time priority")
    assert done.stdout.strip() == f"True False {[True] * 6}", done.stderr
