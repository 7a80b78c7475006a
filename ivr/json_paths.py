"""Small paths into what a business system answered: ``$.order.lines[0].name`` (or ``$.order.lines.0.name``).

Owns: reading a path, and finding the value, typed and clean. Not here: asking (``steps.lookup``, the daemon).

>>> find(parse_path("$.a.b[0]"), {"a": {"b": [7]}})
7
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .session import Value
from .values import clean_value

LENGTH_BOUND = 200
_PART = re.compile(
    r"""\.(?:(?P<name>[^\W\d][\w-]{0,63})|(?P<number>[0-9]{1,4})(?![\w-]))
    |\[(?P<index>[0-9]{1,4})\]
    |\["(?P<key>[^"\]]{1,64})"\]""",
    re.VERBOSE,
)


class PathError(ValueError):
    """The text is not a path; says why, for the author."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    """``is_optional`` (written with ``?`` at the end): a missing value is "" and no reason to go another way."""

    text: str
    parts: tuple[str | int, ...]
    is_optional: bool = False


@lru_cache(maxsize=1024)
def parse_path(text: str) -> JsonPath:
    """Read a path; raises ``PathError``."""
    if len(text) > LENGTH_BOUND or not text.startswith("$"):
        raise PathError("a path begins with $, such as $.order.state")
    is_optional, body = text.endswith("?"), text[1:].removesuffix("?")
    parts: list[str | int] = []
    position = 0
    while position < len(body):
        match = _PART.match(body, position)
        if match is None:
            raise PathError(f"cannot read {body[position:][:20]!r} in it")
        index = match["index"] or match["number"]
        parts.append(int(index) if index is not None else match["name"] or match["key"])
        position = match.end()
    return JsonPath(text, tuple(parts), is_optional)


def find(path: JsonPath, body: Any) -> Value | None:
    """The value there, clean; None where there is none, or no single one (an object, a list, null)."""
    found = body
    for part in path.parts:
        if isinstance(part, int):
            if not isinstance(found, list) or part >= len(found):
                return None
            found = found[part]
        else:
            if not isinstance(found, dict) or part not in found:
                return None
            found = found[part]
    return None if found is None or isinstance(found, dict | list) else clean_value(found)
