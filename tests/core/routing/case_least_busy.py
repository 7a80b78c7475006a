"""Cases of ``least_busy``."""

from strategy_cases import Case, who

CASES = [
    Case([who("a"), who("b"), who("c")], ["c", "b", "a"], live={"a": 2, "b": 1}),
    Case([who("a", 20.0), who("b", 10.0)], ["b", "a"], live={"a": 1, "b": 1}),  # equals: idle
]
