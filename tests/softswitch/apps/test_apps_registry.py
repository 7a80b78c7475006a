"""Every application has its case file."""

from __future__ import annotations

from pathlib import Path

import pytest
from switch_lab import Lab, in_lab

from eslapp.softswitch import apps


@pytest.mark.parametrize("name", sorted(apps.registered()))
def test_the_application_has_its_case_file(name: str) -> None:
    assert (Path(__file__).parent / f"test_app_{name}.py").is_file()


def test_every_case_file_has_its_application() -> None:
    cases = {path.stem.removeprefix("test_app_") for path in Path(__file__).parent.glob("test_app_*.py")}
    assert cases == set(apps.registered())


@in_lab
async def test_an_application_nobody_knows_ends_the_call(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute("no_such_app")
    assert (await call.ended(timeout=5)).q850 == 27
