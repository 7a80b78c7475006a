"""Half of an application's construction is werkzeug compiling how each of 90 rules builds its address: done when asked.

Owns: that change, for the tests, which make an application each. Not here: ``house``, which makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def build_addresses_when_asked() -> None:
    """From now on a rule compiles its builders at their first use."""
    compiled = Rule._compile_builder

    def at_first_use(rule: Rule, append_unknown: bool = True) -> Builder:
        made = cache(lambda: compiled(rule, append_unknown))
        return lambda self, **values: made()(self, **values)

    Rule._compile_builder = at_first_use  # type: ignore[method-assign, assignment]
