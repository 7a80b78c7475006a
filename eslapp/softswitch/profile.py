"""The caller profile of a channel: who calls whom, when, and its headers in FreeSWITCH's order. Pure.

Not here: when the times are set (``session.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from eslapp.softswitch.substitution import defused

Header = tuple[str, str]


@dataclass
class Times:
    """Microseconds since the epoch; 0: has not happened."""

    created: int = 0
    answered: int = 0
    progress: int = 0
    progress_media: int = 0
    hangup: int = 0
    transferred: int = 0
    resurrected: int = 0
    bridged: int = 0
    last_hold: int = 0
    hold_accum: int = 0

    def end_hold(self, at: int) -> None:
        """The phone, or we, took the hold back."""
        if self.last_hold:
            self.hold_accum += at - self.last_hold


@dataclass
class CallerProfile:
    """One leg's profile; a transfer makes a new one with the next index."""

    uuid: str
    channel_name: str
    direction: str = "inbound"
    logical_direction: str = "inbound"
    username: str = ""
    dialplan: str = "XML"
    caller_id_name: str = ""
    caller_id_number: str = ""
    orig_caller_id_name: str = ""
    orig_caller_id_number: str = ""
    callee_id_name: str = ""
    callee_id_number: str = ""
    network_addr: str = ""
    ani: str = ""
    ani_ii: str = ""
    rdnis: str = ""
    destination_number: str = ""
    source: str = "mod_sofia"
    transfer_source: str = ""
    context: str = "default"
    index: int = 1
    created: int = 0
    times: Times = field(default_factory=Times)
    more: dict[str, str] = field(default_factory=dict)  # set_profile_var with names that a profile has not

    def __post_init__(self) -> None:
        """Strangers' names and numbers are never replaced by anything: ``${`` is ``%{`` here, as in FreeSWITCH."""
        for name in TEXTS:
            if "$" in getattr(self, name):
                setattr(self, name, defused(getattr(self, name)))

    def transferred(self, *, at: int, **changes: Any) -> CallerProfile:
        """The next profile of the same channel: the times but for bridge and hold, the index one higher."""
        times = replace(self.times, bridged=0, last_hold=0, hold_accum=0)
        return replace(self, index=self.index + 1, created=at, times=times, **changes)

    def flipped(self) -> CallerProfile:
        """Caller and callee change places: what an outgoing leg is to the dialplan."""
        return replace(
            self,
            caller_id_name=self.callee_id_name,
            caller_id_number=self.callee_id_number,
            callee_id_name=self.caller_id_name,
            callee_id_number=self.caller_id_number,
        )

    def frozen(self) -> CallerProfile:
        """A copy whose times no longer move: what the other leg knows."""
        return replace(self, logical_direction="inbound", times=replace(self.times), transfer_source="")

    def as_originator(self) -> CallerProfile:
        """What a leg knows of who had it dialled: no times but those that it sets itself by ringing."""
        return replace(self.frozen(), created=0, times=Times())

    def field(self, name: str) -> str | None:
        """A profile field by the name variables and dialplan conditions use; None for another name."""
        attribute = FIELDS.get(name.lower())
        if attribute:
            return defused(getattr(self, attribute))
        return next((value for key, value in self.more.items() if key.lower() == name.lower()), None)

    def headers(self, prefix: str, *, with_index: bool = True) -> Iterator[Header]:
        """``Caller-Direction`` and so on; empty values are left out by the event."""
        for name, attribute in HEADERS:
            yield f"{prefix}-{name}", getattr(self, attribute)
        if with_index:
            yield f"{prefix}-Profile-Index", str(self.index)
        yield from self.more.items()
        yield f"{prefix}-Profile-Created-Time", str(self.created)
        for name, attribute in TIME_HEADERS:
            yield f"{prefix}-Channel-{name}", str(getattr(self.times, attribute))
        yield f"{prefix}-Screen-Bit", "true"
        yield f"{prefix}-Privacy-Hide-Name", "false"
        yield f"{prefix}-Privacy-Hide-Number", "false"


HEADERS = (
    ("Direction", "direction"),
    ("Logical-Direction", "logical_direction"),
    ("Username", "username"),
    ("Dialplan", "dialplan"),
    ("Caller-ID-Name", "caller_id_name"),
    ("Caller-ID-Number", "caller_id_number"),
    ("Orig-Caller-ID-Name", "orig_caller_id_name"),
    ("Orig-Caller-ID-Number", "orig_caller_id_number"),
    ("Callee-ID-Name", "callee_id_name"),
    ("Callee-ID-Number", "callee_id_number"),
    ("Network-Addr", "network_addr"),
    ("ANI", "ani"),
    ("ANI-II", "ani_ii"),
    ("Destination-Number", "destination_number"),
    ("Unique-ID", "uuid"),
    ("Source", "source"),
    ("Transfer-Source", "transfer_source"),
    ("Context", "context"),
    ("RDNIS", "rdnis"),
    ("Channel-Name", "channel_name"),
)
TIME_HEADERS = (
    ("Created-Time", "created"),
    ("Answered-Time", "answered"),
    ("Progress-Time", "progress"),
    ("Progress-Media-Time", "progress_media"),
    ("Hangup-Time", "hangup"),
    ("Transfer-Time", "transferred"),
    ("Resurrect-Time", "resurrected"),
    ("Bridged-Time", "bridged"),
    ("Last-Hold", "last_hold"),
    ("Hold-Accum", "hold_accum"),
)
FIELDS = {
    "dialplan": "dialplan",
    "username": "username",
    "caller_id_name": "caller_id_name",
    "caller_id_number": "caller_id_number",
    "orig_caller_id_name": "orig_caller_id_name",
    "orig_caller_id_number": "orig_caller_id_number",
    "callee_id_name": "callee_id_name",
    "callee_id_number": "callee_id_number",
    "ani": "ani",
    "aniii": "ani_ii",
    "network_addr": "network_addr",
    "rdnis": "rdnis",
    "destination_number": "destination_number",
    "uuid": "uuid",
    "source": "source",
    "transfer_source": "transfer_source",
    "context": "context",
    "chan_name": "channel_name",
}
TEXTS = tuple(name for name in FIELDS.values() if name != "channel_name")
