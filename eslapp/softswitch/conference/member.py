"""One member of a conference: what it may do, and what it hears and says in each 20 ms."""

from __future__ import annotations

import asyncio
import audioop
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eslapp.softswitch.media.g711 import SILENCE, add

if TYPE_CHECKING:
    from eslapp.softswitch.conference.room import Room
    from eslapp.softswitch.media.sources import Source
    from eslapp.softswitch.session import Session

MEAN_OF_RMS = 0.9  # FreeSWITCH's energy is the mean of the samples' sizes
QUIET_TICKS = 40  # then somebody has stopped talking
VOLUMES = {1: 1.3, 2: 2.3, 3: 3.3, 4: 4.3, -1: 0.8, -2: 0.6, -3: 0.4, -4: 0.2}


@dataclass
class Sound:
    """Something that plays to one member or to all."""

    source: Source
    path: str
    is_async: bool = False
    frames: int = 0
    on_end: Callable[[Sound], None] | None = None


@dataclass(eq=False)
class Member:
    """Also the source that the member's port plays."""

    id: int
    session: Session
    room: Room
    is_moderator: bool = False
    ends_conference: bool = False
    can_hear: bool = True
    can_speak: bool = True
    is_talking: bool = False
    is_kicked: bool = False
    is_held: bool = False
    energy_level: int = 0
    energy: int = 0
    volume_in: int = 0
    volume_out: int = 0
    joined_us: int = 0
    talked_us: int = 0
    sounds: list[Sound] = field(default_factory=list)
    relations: dict[int, frozenset[str]] = field(default_factory=dict)  # by number: nospeak, nohear
    next_room: str = ""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    _quiet: int = 0

    def hears(self, other: Member) -> bool:
        """Whether what the other says is for this one."""
        is_kept = "nospeak" in other.relations.get(self.id, ()) or "nohear" in self.relations.get(other.id, ())
        return other is not self and not is_kept

    def listen(self) -> bytes | None:
        """What it says in this tick, None when nothing counts; notices who begins and stops to talk."""
        port = self.session.port
        pcm = port.heard if port is not None and self.can_speak and not self.is_held else None
        self.energy = int(audioop.rms(pcm, 2) * MEAN_OF_RMS) if pcm else 0
        is_loud = self.energy > self.energy_level
        if is_loud:
            self._quiet = 0
            self.talked_us = self.room.now()
            if not self.is_talking:
                self.is_talking = True
                self.room.tell(self, "start-talking")
        elif self.is_talking:
            self._quiet += 1
            if self._quiet >= QUIET_TICKS:
                self.is_talking = False
                self.room.tell(self, "stop-talking")
        return louder(pcm, self.volume_in) if pcm and is_loud else None

    def read(self) -> bytes | None:
        """See Source: this tick's mix; None once it has left."""
        if self.left.is_set():
            return None
        mix = self.room.mix_for(self) if self.can_hear and not self.is_held else SILENCE
        own = self._own_sound()
        return louder(add(mix, own) if own else mix, self.volume_out)

    def close(self) -> None:
        """See Source."""

    def _own_sound(self) -> bytes | None:
        while self.sounds:
            frame = next_frame(self.sounds[0])
            if frame is not None:
                return frame
            end_sound(self.sounds.pop(0))
        return None

    def leave(self) -> None:
        """The application ends."""
        self.left.set()
        self.session.ring_bell()


def next_frame(sound: Sound) -> bytes | None:
    """The next 20 ms of a sound."""
    frame = sound.source.read()
    sound.frames += frame is not None
    return frame


def end_sound(sound: Sound) -> None:
    """It is over, or somebody stopped it."""
    sound.source.close()
    if sound.on_end is not None:
        sound.on_end(sound)


def louder(pcm: bytes, level: int) -> bytes:
    """Volume -4 to 4."""
    return audioop.mul(pcm, 2, VOLUMES[level]) if level in VOLUMES else pcm
