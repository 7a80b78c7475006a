"""The outbox worker: in order per address, retries, lost answers, restarts. The provider here is a scripted one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from gevent.event import Event as Never
from house import House

from eslapp.core.events import MessageAdvanced
from eslapp.store import Store, events, messages, outbox
from eslapp.store.messages import Message
from tests.inbound import inbound
from webhooks import sender as sender_module
from webhooks import sending as sending_module
from webhooks.channel_accounts import ChannelAccounts
from webhooks.channels.base import (
    Account,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    OutboundText,
    SendResult,
    SendState,
)
from webhooks.sender import Sender


class Provider(Channel):
    """Answers as scripted by text: a state, an exception, or a pause that never ends."""

    type = "provider"
    capabilities = Capabilities(text_cap=100)
    example = Delivery("k", "a", b"")

    def __init__(self) -> None:
        self.took: list[tuple[str, str]] = []
        self.answered: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, list[Any]] = {}

    def receive(self, request: Any, account: Any) -> Any: ...

    def parse(self, raw: Any, account: Any) -> list[Any]:
        return []

    def send(self, outgoing: OutboundText, account: Any, tools: Any) -> SendResult:
        self.took.append((outgoing.address, outgoing.text))
        self.answered.append((outgoing.last_inbound, dict(outgoing.last_facts)))
        script = self.answers.get(outgoing.text) or [SendState.SENT]
        answer = script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer == "hang":
            Never().wait(60)
        return answer if isinstance(answer, SendResult) else SendResult(answer)


class OneAccount(ChannelAccounts):
    """The scripted provider under every name."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(lambda: None, lambda name: None, {"provider": provider})

    def of(self, name: str) -> Account | None:
        return Account(name, "provider", "main", ChannelOptions())


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def sender(house: House, provider: Provider) -> Iterator[Sender]:
    only(house)
    running = Sender(house.deps, OneAccount(provider))
    running.start()
    yield running
    running.stop(timeout=0.01)


def only(house: House) -> None:
    """Stop the house's own worker."""
    (own,) = [part for part in house.app.extensions["zongji-live"] if isinstance(part, Sender)]
    own.stop(timeout=0.01)


def queue(store: Store, *texts: str, address: str = "a", is_idempotent: bool = False) -> list[str]:
    """Messages in the outbox, in order."""

    def work(tx: Any) -> list[str]:
        ids = []
        for text in texts:
            message = Message(
                id=f"{address}-{text}",
                conversation="c",
                interaction="i",
                channel="provider",
                account="x",
                direction="out",
                author="1001",
                text=text,
                created_at=0.0,
                state="queued",
            )
            messages.add(tx, message)
            outbox.add(
                tx,
                message=message.id,
                channel="provider",
                account="x",
                address=address,
                at=0.0,
                is_idempotent=is_idempotent,
            )
            ids.append(message.id)
        return ids

    return store.write(work)


def state(house: House, message: str) -> str:
    return house.store.read(lambda tx: messages.get(tx, message).state)


def test_each_address_gets_its_messages_in_order(house: House, provider: Provider, sender: Sender) -> None:
    texts = [str(number) for number in range(8)]
    ids = queue(house.store, *texts, address="a") + queue(house.store, *texts, address="b")
    sender.wake()
    house.until(lambda: all(state(house, one) == "sent" for one in ids), "all sent")
    for address in "ab":
        assert [text for to, text in provider.took if to == address] == texts


def test_one_stuck_address_holds_up_nobody_else(house: House, provider: Provider, sender: Sender) -> None:
    provider.answers["stuck"] = ["hang"]
    queue(house.store, "stuck", "behind", address="a")
    (free,) = queue(house.store, "free", address="b")
    sender.wake()
    house.until(lambda: state(house, free) == "sent", "the free one")
    assert ("a", "behind") not in provider.took


def test_certain_refusals_are_tried_again_later(house: House, provider: Provider, sender: Sender) -> None:
    provider.answers["text"] = [SendResult(SendState.RETRY, error="busy", retry_after_s=30.0)]
    (one,) = queue(house.store, "text")
    sender.wake()
    house.until(lambda: provider.took and outbox_state(house, one) == "queued", "the retry")
    assert len(provider.took) == 1 and state(house, one) == "queued"
    house.clock.pass_s(31)
    sender.wake()
    house.until(lambda: state(house, one) == "sent", "sent at last")


def outbox_state(house: House, message: str) -> str:
    return house.store.read(lambda tx: outbox.of_message(tx, message).state)


def test_a_lost_answer_is_unknown_and_never_repeated(
    house: House, provider: Provider, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending_module, "SEND_S", 0.05)
    provider.answers = {"slow": ["hang"], "odd": [ValueError("a bug of ours")]}
    ids = queue(house.store, "slow", address="a") + queue(house.store, "odd", address="b")
    sender.wake()
    house.until(lambda: all(state(house, one) == "unknown" for one in ids), "unknown")
    log = house.store.read(lambda tx: events.after(tx, 0))
    told = {event.message: event.state for _, event in log if isinstance(event, MessageAdvanced)}
    assert told == dict.fromkeys(ids, "unknown"), "their author is told"
    house.clock.pass_s(1000)
    sender.wake()
    (later,) = queue(house.store, "later", address="a")
    sender.wake()
    house.until(lambda: state(house, later) == "sent", "the next one")
    assert [text for _, text in provider.took].count("slow") == 1


def test_a_lost_answer_is_repeated_where_the_provider_drops_repeats(
    house: House, provider: Provider, sender: Sender
) -> None:
    provider.answers["text"] = [SendState.UNKNOWN]
    (one,) = queue(house.store, "text", is_idempotent=True)
    sender.wake()
    house.until(lambda: provider.took and outbox_state(house, one) == "queued", "queued again")
    house.clock.pass_s(10)
    sender.wake()
    house.until(lambda: state(house, one) == "sent", "sent at the second try")


def test_it_gives_up_in_the_end_and_the_next_message_goes_out(
    house: House, provider: Provider, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "MAX_TRIES", 3)
    provider.answers["never"] = [SendState.RETRY] * 9
    never, after = queue(house.store, "never", "after")

    def is_over() -> bool:
        house.clock.pass_s(1000)
        sender.wake()
        return state(house, never) == "failed" and state(house, after) == "sent"

    house.until(is_over, "the end")
    assert [text for _, text in provider.took] == ["never"] * 3 + ["after"]


def test_what_an_earlier_daemon_was_sending_is_unknown_or_sent_again(
    house: House, provider: Provider, tmp_path: Path
) -> None:
    only(house)
    half_done, repeatable = (
        queue(house.store, "half done", address="a")[0],
        queue(house.store, "repeatable", address="b", is_idempotent=True)[0],
    )
    house.store.write(lambda tx: outbox.claim(tx, now=house.clock()))
    path = house.store.path
    house.store.close()
    house.store.__init__(path, publish=house.bus.publish)  # type: ignore[misc]
    house.store.open(at=house.clock())
    late = Sender(house.deps, OneAccount(provider))
    late.start()
    house.until(lambda: state(house, repeatable) == "sent", "the repeatable one")
    assert state(house, half_done) == "unknown" and provider.took == [("b", "repeatable")]
    late.stop()


def test_an_unknown_channel_fails_with_its_name(house: House, sender: Sender) -> None:
    (one,) = queue(house.store, "text")
    house.store.write(lambda tx: tx.run("UPDATE outbox SET channel = 'fax'"))
    sender.wake()
    house.until(lambda: state(house, one) == "failed", "failed")
    assert "fax" in house.store.read(lambda tx: messages.get(tx, one).error)


def test_a_store_that_fails_for_a_while_stops_nothing(house: House, provider: Provider, sender: Sender) -> None:
    real = house.store.write
    house.store.write = lambda work: (_ for _ in ()).throw(sender_module.StoreError("down"))  # type: ignore[method-assign]
    sender.wake()
    gevent.idle()
    house.store.write = real  # type: ignore[method-assign]
    (one,) = queue(house.store, "text")
    house.until(lambda: sender.wake() or state(house, one) == "sent", "sent")


def test_what_was_sent_is_written_down_as_soon_as_the_store_takes_it(
    house: House, provider: Provider, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "AGAIN_S", 0.0)
    real, refused = house.store.write, []

    def sometimes(work: Any) -> Any:
        if provider.took and len(refused) < 3:
            refused.append(work)
            raise sender_module.StoreError("locked")
        return real(work)

    first, second = queue(house.store, "first", "second")
    monkeypatch.setattr(house.store, "write", sometimes)
    sender.wake()
    house.until(lambda: state(house, second) == "sent", "the one behind")
    assert len(refused) == 3 and [text for _, text in provider.took] == ["first", "second"]


def test_all_parts_answer_what_was_said_last_not_an_automatic_mail_after_it(
    house: House, provider: Provider, sender: Sender
) -> None:
    """An out-of-office mail has no subject of the thread: an answer to it would leave the thread."""

    def came(tx: Any, number: str, at: float, **more: Any) -> None:
        about = {"channel": "provider", "account": "x", "created_at": at, "provider_id": number}
        messages.add(tx, inbound(number, id=f"in-{number}", **about, **more))

    def work(tx: Any) -> None:
        came(
            tx, "<said>", 1.0, attachments=({"kind": "mail", "media": "", "name": "", "facts": {"subject": "Kettle"}},)
        )
        came(tx, "<automatic>", 2.0, kind="event")

    house.store.write(work)
    queue(house.store, "long " * 40)
    sender.wake()
    house.until(lambda: len(provider.took) == 2, "both parts")
    assert provider.answered == [("<said>", {"subject": "Kettle"})] * 2
