"""Cases of ``sticky``."""

from strategy_cases import Case, who

CASES = [
    Case([who("a", 50.0), who("b", 10.0), who("c", 30.0)], ["b", "c", "a"]),
    Case([who("a", 50.0), who("b", 10.0), who("c", 30.0)], ["a", "b", "c"], wanted="a"),
]
