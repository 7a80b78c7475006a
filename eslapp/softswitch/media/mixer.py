"""Conference mixing: each member gets the sum of what the others say.

    room = Mixer()
    port_a.play(room.join(port_a)); port_b.play(room.join(port_b))

Not here: who may speak (the conference app). A member that hears nothing adds nothing.
"""

from __future__ import annotations

from typing import Protocol

from eslapp.softswitch.media.g711 import SILENCE, add


class Heard(Protocol):
    """What a member must show: PCM16 heard in this tick, None for nothing."""

    @property
    def heard(self) -> bytes | None: ...


class Mixer:
    """Members by port; the cost per tick is members times members, meant for rooms of up to about twenty."""

    def __init__(self) -> None:
        self._members: dict[Heard, None] = {}
        self.muted: set[Heard] = set()

    def join(self, member: Heard) -> MemberSource:
        """The source this member has to play; closing it leaves the room."""
        self._members[member] = None
        return MemberSource(self, member)

    def leave(self, member: Heard) -> None:
        """Stop adding what it says."""
        self._members.pop(member, None)
        self.muted.discard(member)

    def __len__(self) -> int:
        return len(self._members)

    def mix_for(self, listener: Heard) -> bytes:
        """The clipped sum of all others, silence when nobody speaks."""
        total = b""
        for member in self._members:
            if member is listener or member in self.muted:
                continue
            frame = member.heard
            if frame is not None:
                total = add(total, frame) if total else frame
        return total or SILENCE


class MemberSource:
    """One member's ear in the room (a Source)."""

    def __init__(self, mixer: Mixer, member: Heard) -> None:
        self._mixer = mixer
        self._member: Heard | None = member

    def read(self) -> bytes | None:
        """This tick's mix; None after ``close``."""
        return self._mixer.mix_for(self._member) if self._member is not None else None

    def close(self) -> None:
        """Leave the room."""
        if self._member is not None:
            self._mixer.leave(self._member)
            self._member = None
