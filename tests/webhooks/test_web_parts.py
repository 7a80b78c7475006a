"""A message that is several at its provider: none goes out twice, each is counted, and none is told of too well."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from house import House
from provider_desk import AGENT
from test_web_files import put
from test_web_sender import OneAccount, Provider, only, outbox_state, queue, state
from test_web_windows import desk_of, reply_of, write

from eslapp.services import inbound_changes
from eslapp.store import early_receipts, media, messages, outbox, reply_windows, sent_parts
from eslapp.store.media import Media
from webhooks import thread_shapes
from webhooks.channels.base import Capabilities, Grant, InboundEvent, Kind, OutboundText, SendResult, SendState
from webhooks.media_worker import keep
from webhooks.pace import Pace
from webhooks.sender import Sender

LONG = "one two three four five"  # three pieces of at most ten characters
PICTURE = b"\x89PNG\r\n\x1a\n of a bill"


class Parted(Provider):
    """Takes ten characters or one file at a time; gives ids ``p0``, ``p1`` ... in the order of what it took."""

    capabilities = Capabilities(text_cap=10, sends=frozenset({"image"}), grants={"message": Grant(3600.0, 5)})

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.keys: list[str] = []

    def send(self, outgoing: OutboundText, account: Any, tools: Any) -> SendResult:
        shown = outgoing.files[0].name if outgoing.files else outgoing.text
        script = self.answers.get(shown, [])
        answer = script.pop(0) if script else SendState.SENT
        if answer == "hang":
            return super().send(outgoing, account, tools)
        if answer != SendState.SENT:
            return SendResult(answer)
        self.shown.append(shown)
        self.keys.append(outgoing.key)
        return SendResult(answer, provider_id=f"p{len(self.shown) - 1}")


@pytest.fixture
def provider() -> Parted:
    return Parted()


@pytest.fixture
def sender(house: House, provider: Parted) -> Iterator[Sender]:
    only(house)
    grant(house, 5)
    running = Sender(house.deps, OneAccount(provider))
    running.start()
    yield running
    running.stop(timeout=0.01)


def grant(house: House, messages_left: int) -> None:
    where = {"channel": "provider", "account": "x", "address": "a"}
    told = {"granted_by": "message", "at": house.clock(), "within_s": 36000.0, "messages": messages_left}
    house.store.write(lambda tx: reply_windows.grant(tx, **where, **told))


def left(house: House) -> int | None:
    where = {"channel": "provider", "account": "x", "address": "a"}
    return house.store.read(lambda tx: reply_windows.of_address(tx, **where)).messages_left


def with_picture(house: House, message: str, *names: str) -> None:
    """Beside its words: kept before the message is, so that the worker sees both."""
    for place, name in enumerate(names):
        path = keep(house.deps.media, f"{message}{place}", PICTURE)
        row = Media(
            id=f"{message}{place}",
            message=message,
            place=place,
            channel="provider",
            account="x",
            direction="out",
            kind="image",
            name=name,
            content_type="image/png",
            path=path,
            state="ready",
        )
        house.store.write(lambda tx, row=row: media.add(tx, row))


def tell(house: House, provider_id: str, receipt: str, error: str = "") -> None:
    """A receipt as it comes from the inbox."""
    event = InboundEvent(kind=Kind.RECEIPT, address="a", provider_id=provider_id, receipt=receipt, error=error)

    class Source:
        type, account = "provider", "x"

    house.store.write(lambda tx: inbound_changes.receipt(tx, Source, event, house.deps.ids, house.clock()))


def test_after_a_busy_answer_only_what_is_not_out_goes_out(house: House, provider: Parted, sender: Sender) -> None:
    provider.answers = {"b.png": [SendState.RETRY], "three": [SendState.RETRY, SendState.RETRY]}

    with_picture(house, f"a-{LONG}", "a.png", "b.png")
    (one,) = queue(house.store, LONG)

    def is_sent() -> bool:
        house.clock.pass_s(400)
        sender.wake()
        return state(house, one) == "sent"

    house.until(is_sent, "all of it")
    assert provider.shown == ["a.png", "b.png", "one two", "three", "four five"]
    assert left(house) == 0, "the provider counted five"


def test_the_agent_sees_how_many_parts_went_out(house: House, provider: Parted, sender: Sender) -> None:
    provider.answers = {"three": [SendState.UNKNOWN]}
    (one,) = queue(house.store, LONG)
    sender.wake()
    house.until(lambda: state(house, one) == "unknown", "an answer that was lost")
    assert parts_shown(house, one) == [1, 3]
    house.store.write(lambda tx: (messages.requeue(tx, one), outbox.again(tx, one, at=0.0)))
    sender.wake()
    house.until(lambda: state(house, one) == "sent", "the agent's choice")
    assert parts_shown(house, one) is None and provider.shown == ["one two", "three", "four five"]


def parts_shown(house: House, message: str) -> list[int] | None:
    found = house.store.read(lambda tx: thread_shapes.shown(tx, [messages.get(tx, message)], house.site))
    parts: list[int] | None = found[0]["parts"]
    return parts


def test_what_was_out_when_the_daemon_died_is_not_sent_again(house: House, provider: Parted) -> None:
    only(house)
    grant(house, 5)
    (one,) = queue(house.store, LONG)
    (row,) = house.store.write(lambda tx: outbox.claim(tx, now=house.clock()))
    message = house.store.read(lambda tx: messages.get(tx, one))
    house.store.write(lambda tx: sent_parts.sent(tx, message, 0, provider_id="p-old", at=1.0))
    path = house.store.path
    house.store.close()
    house.store.__init__(path, publish=house.bus.publish)  # type: ignore[misc]
    house.store.open(at=house.clock())
    late = Sender(house.deps, OneAccount(provider))
    late.start()
    house.until(lambda: state(house, one) == "unknown", "nobody knows of the part that was on its way")
    assert provider.shown == []
    house.store.write(lambda tx: (messages.requeue(tx, one), outbox.again(tx, one, at=0.0)))
    late.wake()
    house.until(lambda: state(house, one) == "sent", "the agent's choice")
    late.stop()
    assert row.parts == 1 and provider.shown == ["three", "four five"]


def test_between_two_parts_nothing_is_on_its_way(house: House, provider: Parted) -> None:
    """A daemon that ends there leaves nothing unknown: the next one sends the rest by itself."""
    only(house)
    grant(house, 5)
    (one,) = queue(house.store, LONG)
    (row,) = house.store.write(lambda tx: outbox.claim(tx, now=house.clock()))
    message = house.store.read(lambda tx: messages.get(tx, one))
    house.store.write(lambda tx: sent_parts.sent(tx, message, 0, provider_id="p-old", at=1.0))
    house.store.write(lambda tx: outbox.between(tx, row.number, token=row.token, is_between=True))
    path = house.store.path
    house.store.close()
    house.store.__init__(path, publish=house.bus.publish)  # type: ignore[misc]
    house.store.open(at=house.clock())
    late = Sender(house.deps, OneAccount(provider))
    late.start()
    house.until(lambda: state(house, one) == "sent", "the rest")
    late.stop()
    assert provider.shown == ["three", "four five"]


class Paced(Parted):
    """Three times a second at most; notes when it was called."""

    capabilities = Capabilities(text_cap=10, pace=Pace(0.3))

    def __init__(self) -> None:
        super().__init__()
        self.called: list[tuple[str, float]] = []

    def send(self, outgoing: OutboundText, account: Any, tools: Any) -> SendResult:
        self.called.append((outgoing.address, time.monotonic()))
        return super().send(outgoing, account, tools)


def test_an_address_is_written_to_as_fast_as_its_provider_allows_and_no_other_waits_for_it(house: House) -> None:
    only(house)
    provider = Paced()
    running = Sender(house.deps, OneAccount(provider))
    running.start()
    written = [*queue(house.store, LONG, address="a"), *queue(house.store, "six", "seven", address="a")]
    written += queue(house.store, "eight", address="b")
    running.wake()
    house.until(lambda: all(state(house, one) == "sent" for one in written), "all of them")
    running.stop()
    at = [when for address, when in provider.called if address == "a"]
    assert [text for text in provider.shown if text != "eight"] == ["one two", "three", "four five", "six", "seven"]
    assert all(later - earlier >= 0.29 for earlier, later in zip(at, at[1:], strict=False))
    assert dict(provider.called)["b"] < at[1]


def test_a_message_has_come_as_far_as_the_least_of_its_parts(house: House, provider: Parted, sender: Sender) -> None:
    (one,) = queue(house.store, LONG)
    sender.wake()
    house.until(lambda: state(house, one) == "sent", "sent")
    for provider_id, receipt, reached in (
        ("p2", "read", "sent"),
        ("p0", "delivered", "sent"),
        ("p1", "delivered", "delivered"),
        ("p0", "sent", "delivered"),
        ("p1", "read", "delivered"),
        ("p0", "read", "read"),
    ):
        tell(house, provider_id, receipt)
        assert state(house, one) == reached, (provider_id, receipt)


def test_receipts_may_come_before_the_rest_is_out(house: House, provider: Parted, sender: Sender) -> None:
    where = {"channel": "provider", "account": "x"}
    early = [("p0", "delivered", ""), ("p1", "delivered", ""), ("p2", "delivered", "")]
    for provider_id, receipt, error in early:
        told = {"provider_id": provider_id, "state": receipt, "error": error}
        house.store.write(lambda tx, told=told: early_receipts.put(tx, **where, **told, at=1.0))
    (one,) = queue(house.store, LONG)
    sender.wake()
    house.until(lambda: state(house, one) == "delivered", "all three were told of before")
    assert provider.shown == ["one two", "three", "four five"]


def test_a_part_that_failed_is_told_and_sent_again_alone(house: House, provider: Parted, sender: Sender) -> None:
    (one,) = queue(house.store, LONG)
    sender.wake()
    house.until(lambda: state(house, one) == "sent", "sent")
    tell(house, "p0", "delivered")
    tell(house, "p1", "failed", "bad-address")
    known = house.store.read(lambda tx: messages.get(tx, one))
    assert (known.state, known.error) == ("failed", "bad-address")
    tell(house, "p2", "delivered")
    assert state(house, one) == "failed", "the others do not make it whole"
    house.store.write(lambda tx: (messages.requeue(tx, one), outbox.again(tx, one, at=0.0)))
    sender.wake()
    house.until(lambda: outbox_state(house, one) == "sent", "sent again")
    assert provider.shown == ["one two", "three", "four five", "three"]
    assert provider.keys == ["0", "1", "2", "1r1"], "a provider that drops repeats takes this one"
    tell(house, "p3", "delivered")
    assert state(house, one) == "delivered"


def test_an_answer_that_does_not_fit_whole_is_not_begun(house: House, provider: Parted, sender: Sender) -> None:
    grant(house, 2)
    (one,) = queue(house.store, LONG)
    sender.wake()
    house.until(lambda: state(house, one) == "failed", "refused by us")
    assert house.store.read(lambda tx: messages.get(tx, one)).error == "quota-short"
    assert provider.shown == [] and left(house) == 2
    (short,) = queue(house.store, "short")
    sender.wake()
    house.until(lambda: state(house, short) == "sent", "what fits")


def test_what_may_have_arrived_is_counted(house: House, provider: Parted, sender: Sender) -> None:
    provider.answers["short"] = [SendState.UNKNOWN]
    (one,) = queue(house.store, "short")
    sender.wake()
    house.until(lambda: state(house, one) == "unknown", "unknown")
    assert left(house) == 4


def test_agents_are_told_before_a_half_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_of("wechat", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        client = desk.house.sign_in(AGENT)
        before = reply_of(client, interaction)["left"]
        refused = write(client, interaction, 1, text="长" * 650 * (before + 1))
        assert (refused.status_code, refused.json()["error"]) == (409, "quota-short")
        assert f"{before + 1} " in refused.json()["detail"] and f" {before} " in refused.json()["detail"]
        assert write(client, interaction, 2, text="长" * 650 * 2).status_code == 200
        held = write(client, interaction, 3, text="长" * 650 * (before - 1))
        assert held.status_code == 409, "those on their way are taken off"
        path = f"/api/interactions/{interaction}/files?name=a.png&client_id=bill-0001"
        assert put(client, path, PICTURE, "image/png").status_code == 200
        desk.house.until(lambda: reply_of(client, interaction)["left"] == before - 3, "three fewer")


def test_watermarks_tell_only_of_parts_that_are_out(house: House, provider: Parted, sender: Sender) -> None:
    (one,) = queue(house.store, LONG)
    sender.wake()
    house.until(lambda: state(house, one) == "sent", "sent")
    assert house.store.write(lambda tx: sent_parts.receipt_of_all(tx, one, state="read", error="", at=1.0))
    assert state(house, one) == "read"
