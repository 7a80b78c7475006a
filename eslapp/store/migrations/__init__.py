"""Numbered steps of the schema, ``NNNN_name.sql``, applied in order and never edited after a release.

Owns: finding and applying them, all that are missing in one transaction with their rows in ``migrations``: an upgrade
that fails leaves the schema the older Zongji knows. To change the schema add the next number. Not here: what SQLite
makes of them (``eslapp.store.dialect``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from pathlib import Path

from ..dialect import SqliteSession, knows_table, statements
from ..errors import StoreTooNew, StoreUnavailable
from ..tx import Tx

FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
LEDGER = "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; ``number`` counts from 1 without a gap."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Of the file, so that an edited step is noticed."""
        return sha256(self.text.encode()).hexdigest()


def shipped() -> list[Migration]:
    """All steps of this Zongji, in order."""
    steps = []
    for file in resources.files(__package__).iterdir():
        match = FILE_NAME.fullmatch(file.name)
        if match:
            steps.append(Migration(int(match[1]), match[2], file.read_text(encoding="utf-8")))
    steps.sort(key=lambda step: step.number)
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        raise RuntimeError(f"migrations must be numbered 1, 2, 3 ... without a gap: {[s.number for s in steps]}")
    return steps


def apply(session: SqliteSession) -> list[int]:
    """Bring the schema up to date; returns the numbers applied. ``StoreTooNew`` where it is ahead of us."""
    steps = shipped()
    done = _applied(session)
    if done and max(done) > len(steps):
        raise StoreTooNew(
            f"{session.path}: its schema has step {max(done)}, this Zongji knows {len(steps)}; install a newer Zongji"
        )
    for step in steps:
        if step.number in done and done[step.number] != step.checksum:
            raise RuntimeError(
                f"{session.path}: step {step.number:04d}_{step.name}.sql was edited after it was applied here; put the "
                "shipped file back (while developing: delete the database)"
            )
    todo = [step for step in steps if step.number not in done]
    if todo:
        _apply_all(session, todo)
    return [step.number for step in todo]


def must_be_up_to_date(tx: Tx, path: Path) -> None:
    """For who only looks: ``StoreUnavailable`` with the mend where a newer or an older Zongji made the schema."""
    newest, step = len(shipped()), 0
    if knows_table(tx, "migrations"):
        step = int(tx.value("SELECT COALESCE(MAX(number), 0) FROM migrations"))
    if step > newest:
        raise StoreTooNew(f"{path}: its schema has step {step}, this Zongji knows {newest}; install a newer Zongji")
    if step < newest:
        raise StoreUnavailable(
            f"{path}: an older Zongji made it (step {step} of {newest}); start the site once (zongji run)"
        )


def _applied(session: SqliteSession) -> dict[int, str]:
    if not session.has_table("migrations"):
        return {}
    return {row["number"]: row["checksum"] for row in Tx(session).all("SELECT number, checksum FROM migrations")}


def _apply_all(session: SqliteSession, steps: list[Migration]) -> None:
    session.begin_writing()
    try:
        tx = Tx(session)
        if not session.has_table("migrations"):
            tx.run(LEDGER)
        for step in steps:
            if tx.value("SELECT 1 FROM migrations WHERE number = :number", number=step.number) is None:
                _apply_one(tx, step)
        session.commit()
    except BaseException:
        session.roll_back()
        raise


def _apply_one(tx: Tx, step: Migration) -> None:
    for statement in statements(step.text):
        tx.run(statement)
    tx.insert("migrations", {"number": step.number, "name": step.name, "checksum": step.checksum})
