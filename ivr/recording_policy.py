"""Whether a talk is recorded: what the contact and the flow said, else the queue's rule.

Owns: the rule and the name under which a flow keeps its part of it. Not here: recording (the daemon's recorder).

>>> is_recorded("yes", None), is_recorded("yes", "refused"), is_recorded("no", "on"), is_recorded("consent", None)
(True, False, True, False)
"""

from __future__ import annotations

from typing import Literal

VARIABLE = "recording"  # the flow's value: one of the states below; "" where the flow said nothing
ON, PAUSED, OFF, REFUSED = "on", "paused", "off", "refused"
Rule = Literal["yes", "no", "consent"]


def is_recorded(rule: str, state: object) -> bool:
    """``rule``: ``record`` of the queue. ``consent``: only after the flow's ``record`` step began one."""
    if state in (OFF, REFUSED):
        return False
    return state in (ON, PAUSED) or rule == "yes"
