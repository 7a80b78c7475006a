"""Events for accounts that the site does not have: counted, bounded, forgotten after a week."""

from __future__ import annotations

from eslapp.store import Store, unplaced


def test_however_many_names_come_few_are_kept(store: Store) -> None:
    def note(whose: str, at: float) -> None:
        store.write(lambda tx: unplaced.note(tx, channel_account="line:one", whose=whose, at=at))

    for number in range(70):
        note(f"bot-{number}", 100.0 + number)
    note("bot-0", 500.0)
    note("x" * 5000, 501.0)
    found = store.read(lambda tx: unplaced.lately(tx, now=600.0, limit=1000))
    assert len(found) == unplaced.MOST + 1
    assert (found[0].whose, found[0].events) == (unplaced.OTHERS, 21)
    assert (found[1].whose, found[1].events, found[1].first_at, found[1].last_at) == ("bot-0", 2, 100.0, 500.0)
    assert len(store.read(lambda tx: unplaced.lately(tx, now=600.0, limit=3))) == 3
    assert store.read(lambda tx: unplaced.lately(tx, now=600.0 + 8 * 86400)) == []
