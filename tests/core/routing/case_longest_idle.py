"""Cases of ``longest_idle``."""

from strategy_cases import Case, who

CASES = [
    Case([who("a", 50.0), who("b", 10.0), who("c", 30.0)], ["b", "c", "a"]),
    Case([who("b", 10.0), who("a", 10.0)], ["a", "b"]),  # equals: by id
    Case([who("a", 500.0), who("b", 90.0)], ["b", "a"]),  # a clock ahead counts as not idle
]
