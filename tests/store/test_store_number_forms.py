"""People kept under 138... and +86138...: one form, joined where both were proved, suggested where not."""

from __future__ import annotations

from eslapp.store import Store, contacts, people
from eslapp.store.number_forms import Settled, settle

WORLD = "+8613800138000"


def test_numbers_come_into_one_form(store: Store) -> None:
    def keep(name: str, number: str, *, is_verified: bool = False) -> None:
        def work(tx):  # type: ignore[no-untyped-def]
            contacts.find_or_create(tx, scope="x", external_id=name, new_id=name, at=1.0)
            contacts.add_address(tx, name, scope="tel", external_id=number, at=1.0, is_verified=is_verified)

        store.write(work)

    keep("alone", "13900139000")
    keep("a", "13800138000", is_verified=True)
    keep("b", WORLD, is_verified=True)
    keep("c", "0086 138 0013 8000")
    keep("short", "95588")
    found = store.write(lambda tx: settle(tx, country="CN", at=2.0))
    assert found == Settled(rewritten=1, joined=1, suggested=1)
    assert store.read(lambda tx: people.root(tx, "a") == people.root(tx, "b") != people.root(tx, "c"))
    assert store.read(lambda tx: contacts.by_address(tx, "tel", "+8613900139000").id) == "alone"
    assert store.read(lambda tx: contacts.by_address(tx, "tel", "95588").id) == "short"
    assert store.write(lambda tx: settle(tx, country="CN", at=3.0)) == Settled()
