"""Routing decisions, kept whole and never changed: why an interaction went where it went.

``why`` is what ``zongji why ID`` and the workbench show. Not here: the words (``eslapp.core.receipts``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from eslapp.core import plain
from eslapp.core.model import Receipt
from eslapp.core.receipts import Why, explain

from . import events, interactions
from .tx import Tx


def add(tx: Tx, receipt: Receipt) -> None:
    """Keep one decision. For ``projection`` only."""
    body = json.dumps(plain.to_plain(receipt), ensure_ascii=False, separators=(",", ":"))
    row = {"id": receipt.id, "interaction": receipt.interaction, "queue": receipt.queue, "at": receipt.at}
    tx.insert("receipts", {**row, "winner": receipt.winner, "body": body})


def of_interaction(tx: Tx, interaction: str) -> list[Receipt]:
    """Every decision about the interaction, in order."""
    rows = tx.all("SELECT body FROM receipts WHERE interaction = :interaction ORDER BY at, id", interaction=interaction)
    return [plain.from_plain(Receipt, json.loads(row["body"])) for row in rows]


def why(tx: Tx, interaction: str, *, names: Mapping[str, str] | None = None) -> Why | None:
    """One sentence in English and Chinese, and every receipt. ``names``: agent id -> shown name. None: no such id."""
    record = interactions.get(tx, interaction)
    if record is None:
        return None
    story = [event for _, event in events.of_interaction(tx, interaction)]
    return explain(record, of_interaction(tx, interaction), story, names=names or {})
