"""Work in a process of its own that steps aside for calls: proofs of flows, speaking prompts.

Owns: starting it at low priority and waiting for it; taking it, or a thread that computes long, from the real-time
priority that a daemon's children and threads inherit. Not here: what it does.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from gevent import subprocess

NICENESS = 15


def run(words: Sequence[str], *, timeout_s: float) -> tuple[int, bytes]:
    """The exit status and what it wrote; ends it and raises ``subprocess.TimeoutExpired`` where it takes longer."""
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            step_aside(process.pid)
            said, _ = process.communicate(timeout=timeout_s)
        except BaseException:  # whoever waited is gone: so is it
            process.kill()
            raise
    return process.returncode, said


def step_aside(pid: int) -> None:
    """A child of a daemon that runs at the switch's priority goes back to less than an ordinary one."""
    try:
        if hasattr(os, "SCHED_BATCH"):
            os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    except OSError:
        pass  # it is over already, or nobody may: it runs as it is


def thread_comes_back() -> None:
    """The calling thread, which had stepped aside, is as urgent as its process again, where that may be."""
    try:
        policy = os.sched_getscheduler(os.getpid())  # of the first thread
        if policy != os.sched_getscheduler(0):
            os.sched_setscheduler(0, policy, os.sched_getparam(os.getpid()))
    except (AttributeError, OSError):
        pass


def thread_steps_aside() -> None:
    """The calling thread goes back to ordinary priority, for good: one that computes for long outside the interpreter.
    At the daemon's priority a flood of such work would take every core from everybody else."""
    if hasattr(os, "SCHED_OTHER"):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # 0: this thread; down is always allowed
