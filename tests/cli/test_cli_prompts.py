"""``zongji prompts``, as typed."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

from eslapp.cli import main

DEMO = Path(__file__).parents[2] / "ivr" / "sites" / "demo"


def test_check_says_that_the_demonstration_speaks() -> None:
    ran = CliRunner().invoke(main, ["prompts", "check", "--site", str(DEMO)])
    assert ran.exit_code == 0 and "all spoken" in ran.output, ran.output


@pytest.mark.system
def test_check_names_what_is_missing_and_render_speaks_it(tmp_path: Path) -> None:
    site = copytree(DEMO, tmp_path / "site")
    flow = site / "flows" / "night.yaml"
    flow.write_text(flow.read_text("utf-8").replace("Goodbye.", "Good night."), encoding="utf-8")
    ran = CliRunner().invoke(main, ["prompts", "check", "--site", str(site), "--json"])
    (row,) = json.loads(ran.output)
    assert (ran.exit_code, row["state"], row["text"]) == (1, "missing", "Thank you for calling. Good night.")
    spoken = CliRunner().invoke(main, ["prompts", "render", "--site", str(site)])
    again = CliRunner().invoke(main, ["prompts", "check", "--site", str(site), "--all", "--json"])
    states = {one["text"]: one["state"] for one in json.loads(again.output)}
    assert states["Thank you for calling. Good night."] == ("ready" if spoken.exit_code == 0 else "emergency voice")
