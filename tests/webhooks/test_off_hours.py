"""A whole night: who writes while it is closed is told so by the calendar, kept, and served first at opening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from clients import aside
from house import Clock, House

from eslapp.core import commands as c
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Provider, post
from eslapp.services.opening_hours import OpeningHours
from eslapp.store import interactions
from ivr.loader import load_site
from ivr.site import ChannelSettings

pytestmark = pytest.mark.slow
SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSED_ZH, CLOSED_EN = "我们九点恢复服务。", "We are back at nine."
SITE = f"""
site: Night
languages: [zh, en]
timezone: Asia/Shanghai
numbers: {{"1000": main}}
calendars:
  service:
    open: {{mon-fri: [09:00-18:00]}}
    closed: {{zh: {CLOSED_ZH}, en: {CLOSED_EN}}}
skills: [orders]
queues:
  orders:
    label: {{zh: 订单, en: Orders}}
    skills: {{orders: 1}}
    calendar: service
agents:
  "1001": {{name: 坐席一, skills: {{orders: 3}}, languages: [zh, en], capacity: {{voice: 1, text: 1}}}}
fallback: {{queue: orders}}
"""
FLOW = "flow: main\n\nwelcome:\n  - queue:\n      name: orders\n      greeting: {zh: 正在转接。, en: One moment.}\n"


class Night:
    """The site from Monday evening to Tuesday morning; ``line``: Telegram."""

    def __init__(self, house: House, provider: Provider) -> None:
        self.house, self.provider = house, provider
        self.hours = OpeningHours(bus=house.bus, world=lambda: house.world, site=lambda: house.site, clock=house.clock)
        self.hours.look()

    def at(self, hour: int, minute: int, day: int = 21) -> None:
        moment = datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI).timestamp()
        while self.house.clock.now < moment:
            self.house.clock.now = min(moment, self.house.clock.now + 600)
            self.hours.look()
            self.house.ask(c.RouteWaiting)

    def writes(self, who: str, text: str, number: int) -> None:
        signed = self.provider.say(text, address=who, number=number)
        assert aside(post, self.provider.hook, signed)[0] == 200
        self.house.until(lambda: (one := self.interaction(who)) and one.state == "queued", f"{who} in the line")

    def interaction(self, who: str) -> Any:
        sql = "SELECT id FROM interactions WHERE leg IN (SELECT id FROM conversations WHERE address = :who)"
        found = self.house.store.read(lambda tx: tx.value(sql, who=who))
        return self.house.store.read(lambda tx: interactions.get(tx, found)) if found else None

    def told(self, who: str) -> list[str]:
        return [one.text for one in self.provider.shown if one.address == who]

    def served(self) -> str:
        """Who is offered and taken next; their talk is ended."""
        offer = self.house.until(lambda: next(iter(self.house.world.offers.values()), None), "an offer")
        self.house.ask(c.AcceptOffer, offer=offer.id, agent="1001")
        talk = offer.interaction
        self.house.until(lambda: self.house.world.interaction(talk).state == "connected", "the talk")
        self.house.ask(c.EndTalk, interaction=talk, by="agent", cause="done")
        self.house.ask(c.FinishWrapUp, interaction=talk, agent="1001", disposition="resolved")
        self.house.ask(c.RouteWaiting)
        found = self.house.store.read(lambda tx: interactions.get(tx, talk))
        sql = "SELECT address FROM conversations WHERE id = :leg"
        return str(self.house.store.read(lambda tx: tx.value(sql, leg=found.leg)))


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    folder = tmp_path / "written"
    (folder / "flows").mkdir(parents=True)
    (folder / "site.yaml").write_text(SITE, encoding="utf-8")
    (folder / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    site, problems = load_site(folder)
    assert site is not None, problems
    provider = provider_types()["telegram"]()
    for word, value in provider.secrets().items():
        monkeypatch.setenv(word, value)
    clock = Clock(datetime(2026, 9, 21, 20, 0, tzinfo=SHANGHAI).timestamp())
    line = {"line": {"type": "telegram", "flow": "main", **provider.options()}}
    channels = {name: ChannelSettings.model_validate(entry) for name, entry in line.items()}
    house = House(tmp_path / "site", clock=clock, change=lambda _: replace(site, channels=channels))
    provider.clock, provider.hook = clock, f"{house.url}/hooks/line"
    yield Night(house, provider)
    house.close()
    provider.close()


def test_a_night(night: Night) -> None:
    house = night.house
    house.available("1001")  # went home and left it so
    night.at(20, 30)
    night.writes("301", "订单在哪里？", 1)
    night.at(23, 0)
    night.writes("302", "还在吗", 2)
    night.at(3, 15, day=22)
    night.writes("303", "急！", 3)
    night.writes("301", "再补充一句", 4)
    for who in ("301", "302", "303"):
        house.until(lambda who=who: CLOSED_ZH in night.told(who) or CLOSED_EN in night.told(who), f"{who} is told")
    assert sum(CLOSED_ZH in text or CLOSED_EN in text for text in night.told("301")) == 1  # once, not at every word
    night.at(8, 59, day=22)
    assert not house.world.offers
    assert all(night.interaction(who).state == "queued" for who in ("301", "302", "303"))
    night.at(9, 1, day=22)
    night.writes("304", "早上好", 5)
    assert [night.served() for _ in range(4)] == ["301", "302", "303", "304"]
    assert not any(CLOSED_ZH in text or CLOSED_EN in text for text in night.told("304"))
