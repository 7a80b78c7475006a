"""``zongji channel`` and what ``zongji check`` says of channels: a newcomer's mistakes, each with its mend."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eslapp.cli.channel import command, provider_of
from eslapp.demo.providers import provider_types
from eslapp.services.site_settings import wrong_channels
from ivr.loader import load_site
from webhooks.channel_accounts import ChannelAccounts
from webhooks.channels import CHANNELS

DEMO = Path(__file__).resolve().parents[2] / "ivr" / "sites" / "demo"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("var", "prompts"))
    return folder


def run(site: Path, *words: str) -> Any:
    return CliRunner().invoke(command, [*words, "--site", str(site)])


@pytest.mark.parametrize("kind", sorted(set(CHANNELS) - {"webchat"}))
def test_an_added_channel_says_what_is_missing_until_it_is_told(
    site: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = run(site, "add", "line", "--type", kind)
    assert added.exit_code == 0, added.output
    loaded, problems = load_site(site)
    assert loaded is not None and not problems and wrong_channels(loaded) == []
    rows = json.loads(run(site, "ls", "--json").output)
    assert "nobody has told" in next(row["problem"] for row in rows if row["name"] == "line")
    for name, value in CHANNELS[kind].EXAMPLE_SECRETS.items():
        monkeypatch.setenv(name, value)
    rows = json.loads(run(site, "ls", "--json").output)
    assert next(row["problem"] for row in rows if row["name"] == "line") == ""


@pytest.mark.parametrize("kind", sorted(set(provider_types()) - {"email", "sip_trunk"}))
def test_whatever_is_added_can_be_tried(site: Path, kind: str) -> None:
    assert run(site, "add", "line", "--type", kind).exit_code == 0
    loaded, _ = load_site(site)
    words = dict(CHANNELS[kind].EXAMPLE_SECRETS)
    account = ChannelAccounts(lambda: loaded, words.get).of("line")
    assert account is not None
    provider = provider_of(account)
    try:
        provider.hook = "http://127.0.0.1/hooks/line"
        tried = provider.unknown(number=1) or provider.say("hello", number=1)
        assert tried.body or tried.suffix
    finally:
        provider.close()


def test_mistakes_in_an_entry_are_told_at_their_lines(site: Path) -> None:
    file = site / "site.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("channels:"))
    wrong = "  wx: {type: wechat, flow: main, appid: nope, secret: plain-text, tokn: x}"
    lines[place + 1 : place + 1] = [wrong, "  odd: {type: wechta, flow: main}"]
    file.write_text("\n".join(lines), encoding="utf-8")
    loaded, problems = load_site(site)
    assert loaded is not None, problems
    found = wrong_channels(loaded)
    told = [f"{one.text}; {one.mend}" for one in found]
    assert {one.line for one in found} == {place + 2, place + 3}
    assert any("secret does not belong" in one for one in told)
    assert any("did you mean 'token'" in one for one in told)
    assert any("did you mean 'wechat'" in one for one in told)
