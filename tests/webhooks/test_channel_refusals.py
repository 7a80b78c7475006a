"""A wrong secret is found by what is refused: counted by the web side, read by ``zongji channel check``."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

import pytest
from clients import aside
from prometheus_client import REGISTRY, generate_latest
from provider_desk import opened

from eslapp.demo.providers import provider_types
from webhooks.channel_findings import refused
from webhooks.channels import CHANNELS
from webhooks.channels.base import Account

pytestmark = pytest.mark.slow


def counted() -> set[str]:
    """As a daemon shows it under ``/metrics``."""
    return set(generate_latest(REGISTRY).decode().splitlines())


@pytest.mark.parametrize(
    ("kind", "word", "value", "mend"),
    [
        ("wechat", "aes_key", "B" * 43, "aes_key, or the appid or corpid"),
        ("wechat", "token", "another", "token is not the provider's"),
        ("wecom_kf", "aes_key", "B" * 43, "aes_key, or the appid or corpid"),
        ("line", "secret", "another-secret", "secret is not the provider's"),
        ("whatsapp_meta", "app_secret", "another-secret", "app_secret is not the provider's"),
        ("sms_twilio", "token", "another", "token is not the provider's"),
    ],
)
def test_refused_deliveries_name_the_secret(
    kind: str, word: str, value: str, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(kind, tmp_path, monkeypatch) as desk:
        assert aside(urlopen, f"{desk.house.url}/metrics", timeout=10.0).status == 200  # without signing in, from here
        before = counted()
        other = provider_types()[kind]({**desk.provider.words, word: value})
        try:
            other.clock, other.hook = desk.provider.clock, desk.provider.hook
            assert desk.deliver(other.say("hello?", number=1)) == 403
        finally:
            other.close()
        new = counted() - before
        counts = "\n".join(line for line in new if line.startswith("zongji_webhooks_forged_total"))
        account = Account("line", kind, "main", None)
        found = refused(account, CHANNELS[kind].signed_with, counts)
        assert len(found) == 1 and mend in found[0], found
