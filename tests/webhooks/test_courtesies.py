"""Contacts see that an agent reads and writes, where the provider shows it; one that fails harms nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from provider_desk import AGENT, Desk, opened

from eslapp.demo.providers.base import Fault
from webhooks.channels import CHANNELS

pytestmark = pytest.mark.slow
TOLD = {
    "whatsapp_meta": {"read": ("status", "read"), "typing": ("typing_indicator", {"type": "text"})},
    "messenger": {"read": ("sender_action", "mark_seen"), "typing": ("sender_action", "typing_on")},
    "telegram": {"typing": ("action", "typing")},
    "wechat_miniprogram": {"typing": ("command", "Typing")},
}


def calls(desk: Desk, key: str, value: Any) -> list[dict[str, Any]]:
    bodies = [json.loads(one.body) for one in desk.provider.calls if one.body.startswith(b"{")]
    return [one for one in bodies if one.get(key) == value]


def test_every_channel_that_shows_something_is_here() -> None:
    assert {name: set(one.capabilities.signals) for name, one in CHANNELS.items() if one.capabilities.signals} == {
        name: set(one) for name, one in TOLD.items()
    }


@pytest.mark.parametrize("name", TOLD)
def test_the_contact_sees_what_the_agent_does(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(name, tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        client = desk.house.sign_in(AGENT)
        newest = desk.all("in")[-1]
        for signal, (key, value) in TOLD[name].items():
            path = {"read": "seen", "typing": "typing"}[signal]
            for _ in range(3):  # told once
                body = {"seq": newest.number} if signal == "read" else {}
                assert client.post(f"/api/interactions/{interaction}/{path}", body).status_code == 200
            (told,) = desk.house.until(lambda key=key, value=value: calls(desk, key, value), signal)
            assert told.get("message_id", newest.provider_id) == newest.provider_id
        assert desk.settled(desk.write(interaction, "Here it is.")).state == "sent"


def test_a_provider_that_refuses_it_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("messenger", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        desk.provider.courtesy_faults.append(Fault.LOSE_ANSWER)
        client = desk.house.sign_in(AGENT)
        assert client.post(f"/api/interactions/{interaction}/typing").status_code == 200
        desk.house.until(lambda: not desk.provider.courtesy_faults, "the asking")
        assert desk.settled(desk.write(interaction, "Here it is.")).state == "sent"
