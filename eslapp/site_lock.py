"""One ``zongji run`` per site: a lock that its processes share, so that it outlives a killed parent.

Owns: taking the lock, and one clear line where it is taken. Not here: starting processes (``launch``).

The lock is a ``flock`` on ``var/run.lock``. The children inherit the open file: where ``zongji run`` alone was killed,
the next start does not begin a second daemon on the same database, but names the processes that are left.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from eslapp.sitedir import SiteDir
from eslapp.supervisor import StartFailed

OURS = ("eslapp", "eslapp.softswitch", "recordings.transcribe")


def hold(site_dir: SiteDir) -> int:
    """Take the site; the open file to be shared with the children. Raises ``StartFailed`` where it is taken."""
    lock = os.open(site_dir.var / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
        os.close(lock)
        raise StartFailed(taken(site_dir, owner)) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def taken(site_dir: SiteDir, owner: str) -> str:
    """What to say, and what to do about it."""
    if is_alive(owner):
        return f"the site {site_dir.root} is being run already, by process {owner}; stop that one first: kill {owner}"
    left = " ".join(str(pid) for pid in left_behind(site_dir.root))
    return f"the last run of {site_dir.root} was killed and its processes go on; end them first: kill {left}"


def is_alive(pid: str) -> bool:
    """Whether there is such a process."""
    return pid.isdigit() and Path("/proc", pid).exists()


def left_behind(root: Path) -> list[int]:
    """The processes of a site, by their command lines."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue  # it has just ended, or is not ours
        is_ours = any(words[at : at + 1] == ["-m"] and words[at + 1] in OURS for at in range(len(words) - 1))
        if is_ours and any(word == str(root) or word.startswith(f"{root}/") for word in words):
            found.append(int(folder.name))
    return sorted(found)
