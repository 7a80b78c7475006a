"""Plays every scenario on the soft switch, and on a real FreeSWITCH where ``ZONGJI_FREESWITCH=host:port`` names one
(README.md).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance import known, scenario
from tests.conformance.conftest import Played

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]
TEXT = known.FILE.read_text(encoding="utf-8")
KNOWN = known.read(TEXT)
NOT_YET = known.not_yet(TEXT)
IS_REAL = "ZONGJI_FREESWITCH" in os.environ
CHOSEN = scenario.wanted(os.environ.get("ZONGJI_CONFORMANCE", ""))
SHOWN = 12


@pytest.mark.parametrize("name", CHOSEN)
def test_the_soft_switch_behaves_as_freeswitch_did(name: str, soft_switch_results: dict[str, Played]) -> None:
    differences = soft_switch_results[name].differences
    left = known.unknown(name, differences, KNOWN, "soft")
    if left and name in NOT_YET:
        pytest.xfail(f"{NOT_YET[name]} ({len(left)} differences)")
    judge(name, differences, "soft")


@pytest.mark.skipif(not IS_REAL, reason="ZONGJI_FREESWITCH=host:port names no FreeSWITCH")
@pytest.mark.parametrize("name", CHOSEN)
def test_freeswitch_behaves_as_it_did(name: str, play_on_freeswitch: object) -> None:
    judge(name, play_on_freeswitch(name), "real")  # type: ignore[operator]


def test_every_deliberate_difference_is_still_there(soft_switch_results: dict[str, Played]) -> None:
    if set(soft_switch_results) != set(scenario.names()):
        pytest.skip("only some scenarios were played")
    stale = [
        f"{row.scenario}: {row.pattern}"
        for row in KNOWN
        if row.only == "soft"
        and not any(
            row.covers(name, text, "soft") for name, one in soft_switch_results.items() for text in one.differences
        )
    ]
    assert not stale, "mended, take these rows out of KNOWN_DIFFERENCES.md:\n  " + "\n  ".join(stale)


def test_every_known_difference_names_scenarios_and_a_reason() -> None:
    for row in KNOWN:
        assert any(Path(name).match(row.scenario) for name in scenario.names()), row
        assert len(row.reason) > 20, row
    assert set(NOT_YET) <= set(scenario.names())


def judge(name: str, differences: list[str], switch: str) -> None:
    """Fail with the first differences that nobody declared."""
    left = known.unknown(name, differences, KNOWN, switch)
    shown = "\n  ".join(left[:SHOWN])
    assert not left, f"{len(left)} differences from FreeSWITCH in {name}:\n  {shown}"
