"""Each application's case file is ``test_app_<name>.py``; all of them use the laboratory, so all are system tests."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs a switch."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.system)
