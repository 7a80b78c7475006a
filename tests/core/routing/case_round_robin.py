"""Cases of ``round_robin``."""

from strategy_cases import Case, who

CASES = [
    Case([who("a"), who("b"), who("c")], ["a", "b", "c"]),
    Case([who("a"), who("b"), who("c")], ["b", "c", "a"], last_winner="a"),
    Case([who("a"), who("b"), who("c")], ["a", "b", "c"], last_winner="c"),
    Case([who("b"), who("c")], ["b", "c"], last_winner="a"),  # the last one is not here today
]
