"""A web side with one channel, and the provider at its other end: what the contract of channels is played on.

Owns: ``Desk`` and opening one. Not here: the contract (``test_channel_contract``).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clients import aside
from house import House

from eslapp.core import commands as c
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Provider, Signed, post
from eslapp.store import channel_cursors, messages
from eslapp.store.messages import Message
from webhooks.app import live_part
from webhooks.channels import CHANNELS
from webhooks.deps import WebSettings
from webhooks.outgoing import Written, post_agent_message
from webhooks.puller import Puller
from webhooks.sender import Sender

AGENT = "1001"


@dataclass
class Desk:
    """A web side with one channel, and the provider at its other end."""

    house: House
    provider: Provider
    hook: str

    @property
    def is_pulled(self) -> bool:
        return self.provider.type in ("email", "wecom_kf")

    def deliver(self, signed: Signed) -> int:
        if signed.method == "PULL":
            live_part(self.house.app, Puller).wake("line")
            return 200
        return aside(post, self.hook, signed)[0]

    def all(self, direction: str) -> list[Message]:
        """Every message of a direction, in order."""
        sql = "SELECT id FROM messages WHERE account = 'line' AND direction = :direction ORDER BY number"
        ids = self.house.store.read(lambda tx: [row["id"] for row in tx.all(sql, direction=direction)])
        return [self.house.store.read(lambda tx, one=one: messages.get(tx, one)) for one in ids]

    def said(self) -> list[str]:
        return [one.text for one in self.all("in") if one.kind == "text"]

    def with_agent(self) -> str:
        """A contact who has written and talks with an agent now; the interaction."""
        assert self.deliver(self.provider.say("hello", number=1)) == 200
        self.house.until(lambda: "hello" in self.said(), "the first message")
        interaction = self.all("in")[0].interaction
        found = self.house.world.interaction(interaction)
        if found.state == "in_flow":
            self.house.ask(c.EnqueueInteraction, interaction=interaction, queue="orders")
        self.house.available(AGENT)
        self.house.ask(c.RouteWaiting)
        offer = self.house.until(lambda: self.house.world.interaction(interaction).offer, "an offer")
        self.house.ask(c.AcceptOffer, offer=offer, agent=AGENT)
        state = self.house.until(lambda: self.house.world.interaction(interaction).state == "connected", "connection")
        assert state
        self.house.until(lambda: all(one.state not in ("queued", "sending") for one in self.all("out")), "the flow")
        return interaction

    def write(self, interaction: str, text: str) -> Any:
        number = f"client-{random.getrandbits(40):x}"
        channels = {self.provider.type: CHANNELS[self.provider.type]}
        return post_agent_message(
            self.house.deps,
            channels,
            interaction=interaction,
            agent=AGENT,
            written=Written(text=text, client_id=number),
        )

    def state(self, message: Message) -> str:
        return self.house.store.read(lambda tx: messages.get(tx, message.id).state)

    def settled(self, message: Message, *states: str) -> Message:
        self.house.until(lambda: self.state(message) in (states or ("sent", "delivered", "read")), f"{states}")
        return self.house.store.read(lambda tx: messages.get(tx, message.id))

    def settled_in_time(self, message: Message, *states: str) -> str:
        """The same, while the hours of retries pass quickly."""
        wanted = states or ("sent", "delivered", "read")

        def is_settled() -> bool:
            self.house.clock.pass_s(2)
            live_part(self.house.app, Sender).wake()
            return self.state(message) in wanted

        self.house.until(is_settled, f"{wanted}")
        return self.state(message)

    def shown(self) -> list[str]:
        return [one.text for one in self.provider.shown if one.text]


@contextmanager
def opened(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str = "", words: dict[str, str] | None = None
) -> Iterator[Desk]:
    """``base``: the public address by which the provider knows us; ``words``: the account's own."""
    provider = provider_types()[name](words)
    for word, value in provider.secrets().items():
        monkeypatch.setenv(word, value)
    settings = WebSettings(public_url=base) if base else None
    house = House(
        tmp_path / "site", settings, channels={"line": {"type": provider.type, "flow": "main", **provider.options()}}
    )
    provider.clock, provider.hook = house.clock, f"{base or house.url}/hooks/line"
    desk = Desk(house, provider, f"{house.url}/hooks/line")
    try:
        if CHANNELS[name].capabilities.pulls_every_s is not None:  # the first pull only marks where it begins
            cursor = lambda: house.store.read(lambda tx: channel_cursors.of_account(tx, "line"))  # noqa: E731
            house.until(lambda: cursor() or provider.type == "wecom_kf", "the first pull")
        yield desk
    finally:
        house.close()
        provider.close()
