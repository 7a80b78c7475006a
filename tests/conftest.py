"""What every test is given: hypothesis profiles. Property tests try few examples in the fast tier, more in the other.

``ZONGJI_EXAMPLES=1000 .venv/bin/python -m pytest tests/esl`` tries that many where a test names no number of its own.
Not here: fixtures; each folder has its own.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

FAST, THOROUGH = 20, 100

settings.register_profile("fast", max_examples=FAST, deadline=None)
settings.register_profile("thorough", max_examples=int(os.environ.get("ZONGJI_EXAMPLES", THOROUGH)), deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """The fast tier is what leaves the slow tests out; a loaded machine's hiccup is no failure (no deadlines)."""
    is_fast = "not slow" in str(config.getoption("markexpr", "")) and "ZONGJI_EXAMPLES" not in os.environ
    settings.load_profile("fast" if is_fast else "thorough")
