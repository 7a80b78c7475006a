"""What was said in a recording, turn by turn, and which engine heard it.

waiting -> ready | failed. Search over the words comes later (CJK characters will be indexed one by one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of speech; ``side`` "contact" or "agent", times in seconds from the start of the recording."""

    side: str
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """The turns of one recording in order of time; empty while ``state`` is waiting or failed (see ``error``)."""

    recording: str
    interaction: str
    state: str
    engine: str
    language: str
    error: str
    made_at: float
    turns: tuple[Turn, ...] = ()


def ask(tx: Tx, *, recording: str, interaction: str, language: str, at: float) -> None:
    """A transcript is wanted: shown as waiting. Asking again changes nothing."""
    tx.run(
        "INSERT INTO transcripts (recording, interaction, state, engine, language, error, made_at) "
        "VALUES (:recording, :interaction, 'waiting', '', :language, '', :at) ON CONFLICT DO NOTHING",
        recording=recording,
        interaction=interaction,
        language=language,
        at=at,
    )


def ready(tx: Tx, *, recording: str, engine: str, turns: Sequence[Turn], at: float, language: str = "") -> None:
    """The engine has heard it; replaces an older result."""
    tx.run(
        "UPDATE transcripts SET state = 'ready', engine = :engine, error = '', made_at = :at, "
        "language = CASE WHEN :language = '' THEN language ELSE :language END WHERE recording = :recording",
        recording=recording,
        engine=engine,
        at=at,
        language=language,
    )
    tx.run("DELETE FROM turns WHERE recording = :recording", recording=recording)
    for number, turn in enumerate(sorted(turns, key=lambda turn: turn.start_s)):
        words = {"side": turn.side, "text": turn.text, "start_s": turn.start_s, "end_s": turn.end_s}
        tx.insert("turns", {"recording": recording, "number": number, **words})


def failed(tx: Tx, *, recording: str, error: str, at: float) -> None:
    """No words will come; the recording stays."""
    tx.run(
        "UPDATE transcripts SET state = 'failed', error = :error, made_at = :at "
        "WHERE recording = :recording AND state = 'waiting'",
        recording=recording,
        error=error,
        at=at,
    )


def of_recording(tx: Tx, recording: str) -> Transcript | None:
    """The transcript of one recording."""
    row = tx.one("SELECT * FROM transcripts WHERE recording = :id", id=recording)
    return _transcript(tx, row) if row else None


def of_interaction(tx: Tx, interaction: str) -> list[Transcript]:
    """The transcripts of all recordings of an interaction, in the order they were made."""
    rows = tx.all("SELECT * FROM transcripts WHERE interaction = :id ORDER BY made_at, recording", id=interaction)
    return [_transcript(tx, row) for row in rows]


def _transcript(tx: Tx, row: Row) -> Transcript:
    turns = tx.all(
        "SELECT side, text, start_s, end_s FROM turns WHERE recording = :id ORDER BY number", id=row["recording"]
    )
    return Transcript(**row, turns=tuple(Turn(**turn) for turn in turns))
