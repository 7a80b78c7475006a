"""Routing decisions, kept whole and never changed: why an interaction went where it went.

``why`` is what ``zongji why ID`` and the workbench show. Not here: the words (``eslapp.core.receipts``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from eslapp.core import plain
from eslapp.core.model import Receipt
from eslapp.core.receipts import Labels, Why, explain

from . import events, interactions
from .tx import Tx


def add(tx: Tx, receipt: Receipt, sequence: int) -> None:
    """Make one decision findable; the whole of it is in the log under ``sequence``. For ``projection`` only."""
    row = {"id": receipt.id, "interaction": receipt.interaction, "queue": receipt.queue, "at": receipt.at}
    tx.insert("receipts", {**row, "winner": receipt.winner, "sequence": sequence})


def of_interaction(tx: Tx, interaction: str) -> list[Receipt]:
    """Every decision about the interaction, in order."""
    rows = tx.all(
        "SELECT events.body FROM receipts JOIN events ON events.sequence = receipts.sequence "
        "WHERE receipts.interaction = :interaction ORDER BY receipts.sequence",
        interaction=interaction,
    )
    return [plain.from_plain(Receipt, json.loads(row["body"])["receipt"]) for row in rows]


def why(
    tx: Tx, interaction: str, *, names: Mapping[str, str] | None = None, labels: Labels | None = None
) -> Why | None:
    """One sentence in English and Chinese, and every receipt; None: no such id.

    ``names``: agent id -> shown name; ``labels``: see ``explain``.
    """
    record = interactions.get(tx, interaction)
    if record is None:
        return None
    story = [event for _, event in events.of_interaction(tx, interaction)]
    return explain(record, of_interaction(tx, interaction), story, names=names or {}, labels=labels)
