"""SQL stands in ``eslapp/store`` only, and what only SQLite understands in its dialect only."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STORE = ROOT / "eslapp" / "store"
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\b")
SQLITE_ONLY = re.compile(
    r"PRAGMA|AUTOINCREMENT|OR REPLACE|OR IGNORE|\browid\b|sqlite_master|strftime|julianday|GLOB|IFNULL|sqlite3|"
    r"\bdatetime\(|LIMIT -1|WITHOUT ROWID|json_extract|\bRAISE\(",
    re.IGNORECASE,
)


def sources(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".py", ".sql")]


def test_sql_lives_in_the_store_only() -> None:
    packages = [ROOT / name for name in ("eslapp", "webhooks", "ivr", "recordings", "scripts")]
    strangers = [
        str(path.relative_to(ROOT))
        for package in packages
        for path in sources(package)
        if STORE not in path.parents and SQL.search(path.read_text(encoding="utf-8"))
    ]
    assert strangers == []


def test_only_the_dialect_knows_sqlite() -> None:
    found = {
        path.name: SQLITE_ONLY.findall(path.read_text(encoding="utf-8"))
        for path in sources(STORE)
        if path.name not in ("dialect.py", "store.py")  # store.py names the connection class, for tests
    }
    assert {name: words for name, words in found.items() if words} == {}


def test_the_patterns_find_what_they_look_for() -> None:
    dialect = (STORE / "dialect.py").read_text(encoding="utf-8")
    assert SQLITE_ONLY.search(dialect) and SQL.search((STORE / "jobs.py").read_text(encoding="utf-8"))
