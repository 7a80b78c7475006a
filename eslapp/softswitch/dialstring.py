"""Dial strings: ``{all=1}[leg=2]user/1001@x,sofia/internal/a@b|error/user_busy``. Pure.

>>> dial = parse("{a=1,b='x,y'}[c=2]user/1001@h,user/1002@h|error/user_busy")
>>> dial.variables, [[leg.target for leg in group] for group in dial.groups]
({'a': '1', 'b': 'x,y'}, [['user/1001@h', 'user/1002@h'], ['error/user_busy']])
>>> parse("{^^;a=1;b=x,y}user/1@h").variables
{'a': '1', 'b': 'x,y'}
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_LEGS = 100
PAIRS = {"{": "}", "[": "]", "<": ">"}


class BadDialString(ValueError):
    """What is wrong with it."""


@dataclass(frozen=True)
class Leg:
    """One place to dial."""

    target: str
    variables: dict[str, str]


@dataclass
class DialString:
    """``groups`` are tried one after the other; the legs of a group at once."""

    variables: dict[str, str] = field(default_factory=dict)
    groups: list[list[Leg]] = field(default_factory=list)


def parse(text: str) -> DialString:
    """Raises BadDialString."""
    text = text.strip()
    dial = DialString()
    while text[:1] in ("{", "<"):
        inner, text = cut_block(text)
        dial.variables.update(parse_variables(inner))
    for group in split_outside(text, "|"):
        legs = [_leg(part) for part in split_outside(group, ",") if part.strip()]
        if legs:
            dial.groups.append(legs)
    if sum(map(len, dial.groups)) > MAX_LEGS:
        raise BadDialString(f"more than {MAX_LEGS} legs")
    return dial


def _leg(text: str) -> Leg:
    variables: dict[str, str] = {}
    text = text.strip()
    while text[:1] in ("[", "{"):
        inner, text = cut_block(text)
        variables.update(parse_variables(inner, is_quoted=False))  # FreeSWITCH cuts these before it looks for quotes
    return Leg(text.strip(), variables)


def cut_block(text: str) -> tuple[str, str]:
    """(what stands in the leading brackets, what follows them)."""
    opening, closing = text[0], PAIRS[text[0]]
    depth = 0
    for index, letter in enumerate(text):
        if letter == opening:
            depth += 1
        elif letter == closing:
            depth -= 1
            if depth == 0:
                return text[1:index], text[index + 1 :].lstrip()
    raise BadDialString(f"no closing {closing}")


def parse_variables(text: str, *, is_quoted: bool = True) -> dict[str, str]:
    """``a=1,b='x,y'`` or ``^^;a=1;b=x,y``."""
    if text.startswith("^^") and len(text) > 2:
        parts = text[3:].split(text[2])
    else:
        parts = split_quoted(text) if is_quoted else text.split(",")
    pairs = (part.partition("=") for part in parts if "=" in part)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs if name.strip()}


def split_quoted(text: str) -> list[str]:
    r"""Split at commas outside ``'quotes'``; ``\,`` is a comma."""
    parts = re.findall(r"((?:'[^']*'|\\,|[^,'\\]|[\\'])+)", text)
    return [part.replace("\\,", ",") for part in parts]


def unquote(value: str) -> str:
    """Without single quotes around it."""
    return value.removeprefix("'").removesuffix("'")


def split_outside(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside brackets."""
    parts: list[str] = []
    depth, start = 0, 0
    for index, letter in enumerate(text):
        if letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        elif letter == separator and depth <= 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]
