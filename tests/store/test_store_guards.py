"""What the database itself refuses, whatever our code believes."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from eslapp.core.events import PhoneChanged
from eslapp.core.model import Medium, Offer, OfferState, Receipt
from eslapp.store import Conflict, Store, events, offers, receipts

CALL = Offer("o1", "i1", "ann", Medium.VOICE, 1.0, 21.0, queue="orders")


def put(store: Store, *several: Offer) -> None:
    for offer in several:
        store.write(lambda tx, offer=offer: offers.put(tx, offer))


def test_two_agents_with_one_interaction_are_refused(store: Store) -> None:
    put(store, CALL, replace(CALL, id="o2", agent="bob"))  # several may be asked at once
    put(store, replace(CALL, state=OfferState.ACCEPTED))
    with pytest.raises(Conflict, match="offers.interaction"):
        put(store, replace(CALL, id="o2", agent="bob", state=OfferState.ACCEPTED))
    with pytest.raises(Conflict, match="offers.interaction"):
        put(store, replace(CALL, id="o3", medium=Medium.TEXT))  # twice at one agent
    assert [offer.id for offer in store.read(offers.live)] == ["o1", "o2"]


def test_two_live_calls_of_one_agent_are_refused(store: Store) -> None:
    put(store, CALL)
    with pytest.raises(Conflict, match="offers.agent"):
        put(store, replace(CALL, id="o2", interaction="i2"))
    accepted = replace(CALL, state=OfferState.ACCEPTED)
    put(store, accepted)
    with pytest.raises(Conflict, match="offers.agent"):
        put(store, replace(CALL, id="o2", interaction="i2"))


def test_what_is_over_makes_room_and_texts_may_be_several(store: Store) -> None:
    put(
        store,
        replace(CALL, state=OfferState.DECLINED, ended_at=5.0),
        replace(CALL, id="o2"),
        *(replace(CALL, id=f"t{n}", interaction=f"t{n}", medium=Medium.TEXT) for n in range(3)),
    )
    assert len(store.read(lambda tx: offers.live(tx, agent="ann"))) == 4


@pytest.mark.parametrize("sql", ["UPDATE {} SET at = 0.0", "DELETE FROM {}", "DELETE FROM {} WHERE at > 0"])
@pytest.mark.parametrize("table", ["events", "receipts"])
def test_the_log_and_the_receipts_are_never_changed(store: Store, table: str, sql: str) -> None:
    receipt = Receipt("r1", "i1", "orders", 1.0, "", "longest_idle", (), (), 1, 1)
    store.write(lambda tx: events.append(tx, PhoneChanged(at=1.0, agent="ann", registered=True)))
    store.write(lambda tx: receipts.add(tx, receipt, 1))
    with pytest.raises(Conflict, match=f"{table} is append-only"):
        store.write(lambda tx: tx.run(sql.format(table)))
    with sqlite3.connect(store.path) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(sql.format(table))  # other programs too


def test_columns_keep_their_types(store: Store) -> None:
    with pytest.raises(Conflict, match="cannot store TEXT value in REAL column"):
        store.write(
            lambda tx: tx.run("INSERT INTO channel_cursors VALUES ('a', 'b', :at)", at="yesterday"),
        )


def test_replacing_a_row_of_the_log_is_refused_too(store: Store) -> None:
    store.write(lambda tx: events.append(tx, PhoneChanged(at=1.0, agent="ann", registered=True)))
    with pytest.raises(Conflict, match="append-only"):
        store.write(
            lambda tx: tx.run(
                "INSERT OR REPLACE INTO events (sequence, at, type, interaction, agent, epoch, body) "
                "VALUES (1, 2.0, 'x', '', '', 1, '{}')"
            )
        )
