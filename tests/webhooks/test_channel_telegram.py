"""What is special to Telegram: a pressed button turns until the bot says that it has heard it."""

from __future__ import annotations

from pathlib import Path

import pytest
from provider_desk import opened

pytestmark = pytest.mark.slow


def test_a_pressed_button_is_released_with_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("telegram", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        assert desk.deliver(desk.provider.press("2", number=2)) == 200
        desk.house.until(lambda: "2" in desk.said(), "the key")
        desk.settled(desk.write(interaction, "thank you"))
        assert desk.provider.pressed == []
        desk.settled(
            desk.write(interaction, "anything else?")
        )  # released before: Telegram refuses, the answer goes out
        assert desk.shown()[-2:] == ["thank you", "anything else?"]
