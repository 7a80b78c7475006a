"""What every test is given: hypothesis profiles, plain tracebacks in logs, less collecting of garbage.

Property tests try few examples in the fast tier, more in the other.

``ZONGJI_EXAMPLES=1000 .venv/bin/python -m pytest tests/esl`` tries that many where a test names no number of its own.
Not here: fixtures; each folder has its own.
"""

from __future__ import annotations

import gc
import os
import re
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

FAST, THOROUGH = 12, 100

settings.register_profile("fast", max_examples=FAST, deadline=None)
settings.register_profile("thorough", max_examples=int(os.environ.get("ZONGJI_EXAMPLES", THOROUGH)), deadline=None)


PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], PLAIN])  # rich ones take 0.1 s each


def pytest_configure(config: pytest.Config) -> None:
    """The fast tier is what leaves the slow tests out; a loaded machine's hiccup is no failure (no deadlines)."""
    is_fast = "not slow" in str(config.getoption("markexpr", "")) and "ZONGJI_EXAMPLES" not in os.environ
    settings.load_profile("fast" if is_fast else "thorough")


ALL_OF_THE_FILE = re.compile(r"^pytestmark = .*\bpytest\.mark\.(system|slow)\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The fast tier does not even import files all of whose tests it leaves out."""
    left_out = re.findall(r"not (\w+)", str(config.getoption("markexpr", "")))
    if not left_out or collection_path.suffix != ".py":
        return None
    marked = ALL_OF_THE_FILE.search(collection_path.read_text(encoding="utf-8"))
    return True if marked and marked[1] in left_out else None


def pytest_collection_finish() -> None:
    """Thousands of tests and their modules live to the end: looking through them for garbage cost a tenth of a run."""
    gc.collect()
    gc.freeze()
