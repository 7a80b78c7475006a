"""What an agent hears before the join: in their language, all of it known when the site is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr import catalog, checks
from ivr.effects import Piece, Recorded, Spoken
from ivr.loader import load_site
from ivr.site import Site
from ivr.whisper import whisper_speech

SITE = """site: T
languages: [zh, en]
timezone: UTC
numbers: {"1000": main}
queues:
  orders: {label: {zh: 订单, en: Orders}, whisper: WHISPER}
"""
FLOW = "flow: main\nstart:\n  - queue: {name: orders, after: {wait: 1 min, go: start}}\n"


def loaded(folder: Path, whisper: str) -> tuple[Site | None, list[str]]:
    (folder / "flows").mkdir()
    (folder / "site.yaml").write_text(SITE.replace("WHISPER", whisper), encoding="utf-8")
    (folder / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    site, problems = load_site(folder)
    return site, [str(one) for one in problems]


def test_label_and_wait_are_said_in_the_agents_language(tmp_path: Path) -> None:
    site, _ = loaded(tmp_path, '{zh: "$(queue)，等候$(waited | duration)", en: "$(queue), waited $(wait | minutes)"}')
    assert site is not None
    said = whisper_speech(site, "orders", "zh", 125.4)
    assert said == (Spoken("订单", "zh"), Spoken("，等候", "zh"), Piece("duration", "125", "zh"))
    assert whisper_speech(site, "orders", "en", 20.0)[-1] == Piece("minutes", "1", "en")
    every = catalog.all_speech(site)
    for language in ("zh", "en"):
        for waited_s in (0.0, 59.0, 3725.0):
            assert set(catalog.rendered(site, whisper_speech(site, "orders", language, waited_s))) <= every


def test_a_file_is_played_and_must_be_there(tmp_path: Path) -> None:
    site, _ = loaded(tmp_path, "ding.wav")
    assert site is not None
    assert whisper_speech(site, "orders", "en", 5.0) == (Recorded("ding.wav", "en"),)
    assert "ding.wav" in catalog.all_recorded(site)
    assert any("ding.wav" in problem.text for problem in checks.run(site))


def test_a_value_that_nobody_knows_is_refused_at_its_place(tmp_path: Path) -> None:
    site, problems = loaded(tmp_path, '"for $(order)"')
    assert site is None and "site.yaml:6" in problems[0] and "$(order)" in problems[0], problems


@pytest.mark.parametrize("queue", ["orders", "gone"])
def test_no_whisper_no_sound(queue: str, tmp_path: Path) -> None:
    site, _ = loaded(tmp_path, "hello")
    assert site is not None
    assert bool(whisper_speech(site, queue, "en", 1.0)) == (queue == "orders")
