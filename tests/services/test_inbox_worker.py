"""Raw events that cannot be worked on: parked after some tries, and nobody waits behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import gevent
import pytest
from floor import Floor
from gevent.event import Event as Gate

from eslapp.ids import random_id
from eslapp.log import spawn
from eslapp.services.inbox_worker import RETRY_S, InboxWorker, Source
from eslapp.store import Conflict, StoreUnavailable, inbox

ACCOUNT = "webchat:website"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path)
    yield floor
    floor.close()


def failing(error: Exception) -> Any:
    """Every row of the address "bad" fails with ``error``."""

    def parse(_source: Source, raw: inbox.RawEvent) -> list[Any]:
        if raw.address == "bad":
            raise error
        return []

    return parse


def worker(floor: Floor, parse: Any) -> InboxWorker:
    return InboxWorker(
        bus=floor.bus,
        store=floor.store,
        flows=floor.flows,
        chats=cast(Any, None),
        world=floor.world,
        source_of=lambda account: Source("webchat", account.partition(":")[2], "main"),
        parse=parse,
        clock=floor.clock,
        ids=random_id,
    )


def deliver(floor: Floor, *addresses: str, account: str = ACCOUNT) -> None:
    for address in addresses:
        floor.store.write(
            lambda tx, address=address: inbox.put(
                tx,
                channel_account=account,
                external_key=address,
                body=b"{}",
                at=floor.clock(),
                address=address,
            )
        )


def waiting(floor: Floor) -> list[str]:
    rows = floor.store.read(lambda tx: inbox.waiting(tx, ACCOUNT, now=floor.clock()))
    return [raw.address for raw in rows]


def test_a_row_the_store_always_refuses_is_parked_and_holds_nobody_up(floor: Floor) -> None:
    works = worker(floor, failing(Conflict("UNIQUE constraint failed")))
    deliver(floor, "bad", "good")
    assert works._work_once(ACCOUNT) and waiting(floor) == []
    for _ in range(inbox.MAX_TRIES - 1):
        floor.clock.now += RETRY_S + 1
        assert waiting(floor) == ["bad"]
        works._work_once(ACCOUNT)
    floor.clock.now += 3600
    assert waiting(floor) == []
    count, last = floor.store.read(inbox.given_up)
    assert (count, last) == (1, "webchat:website: Conflict: UNIQUE constraint failed")


def test_a_full_disk_is_not_the_row_s_fault(floor: Floor) -> None:
    works = worker(floor, failing(StoreUnavailable("the disk is full")))
    deliver(floor, "bad")
    for _ in range(inbox.MAX_TRIES + 1):
        with pytest.raises(StoreUnavailable):
            works._work_once(ACCOUNT)
    assert waiting(floor) == ["bad"]


def test_addresses_of_one_account_are_worked_on_together(floor: Floor) -> None:
    second, taken = Gate(), []

    def parse(_source: Source, raw: inbox.RawEvent) -> list[Any]:
        if raw.address == "a":
            assert second.wait(5), "the second address waited for the first"
        second.set()
        taken.append(raw.address)
        return []

    works = worker(floor, parse)
    deliver(floor, "a", "b")
    assert works._work_once(ACCOUNT) and waiting(floor) == []
    assert taken == ["b", "a"]


def test_one_slow_account_holds_no_other_up(floor: Floor) -> None:
    waits, taken = Gate(), []

    def parse(source: Source, raw: inbox.RawEvent) -> list[Any]:
        if source.account == "slow":
            waits.wait(10)
        taken.append(raw.address)
        return []

    works = worker(floor, parse)
    deliver(floor, "a", "b", account="webchat:slow")
    deliver(floor, "c", "d")
    running = spawn(works.run)
    try:
        for _ in range(500):
            if len(taken) == 2:
                break
            gevent.sleep(0.01)
        assert taken == ["c", "d"]
        waits.set()
        deliver(floor, "e", account="webchat:slow")
        for _ in range(500):
            if len(taken) == 5:
                break
            works.wake()
            gevent.sleep(0.01)
        assert taken[2:] == ["a", "b", "e"]
    finally:
        running.kill()
