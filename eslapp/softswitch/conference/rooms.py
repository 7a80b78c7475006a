"""The registry of conferences: made when the first member comes, gone when the last has left."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from eslapp.softswitch.conference import telling
from eslapp.softswitch.conference.member import Member
from eslapp.softswitch.conference.room import Room

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

MAX_ROOMS = 1_000


class Rooms:
    """One per switch."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._rooms: dict[str, Room] = {}
        self._members = 0
        self.presences = itertools.count()  # the number of the next PRESENCE_IN

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(list(self._rooms.values()))

    def __len__(self) -> int:
        return len(self._rooms)

    def find(self, name: str) -> Room | None:
        """By name."""
        return self._rooms.get(name)

    def open(self, name: str, profile_name: str) -> Room | None:
        """The conference of that name, made if there is none. None: no such profile, or too many conferences."""
        room = self._rooms.get(name)
        profile = self._switch.conf.conference_profiles.get(profile_name)
        if room is None and profile is not None and len(self._rooms) < MAX_ROOMS:
            room = self._rooms[name] = Room(self._switch, name, profile_name, profile)
            room.tell(None, "conference-create")
        return room

    def enter(self, room: Room, session: Session, flags: set[str]) -> Member:
        """A channel becomes a member."""
        self._members += 1
        return room.join(session, self._members, flags)

    def leave(self, member: Member) -> None:
        """The last one out ends the conference."""
        room = member.room
        room.leave(member)
        if not room.members:
            room.stop_recording("all")
            room.stop_sounds("all")
            self._rooms.pop(room.name, None)
            telling.tell_presence(room)
            room.tell(None, "conference-destroy")
