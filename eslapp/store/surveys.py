"""What contacts said of the service: one row per answered survey.

Not here: the questions (``site.yaml``), asking (``ivr.steps.survey``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Row, Tx

COLUMNS = "number, interaction, contact, survey, score, best, is_low, queue, agent, at"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswer:
    """``score`` of ``best``; ``is_low``: somebody should look at it. ``agent`` had talked, "" where nobody had."""

    number: int
    interaction: str
    contact: str
    survey: str
    score: int
    best: int
    is_low: bool
    queue: str
    agent: str
    at: float


def keep(
    tx: Tx,
    *,
    source: str,
    interaction: str,
    contact: str,
    survey: str,
    score: int,
    best: int,
    is_low: bool,
    queue: str,
    agent: str,
    at: float,
) -> bool:
    """False where the same ``source`` has answered before."""
    changed = tx.run(
        "INSERT INTO survey_answers (source, interaction, contact, survey, score, best, is_low, queue, agent, at) "
        "VALUES (:source, :interaction, :contact, :survey, :score, :best, :is_low, :queue, :agent, :at) "
        "ON CONFLICT (source) DO NOTHING",
        source=source,
        interaction=interaction,
        contact=contact,
        survey=survey,
        score=score,
        best=best,
        is_low=int(is_low),
        queue=queue,
        agent=agent,
        at=at,
    )
    return changed == 1


def listing(
    tx: Tx, *, survey: str = "", interaction: str = "", only_low: bool = False, limit: int = 50
) -> list[SurveyAnswer]:
    """The newest first."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM survey_answers WHERE (:survey = '' OR survey = :survey) "
        "AND (:interaction = '' OR interaction = :interaction) AND (:low = 0 OR is_low = 1) "
        "ORDER BY number DESC LIMIT :limit",
        survey=survey,
        interaction=interaction,
        low=int(only_low),
        limit=limit,
    )
    return [_answer(row) for row in rows]


def _answer(row: Row) -> SurveyAnswer:
    row["is_low"] = bool(row["is_low"])
    return SurveyAnswer(**row)
