"""A running web side for tests that ask for ``house``. Files that know ``House`` wait on real sockets: ``system``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from answers import Answers  # noqa: E402
from house import House  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest calls this with the items of the whole run; only files of this folder know ``House``."""
    for item in items:
        if isinstance(item, pytest.Function) and vars(item.module).get("House") is House:
            item.add_marker(pytest.mark.system)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all tests of a file that leave it as they found it."""
    running = House(tmp_path_factory.mktemp("shared") / "site")
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    running = House(tmp_path / "site")
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def answers() -> Iterator[Answers]:
    """A provider of written answers."""
    made = Answers()
    yield made
    made.server.shutdown()
    made.server.server_close()
