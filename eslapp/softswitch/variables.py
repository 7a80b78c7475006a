"""Channel variables: an ordered, case-blind store with FreeSWITCH's array values, and ``${...}`` expansion. Pure.

Not here: caller profile fields (``profile.py``); which variables a channel gets (``session.py``).

>>> variables = Variables({"a": "1"}); variables.set("b", "x"); variables.set("a", "2")
>>> [*variables]
[('b', 'x'), ('a', '2')]
>>> expand("n=${a} ${b:0:1}", variables.get)
'n=2 x'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from eslapp.softswitch.events import ARRAY, elements
from eslapp.softswitch.numbers import signed

Lookup = Callable[[str], str | None]
Header = tuple[str, str]
Call = Callable[[str, str], str]  # (api name, argument) -> its answer

INDEXED = re.compile(r"^(.+)\[(-?[0-9]{1,9})\]$")
MAX_EXPANDED = 65_536
MAX_ELEMENTS = 100


class Variables:
    """Set moves to the end, as FreeSWITCH's delete-and-add does; an empty value unsets."""

    def __init__(self, start: Mapping[str, str] | None = None) -> None:
        self._items: dict[str, tuple[str, str, Header]] = {}  # by lower-case name: name, value, header
        for name, value in (start or {}).items():
            self.set(name, value)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter([(name, value) for name, value, _ in self._items.values()])

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._items

    def get(self, name: str) -> str | None:
        """The value, or of ``name[2]`` the third element of an array; None when it is not set."""
        found = self._items.get(name.lower())
        if found is not None:
            return found[1]
        match = INDEXED.match(name)
        if match is None:
            return None
        known = elements(self.get(match[1]) or "")
        index = int(match[2])
        return known[index] if 0 <= index < len(known) else None

    def text(self, name: str, default: str = "") -> str:
        """As ``get``, with a default."""
        value = self.get(name)
        return default if value is None else value

    def is_true(self, name: str) -> bool:
        """Whether the value reads as yes (FreeSWITCH's ``switch_true``)."""
        return is_true(self.get(name))

    def set(self, name: str, value: str | None) -> None:
        """Set, or unset with None and the empty text; ``name[2]`` is an element of an array."""
        element = INDEXED.match(name) if value else None
        if element is not None and 0 <= int(element[2]) < MAX_ELEMENTS:
            self._set_element(element[1], int(element[2]), value or "")
            return
        self._items.pop(name.lower(), None)
        if value:
            self._items[name.lower()] = (name, value, (f"variable_{name}", value))

    def _set_element(self, name: str, index: int, value: str) -> None:
        known = elements(self.text(name)) if name in self else []
        known += [""] * (index + 1 - len(known))
        known[index] = value
        self.set(name, value if len(known) == 1 else ARRAY + "|:".join(known))

    def put(self, name: str, value: str) -> None:
        """Change a value (not to an empty one) where it stands, or append it."""
        self._items[name.lower()] = (name, value, (f"variable_{name}", value))

    def tell_again(self, names: Iterable[str]) -> None:
        """Those of them that are set stand last from now on, as if each had been set to what it is."""
        for name in names:
            known = self._items.pop(name.lower(), None)
            if known is not None:
                self._items[name.lower()] = known

    def headers(self) -> list[Header]:
        """``variable_<name>`` and value of all of them, as events show them."""
        return [header for _, _, header in self._items.values()]

    def push(self, name: str, value: str) -> None:
        """Make it the last element of an array; the first push sets plain text."""
        present = self.get(name)
        if present is None:
            self.set(name, value)
        elif present.startswith(ARRAY):
            self.put(name, f"{present}|:{value}")
        else:
            self.put(name, f"{ARRAY}{present}|:{value}")

    def unshift(self, name: str, value: str) -> None:
        """Make it the first element of an array."""
        present = self.get(name)
        if present is None:
            self.set(name, value)
        else:
            self.put(name, f"{ARRAY}{value}|:{present.removeprefix(ARRAY)}")


def is_true(value: str | None) -> bool:
    """Yes, on, true, t, enabled, active, allow, or a number that is not zero."""
    if not value:
        return False
    text = value.strip().lower()
    if text in ("yes", "on", "true", "t", "enabled", "active", "allow"):
        return True
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text)) and float(text) != 0


def expand(text: str, lookup: Lookup, call: Call | None = None, *, depth: int = 0) -> str:
    r"""Replace ``${name}``, ``${name:offset:length}``, ``${api(argument)}``; ``\$`` is a dollar; unknown names vanish.

    Nested expressions are expanded inside out, at most eight deep; the result is cut at 64 KiB.
    """
    if "$" not in text or depth > 8:
        return text
    parts: list[str] = []
    at = 0
    while at < len(text):
        if text.startswith("\\$", at):
            parts.append("$")
            at += 2
        elif text.startswith("$${", at):  # a global one, as everywhere else
            at += 1
        elif text.startswith("${", at):
            end = closing_brace(text, at + 2)
            if end < 0:
                parts.append(text[at:])
                break
            inner = expand(text[at + 2 : end], lookup, call, depth=depth + 1)
            parts.append(evaluate(inner, lookup, call))
            at = end + 1
        else:
            stop = next_special(text, at + 1)
            parts.append(text[at:stop])
            at = stop
    return "".join(parts)[:MAX_EXPANDED]


def next_special(text: str, start: int) -> int:
    """Where the next ``$`` or backslash is, or the end."""
    for index in range(start, len(text)):
        if text[index] in "$\\":
            return index
    return len(text)


def closing_brace(text: str, start: int) -> int:
    """The index of the ``}`` that closes the brace opened before ``start``; -1 when there is none."""
    depth = 1
    for index in range(start, len(text)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    return -1


def evaluate(inner: str, lookup: Lookup, call: Call | None) -> str:
    """The value of what stood between ``${`` and ``}``."""
    function = re.fullmatch(r"([\w.]+)\s*\((.*)\)", inner, re.DOTALL)
    if function:
        return call(function[1], function[2]) if call else ""
    name, _, cut = inner.partition(":")
    value = lookup(name)
    if value is None:
        return ""
    if not cut:
        return value
    offset, _, length = cut.partition(":")
    return substring(value, offset, length)


def substring(value: str, offset: str, length: str) -> str:
    """FreeSWITCH's ``${name:offset:length}``: a negative offset counts from the end, no length takes the rest."""
    start, count = signed(offset), signed(length or "0")
    if start is None or count is None:
        return value
    if start < 0:
        start = max(0, len(value) + start)
    rest = value[start:]
    if count > 0:
        return rest[:count]
    return rest[:count] if count < 0 else rest
