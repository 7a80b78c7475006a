"""Lists of conferences and their members as FreeSWITCH prints them: lines, XML, JSON. Pure but for the clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from eslapp.softswitch.conference.member import Member
from eslapp.softswitch.conference.room import Room
from eslapp.softswitch.conference.telling import flag

UNTOLD = ("destruct", "wait_mod", "audio_always")


def lines(room: Room, delimiter: str = ";") -> str:
    """A line per member, the newest first."""
    return "".join(delimiter.join(_columns(member)) + "\n" for member in room.members)


def _columns(member: Member) -> Iterable[str]:
    profile = member.session.profile
    able = (
        ("hear", member.can_hear),
        ("speak", member.can_speak),
        ("talking", member.is_talking),
        ("floor", member.room.floor is member),
        ("moderator", member.is_moderator),
    )
    yield str(member.id)
    yield member.session.name
    yield member.session.uuid
    yield profile.caller_id_name
    yield profile.caller_id_number
    yield "|".join(name for name, is_so in able if is_so)
    yield from (str(member.volume_in), str(member.volume_out), str(member.energy_level))


def title(room: Room) -> str:
    """The line above the members in ``conference list``."""
    count = len(room.members)
    flags = ["locked"] if room.is_locked else []
    flags += ["running", "answered", "enforce_min", "dynamic", "exit_sound", "enter_sound"]
    flags += [*(["recording"] if room.recorders else []), "json_status"]
    plural = "" if count == 1 else "s"
    return f"+OK Conference {room.name} ({count} member{plural} rate: 8000 flags: {'|'.join(flags)})\n"


def seconds(room: Room, since_us: int) -> int:
    """Whole epoch seconds since then."""
    return room.now() // 1_000_000 - since_us // 1_000_000


def xml(rooms: Iterable[Room]) -> str:
    """``conference xml_list``."""
    body = "".join(_room_xml(room) for room in rooms)
    return f'<?xml version="1.0"?>\n<conferences>{body and chr(10)}{body}</conferences>\n'


def _room_xml(room: Room) -> str:
    extra = ' locked="true"' if room.is_locked else ""
    count = len(room.members)
    head = f'name="{escape(room.name)}" member-count="{count}" ghost-count="0" rate="8000" uuid="{room.uuid}"{extra}'
    able = 'running="true" answered="true" enforce_min="true" dynamic="true" exit_sound="true" enter_sound="true"'
    members = "".join(_member_xml(member) for member in room.members)
    return (
        f'  <conference {head} {able} run_time="{seconds(room, room.created_us)}">\n    <variables></variables>\n'
        f"    <members>\n{members}    </members>\n  </conference>\n"
    )


def _member_xml(member: Member) -> str:
    profile = member.session.profile
    flags = [(name, value) for name, value in _flags(member) if name != "pass_digits"]
    order = ("mute_detect", "talking", "hold")
    flags = flags[:3] + [(name, dict(flags)[name]) for name in order] + [f for f in flags[3:] if f[0] not in order]
    inner = "".join(f"          <{name}>{flag(value)}</{name}>\n" for name, value in [*flags, ("is_ghost", False)])
    values = (
        ("uuid", member.session.uuid),
        ("caller_id_name", quote(profile.caller_id_name)),
        ("caller_id_number", quote(profile.caller_id_number)),
        ("join_time", seconds(member.room, member.joined_us)),
        ("last_talking", seconds(member.room, member.talked_us) if member.talked_us else "N/A"),
        ("energy", member.energy_level),
        ("volume_in", member.volume_in),
        ("volume_out", member.volume_out),
        ("output-volume", member.volume_out),
    )
    rest = "".join(f"        <{name}>{value}</{name}>\n" for name, value in values)
    head = f'      <member type="caller">\n        <id>{member.id}</id>\n        <flags>\n'
    return f"{head}{inner}        </flags>\n{rest}      </member>\n"


def _flags(member: Member) -> list[tuple[str, bool]]:
    return [
        ("can_hear", member.can_hear),
        ("can_see", True),
        ("can_speak", member.can_speak),
        ("hold", False),
        ("mute_detect", False),
        ("talking", member.is_talking),
        ("has_video", False),
        ("video_bridge", False),
        ("has_floor", member.room.floor is member),
        ("is_moderator", member.is_moderator),
        ("end_conference", member.ends_conference),
        ("mandatory_member_end_conference", False),
        ("pass_digits", False),
    ]


def json_text(rooms: Iterable[Room]) -> str:
    """``conference json_list``, with cJSON's tabs."""
    return _json([_room_json(room) for room in rooms], 0)


def _room_json(room: Room) -> dict[str, Any]:
    numbers = dict.fromkeys(("canvas_count", "max_bw_in", "force_bw_in", "video_floor_packets"), 0)
    return {
        "conference_name": room.name,
        "member_count": len(room.members),
        "ghost_count": 0,
        "rate": 8000,
        "run_time": seconds(room, room.created_us),
        "conference_uuid": room.uuid,
        **numbers,
        "locked": room.is_locked,
        **dict.fromkeys(UNTOLD, False),
        **dict.fromkeys(("running", "answered", "enforce_min"), True),
        "bridge_to": False,
        **dict.fromkeys(("dynamic", "exit_sound", "enter_sound"), True),
        "recording": bool(room.recorders),
        **dict.fromkeys(("video_bridge", "video_floor_only", "video_rfc4579"), False),
        "variables": dict(room.variables),
        "members": [_member_json(member) for member in room.members],
    }


def _member_json(member: Member) -> dict[str, Any]:
    profile = member.session.profile
    return {
        "type": "caller",
        "id": member.id,
        "flags": dict(_flags(member)),
        "uuid": member.session.uuid,
        "caller_id_name": profile.caller_id_name,
        "caller_id_number": profile.caller_id_number,
        "join_time": seconds(member.room, member.joined_us),
        "last_talking": seconds(member.room, member.talked_us) if member.talked_us else 0,
        "energy": member.energy_level,
        "volume_in": member.volume_in,
        "volume_out": member.volume_out,
        "output-volume": member.volume_out,
        "input-volume": member.volume_in,
    }


def _json(value: Any, depth: int) -> str:
    from json.encoder import encode_basestring as quoted

    if isinstance(value, bool):
        return flag(value)
    if isinstance(value, dict):
        inner = ",\n".join(
            "\t" * (depth + 1) + f"{quoted(name)}:\t{_json(each, depth + 1)}" for name, each in value.items()
        )
        return "{\n" + (f"{inner}\n" if inner else "") + "\t" * depth + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(each, depth + 1) for each in value) + "]"
    return quoted(value) if isinstance(value, str) else str(value)
