"""One transaction, as the noun modules see it: four verbs, named parameters, rows as dicts.

Owns: the way a statement is run. Not here: when a transaction begins and ends (``writer``, ``readers``), which SQL a
database speaks (``dialect``).

>>> tx.one("SELECT name FROM contacts WHERE id = :id", id="c1")     # doctest: +SKIP
{'name': 'Ada'}
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from eslapp.core.events import Event

Row = dict[str, Any]


class Executor(Protocol):
    """Runs one statement; ``dialect`` implements it. Raises only ``StoreError``s."""

    def execute(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], list[Any], int]:
        """Returns column names, rows, and how many rows changed."""


class Tx:
    """A transaction. Lives only inside the function given to ``Store.write`` or ``Store.read``."""

    def __init__(self, executor: Executor, epoch: int = 0) -> None:
        self._executor = executor
        self.epoch = epoch
        self.appended: list[tuple[int, Event]] = []  # events that are published after COMMIT, in order

    def all(self, sql: str, **parameters: Any) -> list[Row]:
        """Every row of a query."""
        names, rows, _ = self._executor.execute(sql, parameters)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def one(self, sql: str, **parameters: Any) -> Row | None:
        """The first row, or None."""
        rows = self.all(sql, **parameters)
        return rows[0] if rows else None

    def value(self, sql: str, **parameters: Any) -> Any:
        """The first column of the first row, or None."""
        _, rows, _ = self._executor.execute(sql, parameters)
        return rows[0][0] if rows else None

    def run(self, sql: str, **parameters: Any) -> int:
        """Run a statement; returns the number of rows it changed."""
        return self._executor.execute(sql, parameters)[2]

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert one row. Table and column names come from our code, never from outside."""
        self._executor.execute(_insert_sql(table, tuple(row)), row)

    def put(self, table: str, key: str, row: Mapping[str, Any]) -> None:
        """Insert the row, or overwrite the one with the same ``key`` column."""
        self._executor.execute(_put_sql(table, key, tuple(row)), row)


@lru_cache(maxsize=256)
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f":{column}" for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


@lru_cache(maxsize=256)
def _put_sql(table: str, key: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column != key)
    return f"{_insert_sql(table, columns)} ON CONFLICT ({key}) DO UPDATE SET {changes}"
