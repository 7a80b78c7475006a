"""Passwords: argon2id hashes compared off the hub, at the same cost for unknown names.

Owns: hashing parameters (OWASP: 19 MiB, t=2, p=1) and the small thread pool that bounds their memory.
Not here: where hashes are kept (``eslapp.store``), sessions (``sessions``), counting wrong tries (``throttle``).

>>> hash_password("open sesame").startswith("$argon2id$")
True
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.threadpool import ThreadPool

from eslapp.less_urgent import thread_steps_aside

PASSWORD_CAP = 256  # characters; longer is refused before any work
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The encoded argon2id hash of ``password``. Blocks about 30 ms."""
    return _HASHER.hash(password)


def matches(encoded: str, password: str) -> bool:
    """Whether ``password`` belongs to the hash; a damaged hash matches nothing."""
    try:
        return _HASHER.verify(encoded, password)
    except (VerificationError, InvalidHashError):
        return False


@cache  # not at the import: 30 to 130 ms of every start
def _decoy() -> str:
    return _HASHER.hash("nobody has this password")


def _compare(encoded: str | None, password: str) -> bool:
    thread_steps_aside()
    return matches(encoded or _decoy(), password)


class Passwords:
    """The off-hub door to hashing: at most ``workers`` hashes (19 MiB each) at once."""

    def __init__(self, workers: int = 2) -> None:
        self._pool = ThreadPool(workers)

    def is_right(self, encoded: str | None, password: str) -> bool:
        """Compare in the pool. ``None`` (no such user) costs the same time and is never right."""
        verdict = self._pool.apply(_compare, (encoded, password[:PASSWORD_CAP]))
        return verdict and encoded is not None and len(password) <= PASSWORD_CAP
