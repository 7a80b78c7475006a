"""The daemon asks the providers by itself whether its channels are well, and the doctor tells of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from provider_desk import opened

from eslapp.cli import doctor
from webhooks.app import live_part
from webhooks.channel_watch import ChannelWatch

pytestmark = pytest.mark.slow


def test_a_page_that_was_unsubscribed_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("messenger", tmp_path, monkeypatch) as desk:
        house = desk.house
        metrics = house.client().get("/metrics").text
        assert "zongji_channel_problems{" not in metrics  # a site that has just begun is not looked at yet
        desk.provider.is_subscribed = False  # deliveries had failed for too long
        live_part(house.app, ChannelWatch).ask_now()
        told = lambda: house.client().get("/metrics").text  # noqa: E731
        house.until(lambda: re.search(r'zongji_channel_problems.account="line". [1-9]', told()), "the figure")


def test_the_doctor_names_channels_that_are_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'zongji_channel_problems{account="page"} 2.0\nzongji_channel_problems{account="line"} 0.0\n'
    monkeypatch.setattr("requests.Session.get", lambda *_args, **_words: type("Answer", (), {"text": text})())
    (found,) = doctor.of_channels("http://here")
    assert (found.state, found.text) == ("warning", "not well: page")
    text = ""
    assert list(doctor.of_channels("http://here")) == []
