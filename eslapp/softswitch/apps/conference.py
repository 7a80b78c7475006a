"""``conference name[@profile][+pin][+flags{mute|deaf|moderator|endconf}]``: everybody in it hears everybody.
More flags of the same kind stand in the variable ``conference_member_flags``.

Not here: rooms (``softswitch.conference``), the ``conference`` commands (``api/conference.py``).
"""

from __future__ import annotations

import re

from eslapp.softswitch.conference import telling
from eslapp.softswitch.conference.member import Member
from eslapp.softswitch.conference.room import MAX_MEMBERS, Room
from eslapp.softswitch.conference.telling import flag
from eslapp.softswitch.gathering import Wanted, read
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.playing import play
from eslapp.softswitch.session import Session
from eslapp.softswitch.session_events import reading_linear
from eslapp.softswitch.waiting import wait

NEEDS_MEDIA = True
PIN_TRIES = 3
PIN_TIMEOUT_S = 10.0
ARGUMENT = re.compile(
    r"(?P<name>[^@+]+)(?:@(?P<profile>[^+]*))?(?:\+(?!flags\{)(?P<pin>[^+]*))?(?:\+flags\{(?P<flags>[^}]*)\})?"
)


async def run(session: Session, data: str) -> None:
    """See the module."""
    found = ARGUMENT.match(data.strip())
    if found is None or session.port is None:
        return
    flags = set(re.split(r"[|,\s]+", f"{found['flags'] or ''}|{session.variables.text('conference_member_flags')}"))
    room = session.switch.conferences.open(found["name"].strip(), found["profile"] or "default")
    if room is not None and not room.members and found["pin"]:
        room.pin = found["pin"]
    if room is None or not session.is_ready:
        return
    for name, value in (("conference_name", room.name), ("app_session_uuid", room.uuid)):
        session.variables.set(name, value)
    if await _may_enter(session, room):
        await _stay(session, room, flags)


async def _may_enter(session: Session, room: Room) -> bool:
    """Not when it is locked or full, and only with its PIN."""
    limit = whole(room.params.get("max_members", "")) or MAX_MEMBERS
    if room.is_locked or len(room.members) >= min(limit, MAX_MEMBERS):
        if room.params.get("locked-sound"):
            await play(session, room.params["locked-sound"])
        return False
    if not room.pin:
        return True
    for _ in range(PIN_TRIES):
        prompt = room.params.get("pin-sound") or "conference/conf-pin.wav"
        length = len(room.pin)
        if await read(session, Wanted(1, length, prompt, "", PIN_TIMEOUT_S, "#", PIN_TIMEOUT_S, False)) == room.pin:
            return True
        if not session.is_ready:
            break
        await play(session, room.params.get("bad-pin-sound") or "conference/conf-bad-pin.wav")
    return False


async def _stay(session: Session, room: Room, flags: set[str]) -> None:
    """Until it leaves, is sent away or to another room."""
    rooms = session.switch.conferences
    with reading_linear(session):
        member = rooms.enter(room, session, flags)
        _name(session, member)
        try:
            await _hear(session, member)
        finally:
            _part_from_controllers(session)
            if not member.next_room:
                rooms.leave(member)
            session.variables.set("conference_call_key", None)
    if member.next_room:
        names = [("Old-Conference-Name", room.name), ("New-Conference-Name", member.next_room.partition("@")[0])]
        telling.tell(room, "transfer", [], member, [*names, ("Action", "transfer")])
        rooms.leave(member)
    if member.is_kicked and session.is_ready and room.params.get("kicked-sound"):
        await play(session, room.params["kicked-sound"])


def _part_from_controllers(session: Session) -> None:
    """Leaving takes FreeSWITCH so long that the controller of a call that hung up is told good-bye before."""
    for socket in [] if session.is_up else list(session.sockets):
        if socket.linger_s is None and socket.is_outbound and socket.is_async:
            socket.leave()


def _name(session: Session, member: Member) -> None:
    room = member.room
    values = (
        ("conference_member_id", str(member.id)),
        ("conference_moderator", flag(member.is_moderator)),
        ("conference_ghost", "false"),
        ("conference_uuid", room.uuid),
        ("conference_call_key", f"conference_{room.name}_{room.domain}_{session.profile.caller_id_number}"),
    )
    for name, value in values:
        session.variables.set(name, value)


async def _hear(session: Session, member: Member) -> None:
    def resume() -> None:
        if session.port is not None and not member.left.is_set():
            session.port.play(member)

    await wait(session, member.left.is_set, breaks=False, suspend=lambda: resume)
