"""Every strategy has a case file ``case_<type>.py`` beside this one, and does what it says."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from strategy_cases import Case, ask_of

from eslapp.core import routing
from eslapp.core.routing import STRATEGIES, ranked, strategy

HERE = Path(__file__).parent
CASE_FILES = {path.stem.removeprefix("case_") for path in HERE.glob("case_*.py")}
CASES = [(name, case) for name in sorted(CASE_FILES) for case in import_module(f"case_{name}").CASES]


def test_every_strategy_has_its_case_file() -> None:
    assert set(STRATEGIES) == CASE_FILES


@pytest.mark.parametrize(("name", "case"), CASES)
def test_the_order(name: str, case: Case) -> None:
    assert [one.agent for one in ranked(case.agents, ask_of(case, name))] == case.order


def test_an_unknown_strategy_is_named_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="no strategy 'loudest'; there are: .*longest_idle"):
        strategy("loudest")


def test_a_file_whose_type_is_not_its_name_is_an_import_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "misnamed.py").write_text(
        "from eslapp.core.routing.base import Strategy\n"
        "class Other(Strategy):\n    type = 'other'\n    lost = 'x'\n    def score(self, agent, ask): return 0.0\n"
    )
    monkeypatch.setattr(routing, "__path__", [str(tmp_path)])
    with pytest.raises(ImportError, match="misnamed.py must hold one strategy with type = 'misnamed'"):
        routing._load()
