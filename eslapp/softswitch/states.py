"""The core's channel states and call states: names and numbers. Tables only.

Not here: what a channel does in a state (``session.py``).
"""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """Channel states; ``CS_`` + name is what events show."""

    NEW = 0
    INIT = 1
    ROUTING = 2
    SOFT_EXECUTE = 3
    EXECUTE = 4
    EXCHANGE_MEDIA = 5
    PARK = 6
    CONSUME_MEDIA = 7
    HIBERNATE = 8
    RESET = 9
    HANGUP = 10
    REPORTING = 11
    DESTROY = 12
    NONE = 13

    @property
    def label(self) -> str:
        """``CS_EXECUTE``."""
        return f"CS_{self.name}"


class CallState(IntEnum):
    """What a person would call it."""

    DOWN = 0
    DIALING = 1
    RINGING = 2
    EARLY = 3
    ACTIVE = 4
    HELD = 5
    RING_WAIT = 6
    HANGUP = 7
    UNHELD = 8
