"""A real store on a real disk for each test, copied from one that was migrated once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from eslapp.core.events import Event
from eslapp.store import Store


@pytest.fixture
def published() -> list[tuple[int, Event]]:
    """What the store published, in order."""
    return []


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing in it."""
    path = tmp_path_factory.mktemp("migrated") / "zongji.db"
    Store(path).open(at=0.0).close()
    return path


@pytest.fixture
def store(migrated: Path, tmp_path: Path, published: list[tuple[int, Event]]) -> Iterator[Store]:
    shutil.copy(migrated, tmp_path)
    opened = Store(tmp_path / "zongji.db", publish=lambda sequence, event: published.append((sequence, event)))
    opened.open(at=1.0)
    yield opened
    opened.close()
