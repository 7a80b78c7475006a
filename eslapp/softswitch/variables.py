"""Channel variables: an ordered, case-blind store with FreeSWITCH's array values. Pure.

Not here: ``${...}`` in text (``substitution.py``), profile fields (``profile.py``), which variables a channel gets
(``session.py``).

>>> variables = Variables({"a": "1"}); variables.set("b", "x"); variables.set("a", "2")
>>> [*variables]
[('b', 'x'), ('a', '2')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from eslapp.softswitch.events import ARRAY, elements
from eslapp.softswitch.substitution import holds_expression

Header = tuple[str, str]

INDEXED = re.compile(r"^(.+)\[(-?[0-9]{1,9})\]$")
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
        """As ``assign``, but a value with ``${`` changes nothing: what strangers say is never replaced by anything."""
        if not value or not holds_expression(value):
            self.assign(name, value)

    def assign(self, name: str, value: str | None) -> None:
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
        self.assign(name, value if len(known) == 1 else ARRAY + "|:".join(known))

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
            self.assign(name, value)
        elif present.startswith(ARRAY):
            self.put(name, f"{present}|:{value}")
        else:
            self.put(name, f"{ARRAY}{present}|:{value}")

    def unshift(self, name: str, value: str) -> None:
        """Make it the first element of an array."""
        present = self.get(name)
        if present is None:
            self.assign(name, value)
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
