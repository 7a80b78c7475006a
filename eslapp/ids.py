"""Makes ids. Injected wherever an id is needed, so that tests and replays can count instead.

>>> counting("int")() , counting("int", start=7)()
('int-1', 'int-7')
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable

IdSource = Callable[[], str]


def random_id() -> str:
    """128 random bits as 32 hex digits: unguessable, safe in a URL, a file name and a channel variable."""
    return secrets.token_hex(16)


def counting(prefix: str, start: int = 1) -> IdSource:
    """An id source for tests: ``int-1``, ``int-2``, ..."""
    numbers = itertools.count(start)
    return lambda: f"{prefix}-{next(numbers)}"
