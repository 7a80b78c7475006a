"""Every question that any step of the sites and examples may ask is one that the switch can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from eslapp.esl import commands
from ivr import load_site
from ivr.effects import Ask
from ivr.proof import explore

SLOW = pytest.mark.slow
SITES = Path(__file__).parents[2] / "ivr" / "sites"


@pytest.mark.parametrize("name", ["demo", *(pytest.param(one, marks=SLOW) for one in ("shop", "bank", "appliances"))])
def test_every_question_of_the_site_passes_the_doors(name: str) -> None:
    site, problems = load_site(SITES / name)
    assert site is not None, problems
    asked = [
        effect
        for flow in dict.fromkeys(site.numbers.values())
        for node in explore(site, flow, "voice").nodes
        for effect in node.turn.effects
        if isinstance(effect, Ask)
    ]
    assert asked
    for ask in set(asked):
        commands.play_and_get_digits(
            ["/s/a.wav"],
            low=ask.min,
            high=ask.max,
            ends=ask.ends,
            first_s=ask.first_s,
            next_s=ask.next_s,
            pattern=ask.pattern,
        )
