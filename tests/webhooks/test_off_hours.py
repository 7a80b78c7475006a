"""A whole night: who writes while it is closed is told so by the calendar, kept, and served first at opening."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from eslapp.store import channel_cursors, interactions
from ivr.loader import load_site
from ivr.site import ChannelSettings
from webhooks.app import live_part
from webhooks.puller import Puller

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
    """The site from Monday evening to Tuesday morning, on channels called by their types."""

    def __init__(self, house: House, providers: dict[str, Provider]) -> None:
        self.house, self.providers = house, providers
        self.hours = OpeningHours(bus=house.bus, world=lambda: house.world, site=lambda: house.site, clock=house.clock)
        self.hours.look()

    def at(self, hour: int, minute: int, day: int = 21) -> None:
        moment = datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI).timestamp()
        while self.house.clock.now < moment:
            self.house.clock.now = min(moment, self.house.clock.now + 600)
            self.hours.look()
            self.house.ask(c.RouteWaiting)

    def writes(self, who: str, text: str, number: int, kind: str = "telegram") -> None:
        provider = self.providers[kind]
        signed = provider.say(text, address=who, number=number)
        if signed.method == "PULL":
            live_part(self.house.app, Puller).wake(kind)
        else:
            assert aside(post, provider.hook, signed)[0] == 200
        self.house.until(lambda: (one := self.interaction(who)) and one.state == "queued", f"{who} in the line")

    def interaction(self, who: str) -> Any:
        sql = "SELECT id FROM interactions WHERE leg IN (SELECT id FROM conversations WHERE address = :who)"
        found = self.house.store.read(lambda tx: tx.value(sql, who=who))
        return self.house.store.read(lambda tx: interactions.get(tx, found)) if found else None

    def told(self, who: str) -> list[str]:
        return [one.text for each in self.providers.values() for one in each.shown if one.address == who]

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


@contextmanager
def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, *kinds: str) -> Iterator[Night]:
    written = folder / "written"
    (written / "flows").mkdir(parents=True)
    (written / "site.yaml").write_text(SITE, encoding="utf-8")
    (written / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    site, problems = load_site(written)
    assert site is not None, problems
    providers = {kind: provider_types()[kind]() for kind in kinds}
    for provider in providers.values():
        for word, value in provider.secrets().items():
            monkeypatch.setenv(word, value)
    clock = Clock(datetime(2026, 9, 21, 20, 0, tzinfo=SHANGHAI).timestamp())
    entries = {kind: {"type": kind, "flow": "main", **one.options()} for kind, one in providers.items()}
    channels = {name: ChannelSettings.model_validate(entry) for name, entry in entries.items()}
    house = House(folder / "site", clock=clock, change=lambda _: replace(site, channels=channels))
    for kind, provider in providers.items():
        provider.clock, provider.hook = clock, f"{house.url}/hooks/{kind}"
    if "email" in kinds:  # the first pull only marks where it begins
        house.until(lambda: house.store.read(lambda tx: channel_cursors.of_account(tx, "email")), "the first pull")
    try:
        yield Night(house, providers)
    finally:
        house.close()
        for provider in providers.values():
            provider.close()


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    with opened(tmp_path, monkeypatch, "telegram") as one:
        yield one


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


WRITERS = {  # in the order they write
    "telegram": "301",
    "wechat": "oyORnuP8q7ou2gfYjqLzSIWZf0rs",
    "email": "ada@customer.example",
    "sms_twilio": "+14155550100",
    "line": "U4af4980629",
    "whatsapp_meta": "16505551234",
    "weibo": "2489518277",
    "generic": "member-42",
}


def test_a_night_on_many_channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told once, however often they write; at opening they are served as they came, whatever they came by."""
    with opened(tmp_path, monkeypatch, *WRITERS) as night:
        night.house.available("1001")
        for place, (kind, who) in enumerate(WRITERS.items()):
            night.at(20, 30 + place)
            night.writes(who, f"问题 {place}", place + 1, kind)
        for place, (kind, who) in enumerate(WRITERS.items()):
            night.at(2, place, day=22)
            night.writes(who, "还在吗", place + 101, kind)
        words = (CLOSED_ZH, CLOSED_EN)
        for who in WRITERS.values():
            night.house.until(lambda who=who: night.told(who), f"{who} is told")
        assert not night.house.world.offers
        night.at(9, 1, day=22)
        assert [night.served() for _ in WRITERS] == list(WRITERS.values())
        for who in WRITERS.values():
            assert sum(any(word in text for word in words) for text in night.told(who)) == 1, who
        said = "SELECT COUNT(*) FROM messages WHERE direction = 'in'"
        night.house.until(lambda: night.house.store.read(lambda tx: tx.value(said)) == 2 * len(WRITERS), "all of it")
