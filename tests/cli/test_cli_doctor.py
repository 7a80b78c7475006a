"""The doctor's look at what the operator has to set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eslapp.cli import doctor
from eslapp.sitedir import SiteDir

SITE = """site: Test
languages: [en]
timezone: UTC
numbers: {"1000": main}
queues: {orders: {}}
"""
FLOW = """flow: main
start:
  - lookup:
      url: $(env.TEST_SHOP_URL)/orders
      headers: {Authorization: Bearer $(env.TEST_SHOP_KEY)}
      fails: [queue: orders]
  - identify: {by: member, lookup: {url: "https://crm.example/$(member)"}, otherwise: next}
  - queue: orders
"""


def test_words_that_are_not_set_are_named_with_where_to_set_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    (tmp_path / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    site = SiteDir(tmp_path)
    site.make()
    site.secrets()
    (found,) = doctor.of_words(site)
    assert found.state == "error" and "$(env.TEST_SHOP_KEY), $(env.TEST_SHOP_URL)" in found.text
    monkeypatch.setenv("TEST_SHOP_URL", "https://shop.example")
    stored = json.loads(site.secrets_file.read_text(encoding="utf-8"))
    site.secrets_file.write_text(json.dumps({**stored, "env": {"TEST_SHOP_KEY": "k"}}), encoding="utf-8")
    assert [finding.state for finding in doctor.of_words(site)] == ["ok"]
    assert site.secrets().esl_password == stored["esl_password"]  # its own secrets stay as they are


def test_repairs_are_told_in_words_or_that_they_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'zongji_repairs_total{kind="phone"} 2.0\nzongji_repairs_total{kind="orphan"} 0.0\n'
    monkeypatch.setattr("requests.Session.get", lambda *_args, **_words: type("Answer", (), {"text": text})())
    assert doctor.of_repairs("http://here").text == "2 since the daemon began: phones (un)registered unseen 2"
    text = ""
    assert doctor.of_repairs("http://here").text == "nothing had to be repaired since the daemon began"
