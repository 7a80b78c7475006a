"""A conversation as a test: what was done, and the surest thing each answer is known by.

Owns: the YAML of a new test. Not here: reading it back (``cases``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivr.session import Value

from .talk import Talk

HEADER = "tests:\n"
HEARD_BOUND = 40  # characters that a test expects to hear


class Repro:
    """Collects a talk move by move; ``text`` is the test."""

    def __init__(
        self,
        name: str,
        on: str,
        number: str,
        at: datetime,
        language: str,
        *,
        known: Mapping[str, Value],
        facts: Mapping[str, Value],
        answers: Mapping[str, Any],
    ) -> None:
        self._head = [f"  - name: {quoted(name)}", f"    on: {on}"]
        self._head += [f"    as: {quoted(number)}"] if number else []
        self._head += [f"    at: {at:%Y-%m-%d %H:%M}"]
        self._head += [f"    language: {language}"] if language else []
        pairs = ", ".join(f"{key}: {quoted(str(value))}" for key, value in known.items())
        self._head += [f"    known: {{{pairs}}}"] if pairs else []
        self._told = {"facts": dict(facts), "answers": dict(answers)}
        self._talk: list[str] = []

    def saw(self, talk: Talk) -> None:
        """Expect what was just heard."""
        if talk.heard:
            first = talk.heard[-1].splitlines()[0][:HEARD_BOUND]
            self._talk.append(f"      - hears: {quoted(first)}")
        effect = talk.waiting
        if effect is not None and effect.type == "EnterQueue":
            self._talk.append(f"      - in_queue: {getattr(effect, 'queue', '')}")
        if talk.is_over:
            self._talk.append(f"      - ends: {talk.session.outcome or talk.session.cause}")

    def answered(self, given: Mapping[str, list[Any]]) -> None:
        """What services answered besides."""
        usual = {name: rows[:1] if all(row == rows[0] for row in rows) else rows for name, rows in given.items()}
        self._told["answers"] = {**usual, **self._told["answers"]}

    def did(self, verb: str, value: object = None) -> None:
        """Something happened."""
        if value is None:
            self._talk.append(f"      - {verb}")
        else:
            self._talk.append(f"      - {verb}: {quoted(value) if isinstance(value, str) else json.dumps(value)}")

    def text(self) -> str:
        """The test, to stand below ``tests:``."""
        told = [f"    {key}: {json.dumps(one, ensure_ascii=False)}" for key, one in self._told.items() if one]
        return "\n".join([*self._head, *told, "    talk:", *self._talk]) + "\n"


def quoted(text: str) -> str:
    """A YAML scalar: always in double quotes, so that nothing in it can mean anything."""
    return json.dumps(text, ensure_ascii=False)
