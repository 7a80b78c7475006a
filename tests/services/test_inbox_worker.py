"""Raw events that cannot be worked on: parked after some tries, and nobody waits behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from floor import Floor

from eslapp.ids import random_id
from eslapp.services.inbox_worker import RETRY_S, InboxWorker, Source
from eslapp.store import Conflict, StoreUnavailable, inbox


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path)
    yield floor
    floor.close()


def worker(floor: Floor, error: Exception) -> InboxWorker:
    """Every row of the address "bad" fails with ``error``."""

    def parse(_source: Source, raw: inbox.RawEvent) -> list[Any]:
        if raw.address == "bad":
            raise error
        return []

    return InboxWorker(
        bus=floor.bus,
        store=floor.store,
        flows=floor.flows,
        chats=cast(Any, None),
        world=floor.world,
        source_of=lambda account: Source("webchat", account, "main"),
        parse=parse,
        clock=floor.clock,
        ids=random_id,
    )


def deliver(floor: Floor, *addresses: str) -> None:
    for address in addresses:
        floor.store.write(
            lambda tx, address=address: inbox.put(
                tx,
                channel_account="webchat:website",
                external_key=address,
                body=b"{}",
                at=floor.clock(),
                address=address,
            )
        )


def waiting(floor: Floor) -> list[str]:
    rows = floor.store.read(lambda tx: inbox.waiting(tx, now=floor.clock()))
    return [raw.address for raw in rows]


def test_a_row_the_store_always_refuses_is_parked_and_holds_nobody_up(floor: Floor) -> None:
    works = worker(floor, Conflict("UNIQUE constraint failed"))
    deliver(floor, "bad", "good")
    assert works._work_once() and waiting(floor) == []
    for _ in range(inbox.MAX_TRIES - 1):
        floor.clock.now += RETRY_S + 1
        assert waiting(floor) == ["bad"]
        works._work_once()
    floor.clock.now += 3600
    assert waiting(floor) == []
    count, last = floor.store.read(inbox.given_up)
    assert (count, last) == (1, "webchat:website: Conflict: UNIQUE constraint failed")


def test_a_full_disk_is_not_the_row_s_fault(floor: Floor) -> None:
    works = worker(floor, StoreUnavailable("the disk is full"))
    deliver(floor, "bad")
    for _ in range(inbox.MAX_TRIES + 1):
        with pytest.raises(StoreUnavailable):
            works._work_once()
    assert waiting(floor) == ["bad"]
