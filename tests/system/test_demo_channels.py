"""``zongji demo --channels --once``: every channel at work, from its provider's signature to the agent's answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eslapp.demo.providers import provider_types

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(240)]


def test_every_channel_reaches_an_agent_and_is_answered(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    words = ["demo", "--channels", "--once", "--at", str(tmp_path / "site"), "--json", str(out)]
    words += ["--sip-port", "0", "--esl-port", "0", "--http-port", "0"]
    run = subprocess.run(
        [sys.executable, "-m", "eslapp.cli", *words], capture_output=True, text=True, timeout=230, check=False
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
    evidence = json.loads(out.read_text(encoding="utf-8"))
    assert evidence["ok"] and set(evidence["channels"]) == set(provider_types())
    written = {name for name, kind in provider_types().items() if not kind.is_voice}
    assert all(any("谢谢" in text for text in evidence["channels"][name]["shown"]) for name in written)
    calls = {name: evidence["channels"][name] for name in set(provider_types()) - written}
    assert calls["sip_trunk"]["number"].startswith("1380013")  # asserted by the carrier, From was withheld
    assert calls["twilio_voice"]["number"] == "+14155550100"  # by the pass
    assert "sms_twilio" in calls["twilio_voice"]["same_contact_as"]
    assert calls["twilio_voice"]["answered"] == ["Hangup"]
    assert {name for name in written if evidence["channels"][name]["read"]} == {"douyin", "messenger", "whatsapp_meta"}
    assert "demo_" not in (tmp_path / "site" / "site.yaml").read_text(encoding="utf-8")  # it cleans up after itself
