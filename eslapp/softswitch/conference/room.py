"""One conference: its members, what each of them hears, who has the floor, what plays to all, its recordings.

The mix is made once per tick, when the first member's port asks for it: the sum of all who talk, less oneself.
Not here: the registry (``rooms.py``), orders (``orders.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.conference import telling
from eslapp.softswitch.conference.member import Member, Sound, end_sound, next_frame
from eslapp.softswitch.media.g711 import SILENCE, add
from eslapp.softswitch.media.recording import HEADER_BYTES, Recorder
from eslapp.softswitch.playing import places
from eslapp.softswitch.profile import Header
from eslapp.softswitch.soundpath import open_sound

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

FRAME_SAMPLES = 160
READ_AHEAD = 2  # FreeSWITCH counts what it read, which is twice what was heard
DEFAULT_DOMAIN = "cluecon.com"
MAX_MEMBERS = 100


class Room:
    """See the module. Destroyed by ``rooms.py`` when the last member has left."""

    def __init__(self, switch: Switch, name: str, profile_name: str, params: dict[str, str]) -> None:
        self.switch = switch
        self.name = name
        self.profile_name = profile_name
        self.params = params
        self.domain = params.get("domain") or DEFAULT_DOMAIN
        self.uuid = switch.new_uuid()
        self.members: list[Member] = []  # the newest first
        self.floor: Member | None = None
        self.is_locked = False
        self.pin = params.get("pin", "")
        self.created_us = switch.now()
        self.sounds: list[Sound] = []
        self.variables: dict[str, str] = {}
        self.door_sounds = {side: params[f"{side}-sound"] for side in ("enter", "exit") if f"{side}-sound" in params}
        self.silent_doors: set[str] = set()
        self.recorders: dict[str, Recorder] = {}
        self._frames: dict[Member, bytes] = {}
        self._total: bytes | None = None
        self._sound: bytes | None = None
        self._have_read: set[Member] = set()
        self._wants_floor: Member | None = None

    def now(self) -> int:
        """Microseconds."""
        return self.switch.now()

    def tell(
        self, member: Member | None, action: str, before: list[Header] | None = None, after: list[Header] | None = None
    ) -> None:
        """An event with ``Action`` at its end."""
        telling.tell(self, action, before or [], member, [("Action", action), *(after or [])])

    # -- members ------------------------------------------------------------------------------------------------------

    def join(self, session: Session, id_: int, flags: set[str]) -> Member:
        """A new member; its port plays the mix."""
        level = self.params.get("energy-level", "0")
        member = Member(
            id_,
            session,
            self,
            is_moderator="moderator" in flags,
            ends_conference="endconf" in flags,
            can_speak="mute" not in flags,
            can_hear="deaf" not in flags,
            energy_level=int(level) if level.isascii() and level.isdigit() and len(level) < 6 else 0,
            joined_us=self.now(),
        )
        self.members.insert(0, member)
        if session.port is not None:
            session.port.play(member)
        self.tell(member, "add-member")
        telling.tell_presence(self)
        self._ring_door("enter", session)
        return member

    def _ring_door(self, side: str, session: Session) -> None:
        """What the others hear when somebody comes or goes."""
        name = self.door_sounds.get(side, "")
        if not name or side in self.silent_doors or len(self.members) < (2 if side == "enter" else 1):
            return
        try:
            sound = Sound(open_sound(name, places(session)).source, name, on_end=self.sound_ended)
        except FileNotFoundError:
            return
        self.sounds.append(sound)

    def leave(self, member: Member) -> None:
        """Take a member out."""
        port = member.session.port
        if port is not None and port.playing is member:
            port.stop()
        member.is_talking = False
        if self.floor is member:
            self.give_floor(None)
        for sound in member.sounds:
            sound.source.close()
        self.members.remove(member)
        self._frames.pop(member, None)
        telling.tell_presence(self)
        self.tell(member, "del-member")
        self._ring_door("exit", member.session)
        if member.ends_conference:
            for other in list(self.members):
                other.session.hung_up_inside = True
                other.session.hangup("NORMAL_CLEARING")
                other.leave()

    def find(self, id_: int) -> Member | None:
        """By number."""
        return next((member for member in self.members if member.id == id_), None)

    # -- the mix ------------------------------------------------------------------------------------------------------

    def mix_for(self, member: Member) -> bytes:
        """What a member hears in this tick; the first who asks begins the tick."""
        if not self._have_read or member in self._have_read:
            self._begin_tick()
        self._have_read.add(member)
        mix = self._total
        if member in self._frames:
            mix = sum_of([frame for each, frame in self._frames.items() if each is not member])
        if any(each.relations for each in self.members):
            mix = sum_of([frame for each, frame in self._frames.items() if member.hears(each)])
        if self._sound is not None:
            mix = add(mix, self._sound) if mix else self._sound
        return mix or SILENCE

    def _begin_tick(self) -> None:
        self._have_read.clear()
        self._move_floor()
        heard = [(member, member.listen()) for member in self.members]
        self._frames = {member: frame for member, frame in heard if frame is not None}
        self._total = sum_of(list(self._frames.values()))
        self._sound = self._next_sound()
        for recorder in self.recorders.values():
            recorder(self._total or SILENCE, self._sound or SILENCE)

    def _next_sound(self) -> bytes | None:
        mixed: bytes | None = None
        current = [each for each in self.sounds if not each.is_async][:1]
        for sound in [*current, *(each for each in self.sounds if each.is_async)]:
            frame = next_frame(sound)
            if frame is None:
                self.sounds.remove(sound)
                end_sound(sound)
            else:
                mixed = add(mixed, frame) if mixed else frame
        return mixed

    # -- the floor ----------------------------------------------------------------------------------------------------

    def _move_floor(self) -> None:
        """Who talks has it; nobody's goes to the newest."""
        talking = [member for member in self.members if member.is_talking]
        if self.floor is None and self.members:
            self.give_floor(max(talking, key=lambda member: member.energy) if talking else self.members[0])
        elif self.floor is not None and not self.floor.is_talking and talking:
            self.give_floor(max(talking, key=lambda member: member.energy))

    def give_floor(self, member: Member | None) -> None:
        """To a member, or to nobody."""
        old = "none" if self.floor is None or member is None else str(self.floor.id)
        self.floor = member
        before = [("Action", "floor-change"), ("Old-ID", old)]
        telling.tell(self, "floor-change", before, member, [("New-ID", str(member.id) if member else "none")])

    # -- sounds and recordings ----------------------------------------------------------------------------------------

    def play(self, sound: Sound) -> None:
        """To everybody, after what plays already, or over it."""
        sound.on_end = self.sound_ended
        self.sounds.append(sound)
        flag = "true" if sound.is_async else "false"
        self.tell(None, "play-file", after=[("File", sound.path), ("Async", flag)])

    def sound_ended(self, sound: Sound, member: Member | None = None) -> None:
        """Of all, or of one member."""
        samples = sound.frames * FRAME_SAMPLES * READ_AHEAD
        spent = [("seconds", samples // 8000), ("milliseconds", samples // 8), ("samples", samples)]
        before = [(name, str(value)) for name, value in spent]
        action = "play-file-member-done" if member is not None else "play-file-done"
        if member is None:
            self.tell(None, action, before, [("File", sound.path)])
        else:
            telling.tell(self, action, [*before, ("Action", action)], member, [("File", sound.path)])

    def stop_sounds(self, which: str) -> int:
        """``current``, ``async`` or ``all``; how many."""
        current = [each for each in self.sounds if not each.is_async][:1]
        over = [each for each in self.sounds if each.is_async]
        going = {"current": current, "async": over}.get(which, list(self.sounds))
        for sound in going:
            self.sounds.remove(sound)
            end_sound(sound)
        return len(going)

    def record(self, path: str) -> bool:
        """OSError: cannot be written. False: it is being written already."""
        if path in self.recorders:
            return False
        self.recorders[path] = Recorder(path, is_stereo=False)
        self.tell(None, "start-recording", after=[("Path", path)])
        return True

    def _written(self, recorder: Recorder) -> list[Header]:
        """What a recording that ended came to."""
        samples = recorder.milliseconds * 8
        size = HEADER_BYTES + samples * 2 * recorder.channels
        return [
            ("Other-Recordings", telling.flag(bool(self.recorders))),
            ("Samples-Out", str(samples)),
            ("Samplerate", "8000"),
            ("Milliseconds-Elapsed", str(recorder.milliseconds)),
            ("Record-File-Size", str(size)),
        ]

    def stop_recording(self, path: str) -> int:
        """One, or ``all``; how many."""
        paths = list(self.recorders) if path == "all" else [path] if path in self.recorders else []
        for each in paths:
            recorder = self.recorders.pop(each)
            recorder.stop()
            self.tell(None, "stop-recording", after=[("Path", each), *self._written(recorder)])
        return len(paths)


def sum_of(frames: list[bytes]) -> bytes | None:
    """All together, clipped; None for nothing."""
    total: bytes | None = None
    for frame in frames:
        total = add(total, frame) if total else frame
    return total
