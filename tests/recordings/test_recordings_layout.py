"""Where recordings lie: only ids and times make paths."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.layout import CHANNELS, recording_of, recording_path, relative_path

NOON = 1795348800.0  # 2026-11-22T12:00:00Z


def test_a_recording_lies_in_the_folder_of_its_utc_day() -> None:
    assert recording_path(Path("/var/rec"), "9f3c", NOON) == Path("/var/rec/2026/11/22/9f3c.wav")
    assert relative_path("9f3c", NOON, part=2) == PurePosixPath("2026/11/22/9f3c.2.wav")
    assert CHANNELS == {"contact": 0, "agent": 1}


@given(st.from_regex(r"[0-9A-Za-z]([0-9A-Za-z-]{0,62}[0-9A-Za-z])?", fullmatch=True), st.integers(1, 99))
def test_the_name_leads_back_to_the_interaction(interaction: str, part: int) -> None:
    found = recording_of(relative_path(interaction, NOON, part))
    assert found is not None
    assert (found.interaction, found.part) == (interaction, part)


@given(st.text(max_size=80))
def test_no_text_leaves_the_folder_of_its_day(text: str) -> None:
    try:
        path = relative_path(text, NOON)
    except ValueError:
        return
    assert path.parent == PurePosixPath("2026/11/22")
    assert path.name == f"{text}.wav"


@pytest.mark.parametrize("bad", ["", "../x", "a/b", "a.wav", "a b", "-a", "a-", "a\0", "总机", "a" * 65, "a\n"])
def test_what_is_no_id_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot name a recording"):
        relative_path(bad, NOON)


@pytest.mark.parametrize("name", ["x.mp3", ".new-1.wav", "a.0.wav", "a.wav.wav", "a..wav", "notes.txt"])
def test_other_files_are_not_recordings(name: str) -> None:
    assert recording_of(f"/var/rec/2026/11/22/{name}") is None
