"""Days of a contact centre lived through in memory, by the router itself: replay, what-if and the tests' simulation.

There is no second model: every decision is the pure router's. Pure but for the seeded chance of what people do. Not
here: reading the log (``eslapp.store``), printing (``eslapp.cli``).
"""
