"""``kill -9`` in the middle of 500 writes: all that was acknowledged is there, and nothing is there by halves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from eslapp.store import Store

SCRIPT = Path(__file__).with_name("crashing_writer.py")
WRITES = 500


@pytest.mark.system
@pytest.mark.parametrize("kill_after", [1, 137, 250, 433])
def test_sigkill_loses_nothing_acknowledged(tmp_path: Path, kill_after: int) -> None:
    path = tmp_path / "zongji.db"
    acknowledged = write_and_kill(path, kill_after)
    assert len(acknowledged) >= kill_after
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [
            {int(row[0][1:]) for row in raw.execute(sql)}
            for sql in ("SELECT external_key FROM inbox", "SELECT id FROM contacts", "SELECT agent FROM events")
        ]
        orphans = raw.execute("SELECT COUNT(*) FROM addresses WHERE contact NOT IN (SELECT id FROM contacts)")
        assert orphans.fetchone() == (0,)
    raw.close()
    assert kept[0] == kept[1] == kept[2], "a write is there by halves"
    lost = acknowledged - kept[0]
    assert not lost, f"acknowledged but lost: {sorted(lost)}"
    reopened = Store(path).open(at=2.0)
    assert reopened.epoch == 2
    reopened.close()


def write_and_kill(path: Path, kill_after: int) -> set[int]:
    """The numbers that were acknowledged before the process died (the pipe is read to its end)."""
    command = [sys.executable, str(SCRIPT), str(path), str(WRITES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = []
        for line in process.stdout:
            seen.append(line.strip())
            if len(seen) == kill_after:
                process.kill()
        process.wait(timeout=30)
    assert "all" not in seen, "it ended before it was killed"
    return {int(number) for number in seen}
