"""The site of the page about routing is one that loads, in both languages, and the router takes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import blocks

from eslapp.core.settings import agents_of, queues_of, rules_of
from eslapp.core.trunk import trunk_of
from eslapp.core.waiting import overtaking_s
from ivr.loader import load_site

HEAD = 'site: T\nlanguages: [zh, en]\ntimezone: UTC\nskills: [orders, english]\nnumbers: {"1000": main}\n'


@pytest.mark.parametrize("page", ["docs/routing.md", "docs/routing.zh-CN.md"])
def test_the_example_is_a_site(page: str, tmp_path: Path) -> None:
    ((_, text),) = blocks(page, "yaml")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "main.yaml").write_text(
        "flow: main\nstart:\n  - hangup\nclosed:\n  - hangup\n", encoding="utf-8"
    )
    (tmp_path / "site.yaml").write_text(HEAD + text, encoding="utf-8")
    site, problems = load_site(tmp_path)
    assert site is not None, problems
    queue = queues_of(site)["orders"]
    assert overtaking_s(queue) == (45 + 10 + 5 + 2) * 60 + 1
    assert [relax.skills for relax in queue.relax] == [{"orders": 1}, {"orders": 0}]
    assert agents_of(site)["1001"].capacity == {"voice": 1, "text": 3, "email": 1}
    assert rules_of(site.routing).cool_down_s == 30.0
    assert trunk_of(site.trunk).refusal("13800138000") == ""
