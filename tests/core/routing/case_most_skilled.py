"""Cases of ``most_skilled``."""

from strategy_cases import Case, who

CASES = [
    Case([who("a", orders=1), who("b", orders=3), who("c", orders=2)], ["b", "c", "a"], {"orders": 1}),
    Case([who("a", orders=2), who("b", orders=1, zh=2)], ["b", "a"], {"orders": 1, "zh": 1}),
    Case([who("a", 20.0, orders=2), who("b", 10.0, orders=2, vip=9)], ["b", "a"], {"orders": 1}),  # equals: idle
]
