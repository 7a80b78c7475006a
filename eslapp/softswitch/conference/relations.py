"""How the members of a conference stand to each other: who speaks to whom, who has the floor, sounds at the door.

Not here: the other orders (``orders.py``), calling somebody in (``calling.py``).
"""

from __future__ import annotations

from eslapp.softswitch.conference.member import Member
from eslapp.softswitch.conference.room import Room
from eslapp.softswitch.numbers import whole

RELATE_SYNTAX = "<member_id>[,<member_id>] <other_member_id>[,<other_member_id>] [nospeak|nohear|clear]"
SOUND_SYNTAX = "on|off|none|file <filename>"


def floor(member: Member, _argument: str) -> str:
    """It gets the floor that nobody has, or gives it back."""
    room = member.room
    if room.floor is member:
        room.give_floor(None)
        return "+OK floor none\n"
    if room.floor is not None:
        return f"-ERR floor is held by {room.floor.id}\n"
    room.give_floor(member)
    return f"+OK floor {member.id}\n"


def relate(room: Room, words: list[str]) -> str:
    """``1 2 nospeak``: 2 does not hear 1; ``nohear``: 1 does not hear 2; ``clear``: as before; less words: show."""
    if len(words) < 2:
        return _shown(room, words)
    kinds = {kind for kind in ("nospeak", "nohear") if len(words) > 2 and kind in words[2]}
    is_clear = len(words) > 2 and words[2].lower() == "clear"
    if not kinds and not is_clear:
        return ""
    pairs = [(whole(one), whole(other)) for one in words[0].split(",") for other in words[1].split(",")]
    clear = "".join(_cleared(room, *pair) for pair in pairs) if is_clear else ""
    return clear + ("".join(_related(room, *pair, kinds, words[2]) for pair in pairs) if kinds else "")


def _shown(room: Room, words: list[str]) -> str:
    if not any(member.relations for member in room.members):
        return "+OK No relationships\n"
    wanted = [whole(word) for word in words[0].split(",")] if words else []
    return "".join(
        f"{member.id} -> {other} {'NOSPEAK' if 'nospeak' in kinds else 'SPEAK'} "
        f"{'NOHEAR' if 'nohear' in kinds else 'HEAR'} NOSENDVIDEO \n"
        for asked in wanted
        for member in room.members
        if asked in (0, member.id)
        for other, kinds in member.relations.items()
    )


def _cleared(room: Room, one: int, other: int) -> str:
    member = room.find(one)
    if member is None:
        return f"-ERR relationship {one}->{other} not found.\n"
    member.relations.pop(other, None)
    return f"+OK relationship {one}->{other} cleared.\n"


def _related(room: Room, one: int, other: int, kinds: set[str], said: str) -> str:
    member = room.find(one)
    if member is None or room.find(other) is None:
        return f"-ERR relationship {one}->{other} not found.\n"
    member.relations[other] = frozenset(kinds)
    return f"+OK {one}->{other} {said} set\n"


def enter_sound(room: Room, words: list[str]) -> str:
    """What all hear when somebody comes."""
    return _door(room, "enter", words)


def exit_sound(room: Room, words: list[str]) -> str:
    """What all hear when somebody goes."""
    return _door(room, "exit", words)


def _door(room: Room, side: str, words: list[str]) -> str:
    verb = words[0].lower() if words else ""
    sound = room.door_sounds.get(side, "")
    if verb in ("on", "off", "none"):
        shown = "on" if verb == "on" else "off"
        (room.silent_doors.discard if verb == "on" else room.silent_doors.add)(side)
        room.tell(None, f"{side}-sounds-{shown}")
        return f"+OK {room.name} {side} sounds {shown} ({sound})\n"
    if verb != "file":
        return f"-ERR {'Bad args' if words else 'Not enough args'}\n{side}_sound {SOUND_SYNTAX}"
    if len(words) < 2:
        return "-ERR No filename specified\n"
    room.door_sounds[side] = words[1]
    room.tell(None, f"{side}-sound-file-changed")
    before = f"+OK Old exit sound: [{sound}]\n" if side == "exit" else ""
    return f"{before}+OK {room.name} {side} sound file set to {words[1]}\n"
