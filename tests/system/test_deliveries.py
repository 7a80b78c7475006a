"""R7 and R8: whatever a provider does and however often the daemon dies, each message is there once and in its order.

``ZONGJI_DELIVERIES=10000`` for the full size: some minutes.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from eslapp.demo.providers.base import post
from eslapp.demo.web import await_that
from eslapp.store.messages import FORWARD
from tests.system.deliveries import Deliverers, Planned, judge, plan
from tests.system.text_site import TextSite
from webhooks.inbox import ACK_S

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(3600)]
EVENTS = int(os.environ.get("ZONGJI_DELIVERIES", "240"))
ADDRESSES = max(20, EVENTS // 50)
WITHIN_S = 600 if EVENTS < 1000 else 2400  # a loaded machine takes its time
KILLS = 5 if EVENTS >= 1000 else 3
SEED = 7


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextSite]:
    with TextSite(tmp_path_factory.mktemp("letters") / "site") as running:
        yield running


def test_each_message_once_in_order_through_kills(site: TextSite) -> None:
    events, copies = plan(EVENTS, ADDRESSES, SEED)
    work = Deliverers(site.shop, copies, within_s=WITHIN_S)
    began = time.monotonic()
    work.start()
    try:
        for kill in range(KILLS):
            share = (kill + 1) * len(copies) // (KILLS + 1)
            await_that(f"{share} of {len(copies)} deliveries", WITHIN_S / 2, lambda share=share: work.done >= share)
            site.kill()
            site.start()
        work.wait()
        delivered = time.monotonic()
        site.settle(max(300, WITHIN_S))
    finally:  # whatever broke, no thread goes on delivering into the next test
        work.stop()
    print(f"delivered in {delivered - began:.0f} s, worked on {time.monotonic() - delivered:.0f} s later")
    counts = judge(site, events, work.acknowledged)
    print(f"seed {SEED}, {len(copies)} deliveries, {dict(work.statuses)}: {asdict(counts)}")
    assert asdict(counts) == {
        "attempted": EVENTS,
        "acknowledged": EVENTS,
        "lost": 0,
        "duplicated": 0,
        "unexpected": 0,
    }
    assert site.rows("SELECT count(*) FROM inbox WHERE state <> 'done'") == [(0,)]
    shown_in_order(site, events)
    receipts_went_forward(site)


def shown_in_order(site: TextSite, events: list[Planned]) -> None:
    """What an agent is shown of each contact is in the provider's order."""
    wanted: dict[str, list[str]] = {}
    for event in sorted(events, key=lambda one: one.at):
        wanted.setdefault(event.address, []).append(event.text)
    admin = site.admin()
    threads = site.rows("SELECT address, interaction FROM conversations")
    assert len(threads) == len(wanted), "one open conversation per address"
    for address, interaction in threads:
        shown = admin.get(f"/api/interactions/{interaction}/messages")["messages"]
        assert [one["text"] for one in shown if one["direction"] == "in"] == wanted[address]


def receipts_went_forward(site: TextSite) -> None:
    """Each answer was read in the end, and no event took it back."""
    assert site.rows("SELECT DISTINCT state FROM messages WHERE direction = 'out'") == [("read",)]
    sql = (
        "SELECT json_extract(body, '$.message'), json_extract(body, '$.state') FROM events "
        "WHERE type = 'MessageAdvanced' ORDER BY sequence"
    )
    last: dict[str, int] = {}
    for message, state in site.rows(sql):
        assert FORWARD[state] > last.get(message, -1), message
        last[message] = FORWARD[state]


@pytest.mark.parametrize("trial", range(max(1, EVENTS // 200)))
def test_what_was_acknowledged_survives_a_kill_in_the_next_moment(site: TextSite, trial: int) -> None:
    taken: list[int] = []
    first = threading.Event()

    def deliver(number: int) -> None:
        if post(site.hook, site.shop.say("survives", address=f"s{number}", number=number))[0] == 200:
            taken.append(number)
            first.set()

    numbers = range(1_000_000 + 100 * trial, 1_000_012 + 100 * trial)
    threads = [threading.Thread(target=deliver, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    assert first.wait(10)
    site.kill()
    for thread in threads:
        thread.join(10)
    kept = {row[0] for row in site.rows("SELECT external_key FROM inbox")}
    site.start()
    assert taken and {f"evt-{number}" for number in taken} <= kept


def test_while_the_database_is_locked_it_is_503(site: TextSite) -> None:
    lock = sqlite3.connect(site.dir.database, timeout=10, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    try:
        statuses = [post(site.hook, site.shop.say("locked", number=2_000_000), within_s=10)[0] for _ in range(2)]
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert statuses == [503, 503] and time.monotonic() - began < 2 * ACK_S + 3
    wait_until_taken(site, 2_000_000)


def wait_until_taken(site: TextSite, number: int) -> None:
    signed = site.shop.say("locked", number=number)
    await_that("the same event taken after all", 15, lambda: post(site.hook, signed)[0] == 200)
    sql = f"SELECT count(*) FROM messages WHERE provider_id = 'm-{number}'"
    await_that("its message", 15, lambda: site.rows(sql) == [(1,)])


def test_while_the_database_is_gone_it_is_503(site: TextSite) -> None:
    away = site.dir.database.parent / "away"
    away.mkdir()
    files = [one for one in site.dir.database.parent.iterdir() if one.name.startswith(site.dir.database.name)]
    moved: list[tuple[Path, Path]] = [(one, away / one.name) for one in files]
    for here, there in moved:
        here.rename(there)
    try:
        assert post(site.hook, site.shop.say("gone", number=2_000_001), within_s=10)[0] == 503
    finally:
        for here, there in moved:
            there.rename(here)
    wait_until_taken(site, 2_000_001)
