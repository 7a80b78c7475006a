"""What agents choose from is the site's, where it says so; and the site says who is a supervisor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from ivr.loader import load_site
from webhooks import presets
from webhooks.accounts import Accounts
from webhooks.guard import Role

SITE = """site: Shop
languages: [en]
timezone: UTC
numbers: {"1000": main}
agents:
  "1001": {name: Ann, role: supervisor}
  "1002": {name: Bob}
dispositions: {sold: {en: Sold, zh: 成交}, other: Something else}
quick_replies: [{en: "I am {agent}."}]
"""


def read(folder: Path, text: str) -> Any:
    (folder / "flows").mkdir(parents=True)
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    (folder / "flows" / "main.yaml").write_text("flow: main\nstart:\n  - hangup\n", encoding="utf-8")
    return load_site(folder)


def test_a_site_s_own_choices_reach_the_workbench(tmp_path: Path) -> None:
    site, problems = read(tmp_path, SITE)
    assert not problems
    told = presets.of_site(site)
    assert told["dispositions"] == [
        {"code": "sold", "label": {"en": "Sold", "zh": "成交"}},
        {"code": "other", "label": {"en": "Something else", "zh": "Something else"}},
    ]
    assert told["quick_replies"] == [{"en": "I am {agent}.", "zh": "I am {agent}."}]
    usual = presets.of_site(replace(site, dispositions={}, quick_replies=()))
    assert len(usual["dispositions"]) == 6 and len(usual["quick_replies"]) == 5


def test_the_site_says_who_is_a_supervisor(tmp_path: Path) -> None:
    site, _ = read(tmp_path, SITE)
    accounts = Accounts(cast(Any, SimpleNamespace(site=site, secrets=SimpleNamespace(agents={}))))
    assert [accounts.role(login) for login in ("1001", "1002")] == [Role.SUPERVISOR, Role.AGENT]


def test_a_role_nobody_knows_is_a_mistake_of_the_author(tmp_path: Path) -> None:
    site, problems = read(tmp_path, SITE.replace("supervisor", "boss"))
    assert site is None and any("site.yaml:6:" in str(one) and "boss" in str(one) for one in problems), problems
