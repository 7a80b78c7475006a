"""Reads JSON and XML of strangers: whatever it holds, the answer has the asked type.

Owns: the small doors every channel reads through. Pure. Not here: what the values mean.

>>> json_object(b'{"a": 1}'), json_object(b"[[["), mapping([1]), text(5), integer(True), integer("17")
({'a': 1}, {}, {}, '5', None, 17)
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from .base import Malformed

DEPTH = 32
MILLISECONDS = 1e11  # as seconds it is the year 5138
LONGEST = 100_000  # characters of one text: longer than any messenger's; what is cut says so


def json_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object, ``{}`` for anything else."""
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and is_shallow(found) else {}


def is_shallow(value: Any, depth: int = DEPTH) -> bool:
    """Whether it nests no deeper than ``depth``."""
    if depth == 0:
        return False
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(is_shallow(one, depth - 1) for one in inner)


def xml_fields(body: bytes) -> dict[str, str]:
    """A flat XML document as ``{tag: text}`` (nested ones as ``{"Outer.Inner": text}``); ``Malformed`` otherwise.

    Documents with a DTD or entities are refused unread.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise Malformed(f"XML: {type(error).__name__}") from None
    fields: dict[str, str] = {}
    for child in root:
        if len(child):
            fields |= {f"{child.tag}.{inner.tag}": text(inner.text) for inner in child}
        else:
            fields[child.tag] = text(child.text)
    return fields


def mapping(value: Any) -> dict[str, Any]:
    """An object, empty where it is none."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """A list, empty where it is none."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """A string, cleaned of what cannot be stored or shown; numbers as written, "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    found = within(str(value).replace("\r\n", "\n").replace("\r", "\n"))
    if found.isascii() and found.isprintable():
        return found
    return "".join(one for one in found if one in "\n\t" or _is_kept(one))


def within(words: str, most: int = LONGEST) -> str:
    """The words whole, or their beginning and a line that says how much of them it is.

    >>> within("abc", 3), within("abcd", 3)
    ('abc', 'abc\\n[… 仅保留前 3 字，共 4 字 · the first 3 of 4 characters …]')
    """
    if len(words) <= most:
        return words
    return f"{words[:most]}\n[… 仅保留前 {most} 字，共 {len(words)} 字 · the first {most} of {len(words)} characters …]"


def _is_kept(character: str) -> bool:
    is_override = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return not is_override and unicodedata.category(character) not in ("Cc", "Cs")


def integer(value: Any) -> int | None:
    """A whole number, also one that was written as a string; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.lstrip("-").isdigit() and value.isascii() and len(value) <= 20:
        return int(value)
    return None


def instant(value: Any) -> float | None:
    """Seconds since 1970, also where they are told in milliseconds or as a string; None for anything else.

    >>> instant("1790000000"), instant(1790000000123), instant("soon")
    (1790000000.0, 1790000000.123, None)
    """
    found = number(value)
    if found is None:
        return None
    return found / 1000 if abs(found) >= MILLISECONDS else found


def number(value: Any) -> float | None:
    """A number, also one that was written as a string; None for anything else (and for NaN)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e15 else None
