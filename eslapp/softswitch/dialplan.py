"""Finds what a call runs: contexts, extensions, conditions, captures. Pure.

Owns: hunting (``break``, ``continue``, ``regex="all|any|xor"``, anti-actions, inline actions, ``$1``).
Not here: reading files (``confdir.py``), running applications (``session.py``), ``${...}`` of action data, which is
expanded when the application runs.

>>> import xml.etree.ElementTree as ET
>>> context = ET.fromstring('<context><extension name="x"><condition field="destination_number" expression="^1(.)$">'
...     '<action application="answer"/><action application="playback" data="$1.wav"/></condition></extension>'
...     '</context>')
>>> hunt(context, {"destination_number": "12"}.get).actions
[Action(application='answer', data=''), Action(application='playback', data='2.wav')]
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from eslapp.softswitch.substitution import Lookup, expand

MAX_SUBJECT = 4_096
Inline = Callable[[str, str], None]


@dataclass(frozen=True)
class Action:
    """One application to run."""

    application: str
    data: str = ""


@dataclass
class Route:
    """What hunting found; ``extension`` is the name of the last extension that matched, "" for none."""

    extension: str = ""
    actions: list[Action] = field(default_factory=list)
    captures: list[str] = field(default_factory=list)


@lru_cache(maxsize=1024)
def compiled(expression: str) -> re.Pattern[str] | None:
    """FreeSWITCH takes ``/expr/flags`` too; None for an expression that cannot be compiled: it never matches."""
    flags = 0
    if len(expression) > 1 and expression.startswith("/") and "/" in expression[1:]:
        expression, _, letters = expression[1:].rpartition("/")
        flags = re.IGNORECASE if "i" in letters else 0
    try:
        return re.compile(expression, flags)
    except (re.error, OverflowError):
        return None


def hunt(context: ET.Element, lookup: Lookup, inline: Inline | None = None) -> Route:
    """Go through the extensions in order; stop after the first match that does not say ``continue="true"``."""
    route = Route()
    for extension in context.findall("extension"):
        if _try_extension(extension, lookup, inline, route):
            route.extension = extension.get("name", "")
            if extension.get("continue") != "true":
                break
    return route


def _try_extension(extension: ET.Element, lookup: Lookup, inline: Inline | None, route: Route) -> bool:
    matched = False
    for condition in extension.findall("condition"):
        captures = match_condition(condition, lookup)
        if captures is not None:
            matched = True
            route.captures = captures or route.captures
            _collect(condition, "action", captures, inline, route)
        else:
            matched = False
            _collect(condition, "anti-action", [], inline, route)
        rule = condition.get("break", "on-false")
        if rule == "always" or rule == ("on-true" if captures is not None else "on-false"):
            break
    return matched


def match_condition(condition: ET.Element, lookup: Lookup) -> list[str] | None:
    """The captures ([whole, $1, ...]; empty for a condition without a field) when it holds, else None."""
    if condition.get("regex"):
        return _match_many(condition, lookup)
    if condition.get("field") is None:
        return []
    return match_field(condition.get("field", ""), condition.get("expression", ""), lookup)


def _match_many(condition: ET.Element, lookup: Lookup) -> list[str] | None:
    results = [
        match_field(part.get("field", ""), part.get("expression", ""), lookup) for part in condition.findall("regex")
    ]
    held = [captures for captures in results if captures is not None]
    mode = condition.get("regex", "all").lower()
    is_held = {"all": len(held) == len(results), "any": bool(held), "xor": len(held) == 1}.get(mode, False)
    return (held[-1] if held else []) if is_held else None


def match_field(name: str, expression: str, lookup: Lookup) -> list[str] | None:
    """Match one field (a profile field, a variable's name, or text with ``${...}``) against an expression."""
    subject = expand(name, lookup, is_deep=True) if "$" in name else (lookup(name) or "")
    pattern = compiled(expand(expression, lookup, is_deep=True) if "${" in expression else expression)
    match = pattern.search(subject[:MAX_SUBJECT]) if pattern else None
    return [match[0], *(group or "" for group in match.groups())] if match else None


def _collect(condition: ET.Element, tag: str, captures: list[str], inline: Inline | None, route: Route) -> None:
    for element in condition.findall(tag):
        data = substitute(element.get("data") or (element.text or "").strip(), captures)
        if element.get("inline") == "true" and inline is not None:
            inline(element.get("application", ""), data)
        else:
            route.actions.append(Action(element.get("application", ""), data))


def substitute(data: str, captures: list[str]) -> str:
    """``$1`` (and ``%{1}``) by the captures; ``$0`` is the whole match; ``${`` is left for later."""
    if not captures or "$" not in data:
        return data
    return re.sub(r"\$(\d{1,2})", lambda match: captures[int(match[1])] if int(match[1]) < len(captures) else "", data)
