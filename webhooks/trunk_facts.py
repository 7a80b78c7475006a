"""What the switch must know for calls to arrive by a channel. Not here: the channels (``channels.sip_trunk``)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkFacts:
    """How calls arrive: ``addresses`` (networks) are whose calls the switch takes; ``host`` is where it calls out."""

    name: str
    addresses: tuple[str, ...] = ()
    host: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    registers: bool = False
    transport: str = "udp"
