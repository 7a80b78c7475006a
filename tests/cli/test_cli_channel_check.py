"""``zongji channel check`` against providers that enforce their rules: every mistake is named with its mend, in both
languages; ``zongji channel test`` where nobody answers."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eslapp.cli.channel import command
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Provider
from eslapp.sitedir import SiteDir

pytestmark = pytest.mark.slow
DEMO = Path(__file__).resolve().parents[2] / "ivr" / "sites" / "demo"
BASE = "https://desk.example.com"
CHINESE = re.compile("[\u4e00-\u9fff]")
LATIN_SENTENCE = re.compile(r"[a-z]+ (is|are|the|not|of|to|in) [a-z]+")


class Site:
    """A site with one channel and its provider."""

    def __init__(self, folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder / "site"
        shutil.copytree(DEMO, self.root, ignore=shutil.ignore_patterns("var", "prompts"))
        self.provider = provider_types()[kind]()
        self.provider.hook = f"{BASE}/hooks/line"
        self.words = dict(self.provider.secrets())
        self.options: dict[str, Any] = {"type": kind, "flow": "main", **self.provider.options()}
        self.monkeypatch = monkeypatch

    def check(self, *words: str) -> list[str]:
        return [row["problem"] for row in json.loads(self.run("check", "line", "--json", *words).stdout)]

    def run(self, *words: str) -> Any:
        for name, value in self.words.items():
            self.monkeypatch.setenv(name, value)
        file = self.root / "site.yaml"
        kept = [one for one in file.read_text(encoding="utf-8").splitlines() if not one.startswith("  line:")]
        place = next(number for number, line in enumerate(kept) if line.startswith("channels:"))
        kept.insert(place + 1, f"  line: {json.dumps(self.options, ensure_ascii=False)}")
        file.write_text("\n".join(kept) + "\n", encoding="utf-8")
        return CliRunner().invoke(command, [*words, "--site", str(self.root)])


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    providers: list[Provider] = []

    def make(kind: str) -> Site:
        site = Site(tmp_path, kind, monkeypatch)
        providers.append(site.provider)
        return site

    yield make
    for one in providers:
        one.close()


def both(site: Site, *wanted: str) -> None:
    """The finding holds all of ``wanted`` in English, and is told in Chinese to who reads Chinese."""
    found = site.check("--public-url", BASE)
    assert any(all(word in one for word in wanted) for one in found), found
    shown = site.run("check", "line", "--public-url", BASE, "--lang", "zh")
    assert shown.exit_code == 1
    assert CHINESE.search(shown.output) and not LATIN_SENTENCE.search(shown.output), shown.output


@pytest.mark.parametrize("kind", sorted(set(provider_types()) - {"sip_trunk", "line"}))
def test_a_channel_that_is_right_is_well(kind: str, made: Any) -> None:
    site = made(kind)
    assert site.check("--public-url", BASE) == []


def test_lines_own_trial_says_that_nobody_answers(made: Any) -> None:
    site = made("line")
    site.provider.hook = ""
    both(site, "the webhook is not set", f"{BASE}/hooks/line")


@pytest.mark.parametrize(
    ("kind", "word", "value", "wanted"),
    [
        ("wechat", "WECHAT_SECRET", "0" * 31, ("31 characters", "has 32")),
        ("wechat", "WECHAT_SECRET", "f" * 32, ("40125", "reset it in the console")),
        ("wechat", "WECHAT_AES_KEY", "short", ("5 characters", "43 letters or digits")),
        ("wechat", "WECHAT_TOKEN", "", ("token", "nobody has told WECHAT_TOKEN")),
        ("wecom_kf", "WECOM_SECRET", "x" * 43, ("40001", "可调用接口的应用")),
        ("wecom_kf", "WECOM_AES_KEY", "A" * 42, ("42 characters", "43 letters")),
        ("telegram", "TELEGRAM_TOKEN", "123456:" + "A" * 35, ("token is refused", "@BotFather")),
        ("line", "LINE_TOKEN", "x" * 20, ("access token is refused",)),
        ("whatsapp_meta", "META_TOKEN", "x" * 20, ("refuses the token", "system user")),
        ("whatsapp_meta", "META_APP_SECRET", "x" * 20, ("refuses app_secret", "basic settings")),
        ("messenger", "PAGE_TOKEN", "x" * 20, ("refuses the page's token",)),
        ("messenger", "META_APP_SECRET", "x" * 20, ("refuses app_secret",)),
        ("sms_twilio", "TWILIO_TOKEN", "x" * 32, ("Twilio refuses sid and token",)),
        ("twilio_voice", "TWILIO_TOKEN", "x" * 32, ("Twilio refuses sid and token",)),
        ("douyin", "DOUYIN_REFRESH_TOKEN", "x" * 20, ("refresh_token: 10010", "authorise the app again")),
        ("weibo", "WEIBO_TOKEN", "x" * 20, ("Weibo refuses the token", "21327")),
        ("email", "MAIL_PASSWORD", "wrong", ("IMAP server refuses", "app password")),
        ("email", "MAIL_PASSWORD", "wrong", ("SMTP server refuses", "app password")),
        ("generic", "SHOP_WEBHOOK_SECRET", "whsec_abc", ("whsec_ and the Base64",)),
    ],
)
def test_a_wrong_secret_is_named_with_its_mend(
    kind: str, word: str, value: str, wanted: tuple[str, ...], made: Any
) -> None:
    site = made(kind)
    site.words[word] = value
    both(site, *wanted)
    if len(value) > 8:
        assert value not in site.run("check", "line").output  # a secret is not shown


@pytest.mark.parametrize(
    ("kind", "key", "value", "wanted"),
    [
        ("wechat", "appid", "wx0000000000000000", ("40013", "copy it from the console")),
        ("wechat", "appid", "gh_10f6c3c3ac5a", ("'gh_10f6c3c3ac5a'", "wx and 16 letters")),
        ("wechat", "appid", None, ("appid: is missing", "write appid: wx")),
        ("wechat", "mode", "plain", ("bodies are not signed",)),
        ("wechat", "mode", "secure", ("'secure'", "'safe', 'compatible' or 'plain'")),
        ("wecom_kf", "corpid", "ww0000000000000000", ("40013", "我的企业")),
        ("wecom_kf", "open_kfid", "wkOTHER", ("may not use wkOTHER",)),
        ("whatsapp_meta", "phone_id", "999999999", ("does not know phone_id 999999999", "API Setup")),
        ("messenger", "page_id", "999999999", ("does not know page_id",)),
        ("weibo", "uid", "42", ("1902538057", "uid is 42")),
        ("weibo", "uid", None, ("write uid: '1902538057'",)),
        ("email", "smtp_port", 1, ("SMTP", "smtp_port")),
        ("email", "imap_port", 1, ("IMAP", "imap_host")),
        ("generic", "url", "http://shop.example.com/in", ("is not https",)),
        ("douyin", "refresh_token", None, ("token or refresh_token",)),
    ],
)
def test_a_wrong_key_is_named_with_its_mend(
    kind: str, key: str, value: Any, wanted: tuple[str, ...], made: Any
) -> None:
    site = made(kind)
    if kind == "generic":
        site.options.pop("api")
    if value is None:
        del site.options[key]
    else:
        site.options[key] = value
    both(site, *wanted)


@pytest.mark.parametrize("kind", ["telegram", "sms_twilio", "twilio_voice", "line"])
def test_a_webhook_elsewhere_is_told_with_the_right_one(kind: str, made: Any) -> None:
    site = made(kind)
    site.provider.hook = "https://old.example.com/hooks/line"
    both(site, "https://old.example.com/hooks/line", f"{BASE}/hooks/line")


def test_a_public_address_without_https_is_told(made: Any) -> None:
    site = made("wechat")
    (found,) = site.check("--public-url", "http://desk.example.com")
    assert "is not https" in found and "correct --public-url" in found


def test_refused_deliveries_name_the_secret_that_differs() -> None:
    from webhooks.channel_findings import refused
    from webhooks.channels.base import Account

    account = Account("wx", "wechat", "main", None)
    counts = 'zongji_webhooks_forged_total{account="wx",part="%s"} 3.0\n'
    assert "aes_key" in refused(account, "token", counts % "envelope")[0]
    assert "token is not" in refused(account, "token", counts % "signature")[0]
    taken = 'zongji_webhooks_events_total{account="wx",is_new="true"} 1.0\n'
    assert refused(account, "token", counts % "signature" + taken) == []
    assert refused(account, "token", (counts % "signature").replace('"wx"', '"other"')) == []


def test_nobody_answering_is_not_good(made: Any) -> None:
    site = made("wechat")
    tried = site.run("test", "line", "--url", "http://127.0.0.1:1/hooks/line", "--lang", "zh")
    assert tried.exit_code == 1 and "没有应答" in tried.output and "正常" not in tried.output


def test_where_nothing_runs_the_address_has_no_placeholder(made: Any) -> None:
    site = made("wechat")
    added = site.run("add", "second", "--type", "wechat")
    assert "<" not in added.output and "https://desk.example.com/hooks/second" in added.output
    SiteDir(site.root).make()
    SiteDir(site.root).write_state(public_url="https://kf.shop.cn")
    added = site.run("add", "third", "--type", "wechat")
    assert "https://kf.shop.cn/hooks/third" in added.output and "desk.example.com" not in added.output
