"""A full disk, really: what cannot be kept is answered 503, and comes again when there is room."""

from __future__ import annotations

from pathlib import Path

import pytest
from provider_desk import opened

pytestmark = pytest.mark.slow
EVENTS = 40


def test_what_a_full_disk_cannot_keep_comes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("telegram", tmp_path, monkeypatch) as desk:
        texts = [f"{number} " + "x" * 900 for number in range(EVENTS)]
        each = desk.provider.say_all(texts, number=10)
        assert desk.deliver(each[0]) == 200
        desk.house.until(lambda: desk.said() == texts[:1], "the first")
        store = desk.house.store
        pages = store.read(lambda tx: tx.value("PRAGMA page_count"))
        store.write(lambda tx: tx.all(f"PRAGMA max_page_count = {pages}"))
        answers = [desk.deliver(one) for one in each[1:]]
        assert 503 in answers and set(answers) <= {200, 503}
        store.write(lambda tx: tx.all(f"PRAGMA max_page_count = {pages * 100}"))
        assert all(desk.deliver(one) == 200 for one, answer in zip(each[1:], answers, strict=True) if answer != 200)
        desk.house.until(lambda: len(desk.said()) == EVENTS, "all of them")
        assert sorted(desk.said()) == sorted(texts)
