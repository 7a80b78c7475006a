"""Work in native threads, outside the hub: what it raises is raised where it was asked for, without noise.

Not here: what is done there (``writer``, ``readers``, ``store``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from gevent.threadpool import ThreadPool

T = TypeVar("T")


def run_in(pool: ThreadPool, fn: Callable[..., T], *arguments: Any) -> T:
    """``fn(*arguments)`` in a thread of ``pool``; only the calling greenlet waits."""
    value, error = pool.apply(_caught, (fn, arguments))  # gevent prints what escapes from a thread
    if error is not None:
        raise error
    result: T = value
    return result


def _caught(fn: Callable[..., T], arguments: tuple[Any, ...]) -> tuple[T | None, Exception | None]:
    try:
        return fn(*arguments), None
    except Exception as error:  # the boundary of a thread: carried back to the caller
        return None, error
