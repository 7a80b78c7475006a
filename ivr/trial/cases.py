"""Tests beside flows: ``flows/main.tests.yaml``, what happens and what is expected.

Owns: the words of a test and reading the file. Not here: running (``running``).

    tests:
      - name: an order is asked for by key
        on: call
        talk:
          - hears: 订单查询请按1
          - press: 1
          - in_queue: orders
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from ivr.fields import ONE_OR_MORE, LanguageCode, Name, Word, as_list, refuse
from ivr.problems import Problem, did_you_mean, quote
from ivr.strict_yaml import Document
from ivr.validation import validated
from ivr.waits import QUEUE_REASONS

ALONE = ("silence", "hang_up", "crash", "fails")  # words of a talk that need nothing more
ORDINARY = "2026-11-25 10:00"  # a Wednesday, where a test names no hour


def _to_moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise refuse(f"{quote(value)} is not an hour", "write it like 2026-10-01 10:00") from error
    if moment.tzinfo is not None:
        raise refuse(f"{quote(value)} has a time zone", "write the local time of the site")
    return moment


Moment = Annotated[
    datetime, PlainValidator(_to_moment), WithJsonSchema({"type": "string", "examples": ["2026-10-01 10:00"]})
]
Words = Annotated[list[Word], BeforeValidator(as_list), ONE_OR_MORE]
Plain = str | int | float | bool
Rows = Annotated[
    list[Any], BeforeValidator(lambda value: value if isinstance(value, list) else [value]), WithJsonSchema({})
]


class Move(BaseModel):
    """One line of a talk: something that happens, or something expected. Exactly one key each."""

    model_config = ConfigDict(extra="forbid")

    press: Word | None = None
    write: Word | None = None
    speak: Word | None = None
    silence: Literal["yes", True] | None = None
    hang_up: Literal["yes", True] | None = None
    crash: Literal["yes", True] | None = None
    fails: Word | Literal[True] | None = None
    queue: Word | None = None
    answer: Any = None
    hears: Words | None = None
    never_hears: Words | None = None
    in_queue: Word | None = None
    at: Word | None = None
    ends: Word | None = None
    knows: dict[Word, Plain] | None = None
    speaks: LanguageCode | None = None
    sends: Words | None = None

    @property
    def verb(self) -> str:
        """The one key."""
        return next(iter(self.model_fields_set), "")

    @property
    def value(self) -> Any:
        return getattr(self, self.verb)


def _to_move(value: Any) -> Any:
    return {value: True} if isinstance(value, str) and value in ALONE else value


class Case(BaseModel):
    """One test. ``answers``: what services say, by section or verb; ``facts``: e.g. ``queue.orders.waiting: 3``."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: Word
    on: Literal["call", "chat"] = "call"
    number: Word = Field(default="", alias="as")
    at: Moment = Field(default_factory=lambda: _to_moment(ORDINARY))
    language: LanguageCode | None = None
    known: dict[Word, Plain] = {}
    facts: dict[Word, Plain] = {}
    answers: dict[Word, Rows] = {}
    talk: Annotated[list[Annotated[Move, BeforeValidator(_to_move)]], Field(min_length=1)]

    @property
    def medium(self) -> str:
        return "voice" if self.on == "call" else "text"

    def instant(self, timezone: str) -> float:
        """UTC seconds."""
        return self.at.replace(tzinfo=ZoneInfo(timezone)).timestamp()

    def variables(self) -> dict[str, Plain]:
        """What is known of the contact at the beginning."""
        return {**({"contact.number": self.number} if self.number else {}), **self.known}


class CaseFile(BaseModel):
    """``flows/NAME.tests.yaml``."""

    model_config = ConfigDict(extra="forbid")

    flow: Name | None = None
    tests: Annotated[list[Case], Field(min_length=1)]


def read_cases(document: Document, flow: str) -> tuple[str, list[Case], list[Problem]]:
    """``(flow, tests, problems)`` of a file of tests beside ``flow``."""
    problems = list(document.problems)
    if document.lost:
        return flow, [], problems
    file, found = validated(CaseFile, document.value, document, lambda path: path, "tests")
    if file is None:
        return flow, [], problems + found
    for number, case in enumerate(file.tests):
        for index, move in enumerate(case.talk):
            problems += _of_move(document, move, ("tests", number, "talk", index))
    return file.flow or flow, file.tests, problems


def _of_move(document: Document, move: Move, path: tuple[str | int, ...]) -> list[Problem]:
    if len(move.model_fields_set) != 1:
        text = "a line of a talk holds one thing that happens or is expected"
        return [document.problem(path, text, "write '- press: 1' and below it '- hears: ...'", "test")]
    reasons = [reason.replace("connected-ended", "served").replace("-", "_") for reason in QUEUE_REASONS]
    if move.verb == "queue" and move.value not in reasons:
        mend = did_you_mean(str(move.value), reasons)
        return [document.problem((*path, "queue"), f"a queue does not end with {quote(move.value)}", mend, "test")]
    return []
