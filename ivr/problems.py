"""A problem of a site's files: where, what, and how to mend it.

Owns: the record and the did-you-mean. Not here: finding problems (``loader``, ``checks``).

>>> str(Problem("flows/main.yaml", 7, 3, "unknown step 'sya'", "did you mean 'say'?"))
"flows/main.yaml:7:3: unknown step 'sya'; did you mean 'say'?"
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import NamedTuple

MENTION_BOUND = 80  # characters of an author's own words quoted in a problem
NEAR = 0.6  # how alike two words must be for one to be the other, misspelt


class Mark(NamedTuple):
    """A place in a file; both count from 1."""

    line: int
    column: int


class Place(NamedTuple):
    """A place in one of the site's files."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """``severity``: an "error" can strand or mislead a contact, a "warning" is poor style."""

    file: str
    line: int
    column: int
    text: str
    mend: str
    code: str = "syntax"
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}; {self.mend}"


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The mend for a misspelt ``word``: the nearest known one, else all known ones.

    >>> did_you_mean("ordrs", ["orders", "repairs"])
    "did you mean 'orders'?"
    """
    names = sorted({str(name) for name in known})
    near = nearest(word, names)
    if near:
        return f"did you mean {near!r}?"
    if otherwise or not names:
        return otherwise or "remove it"
    return "known are " + ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant; "" where none is like it."""
    names = sorted({str(name) for name in known})
    for said in (word[:MENTION_BOUND], word[:MENTION_BOUND].lower()):
        near = get_close_matches(said, names, n=3, cutoff=NEAR)
        if near:  # the first letter is rarely wrong
            best = SequenceMatcher(None, near[0], said).ratio()
            alike = [one for one in near if SequenceMatcher(None, one, said).ratio() == best]
            return next((one for one in alike if one[:1] == said[:1]), alike[0])
    return ""


def quote(value: object) -> str:
    """An author's value in a problem, as YAML writes it, short and on one line.

    >>> quote("orders"), quote(None), quote({"go": ["bye", True]})
    ("'orders'", 'nothing', '{go: [bye, yes]}')
    """
    text = repr(value) if isinstance(value, str) else _as_yaml(value)
    return text if len(text) <= MENTION_BOUND else text[: MENTION_BOUND - 3] + "..."


def _as_yaml(value: object) -> str:
    """A value of YAML in its short form."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_as_yaml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_as_yaml, value)) + "]"
    return str(value)
