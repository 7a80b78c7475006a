"""The four SIP transaction machines as tables (RFC 3261 17, with the accepted states of RFC 6026). Pure.

``TABLES[kind][state, event]`` is (next state, actions). Events: what the network brought, what the user of the
transaction sends, and the timers by their letter. A pair that is not in the table changes nothing.
Not here: clocks, sockets and matching (``layer.py``).

>>> TABLES["invite server"]["proceeding", "final"]
('completed', ('send', 'start G', 'start H'))
"""

from __future__ import annotations

from dataclasses import dataclass

Step = tuple[str, tuple[str, ...]]
Table = dict[tuple[str, str], Step]

INVITE_SERVER: Table = {
    ("proceeding", "request"): ("proceeding", ("resend",)),
    ("proceeding", "1xx"): ("proceeding", ("send",)),
    ("proceeding", "2xx"): ("accepted", ("send", "start L")),
    ("proceeding", "final"): ("completed", ("send", "start G", "start H")),
    ("completed", "request"): ("completed", ("resend",)),
    ("completed", "G"): ("completed", ("resend", "start G")),
    ("completed", "H"): ("terminated", ("timed out",)),
    ("completed", "ack"): ("confirmed", ("stop G", "stop H", "start I")),
    ("confirmed", "I"): ("terminated", ()),
    ("accepted", "2xx"): ("accepted", ("send",)),  # the call repeats it until its ACK comes (13.3.1.4)
    ("accepted", "L"): ("terminated", ()),
}
SERVER: Table = {
    ("trying", "1xx"): ("proceeding", ("send",)),
    ("trying", "2xx"): ("completed", ("send", "start J")),
    ("trying", "final"): ("completed", ("send", "start J")),
    ("proceeding", "request"): ("proceeding", ("resend",)),
    ("proceeding", "1xx"): ("proceeding", ("send",)),
    ("proceeding", "2xx"): ("completed", ("send", "start J")),
    ("proceeding", "final"): ("completed", ("send", "start J")),
    ("completed", "request"): ("completed", ("resend",)),
    ("completed", "J"): ("terminated", ()),
}
INVITE_CLIENT: Table = {
    ("calling", "A"): ("calling", ("resend", "start A")),
    ("calling", "B"): ("terminated", ("timed out",)),
    ("calling", "1xx"): ("proceeding", ("stop A", "stop B", "pass")),
    ("calling", "2xx"): ("accepted", ("stop A", "stop B", "start M", "pass")),
    ("calling", "final"): ("completed", ("stop A", "stop B", "ack", "start D", "pass")),
    ("proceeding", "1xx"): ("proceeding", ("pass",)),
    ("proceeding", "2xx"): ("accepted", ("start M", "pass")),
    ("proceeding", "final"): ("completed", ("ack", "start D", "pass")),
    ("completed", "final"): ("completed", ("ack",)),
    ("completed", "2xx"): ("completed", ("pass",)),  # of a phone that answers what it refused, or another fork
    ("completed", "D"): ("terminated", ()),
    ("accepted", "2xx"): ("accepted", ("pass",)),
    ("accepted", "M"): ("terminated", ()),
}
CLIENT: Table = {
    ("trying", "E"): ("trying", ("resend", "start E")),
    ("trying", "F"): ("terminated", ("timed out",)),
    ("trying", "1xx"): ("proceeding", ("pass",)),
    ("trying", "2xx"): ("completed", ("stop E", "stop F", "start K", "pass")),
    ("trying", "final"): ("completed", ("stop E", "stop F", "start K", "pass")),
    ("proceeding", "E"): ("proceeding", ("resend", "start E")),
    ("proceeding", "F"): ("terminated", ("timed out",)),
    ("proceeding", "1xx"): ("proceeding", ("pass",)),
    ("proceeding", "2xx"): ("completed", ("stop E", "stop F", "start K", "pass")),
    ("proceeding", "final"): ("completed", ("stop E", "stop F", "start K", "pass")),
    ("completed", "K"): ("terminated", ()),
}
TABLES: dict[str, Table] = {
    "invite server": INVITE_SERVER,
    "server": SERVER,
    "invite client": INVITE_CLIENT,
    "client": CLIENT,
}
FIRST_STATE = {"invite server": "proceeding", "server": "trying", "invite client": "calling", "client": "trying"}
START_TIMERS: dict[str, tuple[str, ...]] = {"invite client": ("A", "B"), "client": ("E", "F")}
RETRANSMIT = frozenset("AEG")  # not over a reliable transport
LINGER = frozenset("IJK")  # zero over a reliable transport; D is not, though the RFC says so: a late 200 must be heard


@dataclass(frozen=True, slots=True)
class Timers:
    """RFC 3261 table 4, in seconds; tests use small ones."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0

    @property
    def give_up(self) -> float:
        """64*T1: B, F, H, J, L, M."""
        return 64 * self.t1

    def delay(self, timer: str, count: int, *, is_reliable: bool = False) -> float | None:
        """How long a timer runs when it is started for the ``count``-th time (from 0); None: it never starts."""
        if is_reliable and timer in RETRANSMIT:
            return None
        if is_reliable and timer in LINGER:
            return 0.0
        if timer == "A":
            return self.t1 * (1 << min(count, 16))
        if timer in "EG":
            return min(self.t1 * (1 << min(count, 16)), self.t2)
        if timer in "IK":
            return self.t4
        return self.give_up


def event_of(status: int) -> str:
    """The table's event for a response."""
    return "1xx" if status < 200 else "2xx" if status < 300 else "final"
