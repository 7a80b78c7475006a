r"""``${...}`` in text, as FreeSWITCH replaces it. Pure.

    ${name}  ${name:offset:length}  ${name[2]}  ${api(argument)}  ${api argument}  $${name}

``\$`` is a dollar, ``\\`` a backslash, ``\'`` nothing; in text with neither ``${`` nor an escape everything stays as it
is. On a channel (``is_deep``) what a variable holds is replaced as well: that is why ``Variables.set`` refuses values
with ``${``. Not here: the variables (``variables.py``), which commands may stand there (``expansion.py``).

>>> known = {"a": "1", "b": "${a}"}
>>> expand("n=${a} ${b} ${nosuch}", known.get), expand("${b}", known.get, is_deep=True)
('n=1 ${a} ', '1')
"""

from __future__ import annotations

import re
from collections.abc import Callable

from eslapp.softswitch.numbers import leading_number

Lookup = Callable[[str], str | None]
Call = Callable[[str, str], str]  # (api name, argument) -> its answer

OPENING = re.compile(r"\$\\*\{")
ESCAPED = re.compile(r"\\[\\nst']")
INDEX = re.compile(r"\[\s*([+-]?[0-9]{0,9})[^\]]*\]")
MAX_DEPTH = 100
MAX_REPLACED = 1_000  # variables that hold themselves twice are no reason to work for ever
MAX_EXPANDED = 65_536


def holds_expression(text: str) -> bool:
    """Whether something in it would be replaced."""
    return "$" in text and OPENING.search(text) is not None


def defused(text: str) -> str:
    """The text with ``%{`` for ``${``: what strangers call themselves is never replaced."""
    return OPENING.sub(lambda found: "%" + found[0][1:], text) if "$" in text else text


def expand(text: str, lookup: Lookup, call: Call | None = None, *, is_deep: bool = False) -> str:
    """Unknown names vanish; the result is cut at 64 KiB."""
    return _Expansion(lookup, call, is_deep).of(text)


class _Expansion:
    """One text and all that it leads to."""

    def __init__(self, lookup: Lookup, call: Call | None, is_deep: bool) -> None:
        self._lookup, self._call, self._is_deep = lookup, call, is_deep
        self._left = MAX_REPLACED

    def of(self, text: str, depth: int = 0) -> str:
        """The text with everything replaced."""
        if depth > MAX_DEPTH or not (holds_expression(text) or ESCAPED.search(text)):
            return text
        parts: list[str] = []
        at = 0
        while at < len(text):
            part, at = self._next(text, at, depth)
            parts.append(part)
        return "".join(parts)[:MAX_EXPANDED]

    def _next(self, text: str, at: int, depth: int) -> tuple[str, int]:
        """What the piece at ``at`` becomes, and where the next one begins."""
        if text[at] == "\\" and text[at + 1 : at + 2] in ("$", "'", "\\"):
            return _escape(text, at)
        if text[at] != "$":
            stop = _next_special(text, at + 1)
            return text[at:stop], stop
        at += text.startswith("$$", at)
        if not text.startswith("${", at):
            return "$", at + 1
        end = _closing(text, at + 2)
        value = self._value(text[at + 2 : end], depth + 1) if self._left > 0 else ""
        self._left -= 1
        after = text[end + 1 : end + 2]  # never looked at, unless a dollar
        return (value, end + 1) if after in ("", "$") else (value + after, end + 2)

    def _value(self, inner: str, depth: int) -> str:
        at = next((place for place, letter in enumerate(inner) if letter in " ("), -1)
        if at >= 0:
            argument = inner[at + 1 :] if inner[at] == " " else inner[at + 1 : _closing(inner, at + 1, "()")]
            name, argument = self.of(inner[:at].rstrip(" "), depth), self.of(argument, depth)
            return self._call(name, argument) if self._call is not None else ""
        name, _, cut = self.of(inner, depth).partition(":")
        value = self._known(name)
        if value is None:
            return ""
        value = self.of(value, depth) if self._is_deep else value
        offset, _, length = cut.partition(":")
        return substring(value, leading_number(offset), leading_number(length))

    def _known(self, name: str) -> str | None:
        index = INDEX.search(name)
        if index is None:
            return self._lookup(name)
        return self._lookup(f"{name[: index.start()]}[{leading_number(index[1])}]")


def _escape(text: str, at: int) -> tuple[str, int]:
    """What a backslash and the letter behind it stand for."""
    letter = text[at + 1]
    if letter == "$":
        return "$", at + (3 if text.startswith("$$", at + 1) else 2)
    return "\\" if letter == "\\" else "", at + 2


def _next_special(text: str, start: int) -> int:
    """Where the next dollar or backslash is, or the end."""
    return next((at for at in range(start, len(text)) if text[at] in "$\\"), len(text))


def _closing(text: str, start: int, pair: str = "{}") -> int:
    """Where the bracket that was opened before ``start`` is closed; the end when it is not."""
    depth = 1
    for at in range(start, len(text)):
        if text[at] == pair[0] and (at > start or pair == "()"):
            depth += 1
        elif text[at] == pair[1]:
            depth -= 1
            if depth == 0:
                return at
    return len(text)


def substring(value: str, offset: int, length: int) -> str:
    """A negative offset counts from the end, and one before the beginning is none; no length takes the rest.

    >>> substring("deep", 1, 2), substring("deep", -2, 0), substring("deep", 9, 0), substring("deep", -9, 0)
    ('ee', 'ep', '', 'deep')
    """
    if offset > 0:
        value = value[offset:]
    elif -len(value) <= offset < 0:
        value = value[offset:]
    return value[:length] if length > 0 else value
