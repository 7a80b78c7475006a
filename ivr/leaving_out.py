"""What is wrong in a value left out of it, so that the rest can be looked at.

Owns: cutting by the path of an error. Not here: the wording of errors (``validation``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from .strict_yaml import Path
from .yaml_pieces import Lost


def without_lost(value: Any, path: Path = ()) -> tuple[Any, list[Path]]:
    """A copy without what could not be read, and where that stood. Other values than mappings and lists are shared."""
    lost: list[Path] = []
    if isinstance(value, dict):
        copy: Any = {}
        for key, inner in value.items():
            if isinstance(inner, Lost):
                lost.append((*path, key))
            else:
                copy[key], found = without_lost(inner, (*path, key))
                lost += found
        return copy, lost
    if isinstance(value, list):
        kept = [without_lost(inner, (*path, index)) for index, inner in enumerate(value)]
        return [inner for inner, _ in kept], [place for _, found in kept for place in found]
    return value, lost


def followed(value: Any, loc: tuple[Any, ...]) -> Any:
    """What stands at the path of an error; None where the path cannot be followed."""
    for part in loc:
        inner = _inside(value, part)
        if inner is None:
            return None
        value = inner[0]
    return value


def pruned(value: Any, entry: ErrorDetails, instead: Mapping[str, Any]) -> list[Path]:
    """Take out of ``value`` what an error of pydantic is about; its path, as far as it could be followed."""
    loc = entry["loc"][:-1] if entry["loc"] and entry["loc"][-1] == "[key]" else entry["loc"]
    if entry["type"] == "missing":
        if len(loc) == 1 and loc[0] in instead:
            value[loc[0]] = instead[str(loc[0])]
            return [tuple(loc)]
        loc = loc[:-1]
    holder, followed = value, []
    for part in loc:
        inner = _inside(holder, part)
        if inner is None:
            break
        followed.append(part)
        holder, last = inner[0], holder
    if not followed:
        return []
    del last[followed[-1]]
    return [tuple(followed)]


def _inside(holder: Any, part: str | int) -> tuple[Any] | None:
    """What stands under ``part``, in a tuple; None where nothing does (pydantic names branches of unions, too)."""
    if isinstance(holder, dict) and part in holder:
        return (holder[part],)
    if isinstance(holder, list) and isinstance(part, int) and part < len(holder):
        return (holder[part],)
    return None
