"""A recording is judged by what lies on the disk, not by what the switch says of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from recorded_sound import hiss, silence, tone, write_recording

from recordings.assess import Fault, assess, may_record
from recordings.retention import Kept, RetentionRule, due

DAY = 86_400.0


def test_a_good_recording_has_no_fault(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.wav", tone(2.0), tone(2.0, level=0.1))
    found = assess(path, record_ms=2000)
    assert (found.faults, found.detail, found.seconds, found.channels) == ((), "", 2.0, 2)
    assert found.levels[0].peak_db > found.levels[1].peak_db


def test_a_full_disk_shows_as_truncated_and_says_so(tmp_path: Path) -> None:
    """R12: the switch reported 15.3 s and success, 12.3 s are there."""
    path = write_recording(tmp_path / "a.wav", tone(12.3), tone(12.3))
    found = assess(path, record_ms=15_320)
    assert found.is_truncated and found.is_sound_lost
    assert "12.3 s in the file, 15.3 s recorded; disk full?" in found.detail


def test_a_side_that_was_never_heard_is_named_but_nothing_is_lost(tmp_path: Path) -> None:
    found = assess(write_recording(tmp_path / "a.wav", tone(2.0), hiss(2.0, level=0.0001)), record_ms=2000)
    assert found.faults == (Fault.SILENT_AGENT,)
    assert not found.is_sound_lost


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"", Fault.EMPTY), (b"RIFFxxxx", Fault.UNREADABLE), (None, Fault.MISSING)],
)
def test_a_bad_file_is_a_fault_and_no_exception(tmp_path: Path, content: bytes | None, fault: Fault) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    found = assess(path, record_ms=5000)
    assert found.faults == (fault,)
    assert found.is_sound_lost and str(path) in found.detail


def test_a_header_without_sound_is_empty(tmp_path: Path) -> None:
    found = assess(write_recording(tmp_path / "a.wav", silence(0.0)), record_ms=5000)
    assert found.faults == (Fault.EMPTY,)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_a_fault(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.wav", tone(1.0))
    path.chmod(0)
    assert assess(path).faults == (Fault.FORBIDDEN,)


def test_below_five_percent_free_nothing_new_is_recorded() -> None:
    assert may_record(free_bytes=5, total_bytes=100)
    assert not may_record(free_bytes=4, total_bytes=100)
    assert not may_record(free_bytes=0, total_bytes=0)


def test_retention_takes_what_is_over_its_days_and_never_what_is_on_hold() -> None:
    kept = [
        Kept("young", ended_at=80 * DAY, queue="orders"),
        Kept("old", ended_at=10 * DAY, queue="orders"),
        Kept("older", ended_at=5 * DAY, queue="orders"),
        Kept("held", ended_at=0.0, queue="orders", on_hold=True),
        Kept("for ever", ended_at=0.0, queue="legal"),
        Kept("short", ended_at=95 * DAY, queue="survey"),
    ]
    rule = RetentionRule(days=60, queues={"legal": None, "survey": 1})
    assert due(kept, rule, at=100 * DAY) == ["older", "old", "short"]
    assert due(kept, RetentionRule(), at=1e12) == []
