"""What can be ordered of a conference: one function per command, with FreeSWITCH's answers.

``MEMBER_ORDERS`` go to one member, all, the last or the non-moderators; ``ROOM_ORDERS`` to the room. An empty answer
is answered with the command's syntax. Not here: finding room and members (``api/conference.py``).
"""

from __future__ import annotations

from collections.abc import Callable

from eslapp.softswitch.conference import listing, relations
from eslapp.softswitch.conference.member import Member, Sound
from eslapp.softswitch.conference.room import Room
from eslapp.softswitch.keypad import send_digits
from eslapp.softswitch.numbers import signed, whole
from eslapp.softswitch.playing import places
from eslapp.softswitch.soundpath import open_sound

MemberOrder = Callable[[Member, str], str]
RoomOrder = Callable[[Room, list[str]], str]
TARGET = "<[member_id|all]|last|non_moderator>"
MAX_VOLUME = 4
SETTABLE = ("max_members", "sound_prefix", "caller_id_name", "caller_id_number", "endconference_grace_time")


def mute(member: Member, _argument: str) -> str:
    """Nobody hears it any more."""
    member.can_speak = member.is_talking = False
    member.room.tell(member, "mute-member")
    return f"+OK mute {member.id}\n"


def unmute(member: Member, _argument: str) -> str:
    """It is heard again."""
    member.can_speak = True
    member.room.tell(member, "unmute-member")
    return f"+OK unmute {member.id}\n"


def toggle_mute(member: Member, argument: str) -> str:
    """The other of the two."""
    return mute(member, argument) if member.can_speak else unmute(member, argument)


def deaf(member: Member, _argument: str) -> str:
    """It hears nobody."""
    member.can_hear = False
    member.room.tell(member, "deaf-member")
    return f"+OK deaf {member.id}\n"


def undeaf(member: Member, _argument: str) -> str:
    """It hears again."""
    member.can_hear = True
    member.room.tell(member, "undeaf-member")
    return f"+OK undeaf {member.id}\n"


def kick(member: Member, _argument: str) -> str:
    """Out, its dialplan goes on."""
    member.is_kicked = True
    member.room.tell(member, "kick-member")
    member.leave()
    return f"+OK kicked {member.id}\n"


def hup(member: Member, _argument: str) -> str:
    """Out without a sound."""
    member.room.tell(member, "hup-member")
    member.leave()
    return f"+OK hup {member.id}\n"


def dtmf(member: Member, argument: str) -> str:
    """Digits to its phone."""
    if not argument:
        return "-ERR Invalid input!\n"
    send_digits(member.session, argument, is_told=False)
    member.room.tell(member, "dtmf-member", after=[("Digits", argument)])
    return f"+OK sent {argument} to {member.id}\n"


def energy(member: Member, argument: str) -> str:
    """How loud one must be to be heard."""
    if argument:
        member.energy_level = min(whole(argument), 1_800)
        member.room.tell(member, "energy-level-member", after=[("Energy-Level", str(member.energy_level))])
    return f"Energy {member.id} = {member.energy_level}\n"


def volume_in(member: Member, argument: str) -> str:
    """How loud it is for the others."""
    member.volume_in = _volume(member.volume_in, argument)
    if argument:
        member.room.tell(member, "volume-in-member", after=[("Volume-Level", str(member.volume_in))])
    return f"+OK Volume IN {member.id} = {member.volume_in}\n"


def volume_out(member: Member, argument: str) -> str:
    """How loud the others are for it."""
    member.volume_out = _volume(member.volume_out, argument)
    if argument:
        member.room.tell(member, "volume-out-member", after=[("Volume-Level", str(member.volume_out))])
    return f"+OK Volume OUT {member.id} = {member.volume_out}\n"


def _volume(present: int, argument: str) -> int:
    wanted = signed(argument) if argument else None
    return present if wanted is None else max(-MAX_VOLUME, min(MAX_VOLUME, wanted))


def hold(member: Member, _argument: str) -> str:
    """It hears and says nothing until ``unhold``."""
    member.is_held = True
    member.room.tell(member, "hold-member")
    return f"+OK hold {member.id}\n"


def unhold(member: Member, _argument: str) -> str:
    """It takes part again."""
    member.is_held = False
    member.room.tell(member, "unhold-member")
    return f"+OK unhold {member.id}\n"


def get_uuid(member: Member, _argument: str) -> str:
    """Its channel."""
    return member.session.uuid


MEMBER_ORDERS: dict[str, tuple[MemberOrder, str]] = {
    "mute": (mute, f"{TARGET} [<quiet>]"),
    "tmute": (toggle_mute, f"{TARGET} [<quiet>]"),
    "unmute": (unmute, f"{TARGET} [<quiet>]"),
    "deaf": (deaf, TARGET),
    "undeaf": (undeaf, TARGET),
    "hold": (hold, f"{TARGET} [file]"),
    "unhold": (unhold, TARGET),
    "kick": (kick, "<[member_id|all|last|non_moderator]> [<optional sound file>]"),
    "hup": (hup, "<[member_id|all|last|non_moderator]>"),
    "dtmf": (dtmf, "<[member_id|all|last|non_moderator]> <digits>"),
    "energy": (energy, "<member_id|all|last|non_moderator> [<newval>]"),
    "volume_in": (volume_in, "<member_id|all|last|non_moderator> [<newval>]"),
    "volume_out": (volume_out, "<member_id|all|last|non_moderator> [<newval>]"),
    "floor": (relations.floor, "<member_id|last>"),
    "get-uuid": (get_uuid, "<member_id|last>"),
}


def list_members(room: Room, words: list[str]) -> str:
    """``list``, ``list count``, ``list delim x``."""
    if words[:1] == ["count"]:
        return str(len(room.members))
    return listing.lines(room, words[1] if words[:1] == ["delim"] and len(words) > 1 else ";")


def play(room: Room, words: list[str]) -> str:
    """To all, or to one member."""
    if not words or not room.members:
        return ""
    try:
        sound = Sound(open_sound(words[0], places(room.members[0].session)).source, words[0])
    except FileNotFoundError:
        wrong = [("File", words[0]), ("Async", "false"), ("Error", "File could not be played")]
        room.tell(None, "play-file", after=wrong)
        return f"-ERR (play) File: {words[0]} not found.\n"
    if len(words) == 1 or words[1] == "async":
        sound.is_async = len(words) > 1
        room.play(sound)
        return f"+OK (play) Playing file {words[0]}\n"
    member = room.find(whole(words[1]))
    if member is None:
        return f"-ERR Member: {whole(words[1])} not found.\n"
    sound.on_end = lambda ended: member.room.sound_ended(ended, member)
    member.sounds.append(sound)
    room.tell(member, "play-file-member", after=[("File", words[0])])
    return f"+OK (play) Playing file {words[0]} to member {member.id}\n"


def stop(room: Room, words: list[str]) -> str:
    """What plays."""
    which = words[0].lower() if words else "all"
    if which not in ("current", "all", "async"):
        return ""
    return f"+OK Stopped {room.stop_sounds(which)} files.\n"


def lock(room: Room, _words: list[str]) -> str:
    """Nobody else comes in."""
    room.is_locked = True
    room.tell(None, "lock")
    return f"+OK {room.name} locked\n"


def unlock(room: Room, _words: list[str]) -> str:
    """Open again."""
    room.is_locked = False
    room.tell(None, "unlock")
    return f"+OK {room.name} unlocked\n"


def pin(room: Room, words: list[str]) -> str:
    """Who comes from now on must know it."""
    if len(words) != 1 or not words[0].isascii() or not words[0].isdigit():
        return "-ERR Invalid parameters:\npin <pin#>"
    room.pin = words[0]
    return f"+OK Pin for conference {room.name} set: {room.pin}\n"


def nopin(room: Room, _words: list[str]) -> str:
    """None is asked for."""
    room.pin = ""
    return f"+OK Pin for conference {room.name} deleted\n"


def record(room: Room, words: list[str]) -> str:
    """The whole mix into a file."""
    if not words:
        return ""
    try:
        is_new = room.record(words[0])
    except OSError:
        return f"-ERR file [{words[0]}] cannot be written.\n"
    return (
        f"+OK Record file {words[0]}\n" if is_new else f"-ERR file [{words[0]}] is already being used for recording.\n"
    )


def norecord(room: Room, words: list[str]) -> str:
    """End one, or all."""
    if not words:
        return ""
    count = room.stop_recording(words[0])
    if words[0] != "all":  # of one that is named FreeSWITCH tells, but does not count it
        told = f"Stopped recording file {words[0]}\n" if count else f"-ERR non-existant recording '{words[0]}'\n"
        return f"{told}+OK Stopped recording 0 files\n"
    return f"+OK Stopped recording {count} file{'' if count == 1 else 's'}\n"


def recording(room: Room, words: list[str]) -> str:
    """The newer spelling of ``record``, ``norecord`` and ``chkrecord``."""
    verb = words[0].lower() if words else ""
    if verb == "start" and len(words) > 1:
        return record(room, words[1:])
    if verb == "stop":
        return norecord(room, words[1:] or ["all"])
    if verb == "check":
        return check_recording(room, words[1:])
    if verb in ("pause", "resume") and len(words) > 1:
        return pause_recording(room, words[1], is_paused=verb == "pause")
    return record(room, words) if len(words) == 1 else ""


def check_recording(room: Room, _words: list[str]) -> str:
    """What is being written."""
    if not room.recorders:
        return "-ERR Conference is not being recorded.\n"
    return "".join(f"+OK Record file {path}\n" for path in room.recorders)


def pause_recording(room: Room, path: str, *, is_paused: bool) -> str:
    """Nothing is written meanwhile."""
    verb = "Pause" if is_paused else "Resume"
    found = [recorder for name, recorder in room.recorders.items() if path in (name, "all")]
    for recorder in found:
        recorder.is_paused = is_paused
    return f"{verb} recording file {path}\n{'+OK Success' if found else '-ERR Failed'}\n"


def get(room: Room, words: list[str]) -> str:
    """One fact."""
    known = {
        "run_time": str(listing.seconds(room, room.created_us)),
        "count": str(len(room.members)),
        "count_ghosts": "0",
        "max_members": room.params.get("max_members", "0"),
        "rate": "8000",
        "profile_name": room.profile_name,
        "is_locked": "locked" if room.is_locked else "",
        "uuid": room.uuid,
    }
    return known.get(words[0], "") if len(words) == 1 else ""


def set_(room: Room, words: list[str]) -> str:
    """Change one setting; the answer is what it was."""
    name = words[0].lower() if words else ""
    if len(words) != 2 or name not in SETTABLE:
        return ""
    before = room.params.get(name, "0" if name == "max_members" else "")
    room.params = {**room.params, name: words[1]}
    return before


def say(_room: Room, words: list[str]) -> str:
    """There is no voice, as on a FreeSWITCH without a speech engine."""
    return f"-ERR (say) Error!{'' if words else ' No text.'}\nsay <text>"


def transfer(room: Room, words: list[str]) -> str:
    """Members to another conference, by a transfer to it."""
    if len(words) < 2:
        return ""
    answer = ""
    for word in words[1:]:
        member = room.find(whole(word))
        if member is None:
            answer += f"-ERR No Member {word} in conference {room.name}.\n"
            continue
        member.next_room = f"{words[0]}@{room.profile_name}"
        member.session.transfer(f"conference:{member.next_room}", "inline")
        member.leave()
        answer += f"+OK Member '{member.id}' sent to conference {words[0]}.\n"
    return answer


ROOM_ORDERS: dict[str, tuple[RoomOrder, str]] = {
    "list": (list_members, "[delim <string>]|[count]"),
    "count": (lambda room, _words: str(len(room.members)), ""),
    "xml_list": (lambda room, _words: listing.xml([room]), ""),
    "json_list": (lambda room, _words: listing.json_text([room]), "[compact]"),
    "play": (play, "<file_path> [async|<member_id> [nomux]]"),
    "stop": (stop, "<[current|all|async|last]> [<member_id>]"),
    "lock": (lock, ""),
    "unlock": (unlock, ""),
    "pin": (pin, "<pin#>"),
    "nopin": (nopin, ""),
    "record": (record, "<filename>"),
    "norecord": (norecord, "<[filename|all]>"),
    "recording": (recording, "[start|stop|check|pause|resume] [<filename>|all]"),
    "chkrecord": (check_recording, "<confname>"),
    "get": (get, "<parameter-name>"),
    "set": (set_, f"<{'|'.join(SETTABLE)}> <value>"),
    "relate": (relations.relate, relations.RELATE_SYNTAX),
    "enter_sound": (relations.enter_sound, relations.SOUND_SYNTAX),
    "exit_sound": (relations.exit_sound, relations.SOUND_SYNTAX),
    "say": (say, "<text>"),
    "transfer": (transfer, "<conference_name> <member id> [...<member id>]"),
}
