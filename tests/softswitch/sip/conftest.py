"""Nothing may be logged as an error unless the test says so with ``@pytest.mark.usefixtures("errors_wanted")``."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def errors_wanted() -> None:
    """This test makes somebody fail on purpose."""


@pytest.fixture(autouse=True)
def no_errors(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    if "errors_wanted" not in request.fixturenames:
        assert not errors, "\n".join(record.getMessage() + "\n" + str(record.exc_text) for record in errors)
