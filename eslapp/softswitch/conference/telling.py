"""The CUSTOM events conference::maintenance, header by header as FreeSWITCH has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.channel_events import channel_headers
from eslapp.softswitch.events import Event
from eslapp.softswitch.profile import Header

if TYPE_CHECKING:
    from eslapp.softswitch.conference.member import Member
    from eslapp.softswitch.conference.room import Room

SUBCLASS = "conference::maintenance"
ORIGINS = {
    "conference-create": ("mod_conference.c", "conference_new", "3848"),
    "conference-destroy": ("mod_conference.c", "conference_thread_run", "863"),
    "add-member": ("conference_member.c", "conference_member_add", "962"),
    "del-member": ("conference_member.c", "conference_member_del", "1355"),
    "floor-change": ("conference_member.c", "conference_member_set_floor_holder", "1158"),
    "start-talking": ("conference_loop.c", "conference_loop_input", "1154"),
    "stop-talking": ("conference_loop.c", "conference_loop_input", "1189"),
    "mute-member": ("conference_api.c", "conference_api_sub_mute", "339"),
    "unmute-member": ("conference_api.c", "conference_api_sub_unmute", "492"),
    "deaf-member": ("conference_api.c", "conference_api_sub_deaf", "797"),
    "undeaf-member": ("conference_api.c", "conference_api_sub_undeaf", "839"),
    "hold-member": ("conference_api.c", "conference_api_sub_hold", "440"),
    "unhold-member": ("conference_api.c", "conference_api_sub_unhold", "389"),
    "kick-member": ("conference_api.c", "conference_api_sub_kick", "902"),
    "play-file": ("conference_api.c", "conference_api_sub_play", "2817"),
    "play-file-done": ("conference_file.c", "conference_file_close", "52"),
}
ROOM_TWICE = ("floor-change", "play-file-member-done")  # what is told of the member begins with it
OTHER = ("conference_api.c", "conference_api_dispatch", "1")


def tell(room: Room, action: str, before: list[Header], member: Member | None, after: list[Header]) -> None:
    """Publish one; ``before`` and ``after`` stand around the member's headers."""
    switch = room.switch
    leg = member.session.uuid if member is not None else ""
    if not switch.bus.is_wanted("CUSTOM", SUBCLASS, leg=leg):
        switch.skip_sequence()
        return
    core = switch.core_headers("CUSTOM", ORIGINS.get(action, OTHER))
    mine = member_headers(member) if member is not None else []
    if mine and action in ROOM_TWICE:
        mine = [*room_headers(room), *mine]
    switch.bus.publish(Event([("Event-Subclass", SUBCLASS), *core, *room_headers(room), *before, *mine, *after]))


def tell_presence(room: Room) -> None:
    """PRESENCE_IN: how many there are."""
    count = len(room.members)
    if count:
        state, answer = "CS_ROUTING", "early" if count == 1 else "confirmed"
        direction = ("presence-call-direction", "outbound" if count == 1 else "inbound")
        status = f"Active ({count} caller{'' if count == 1 else 's'})"
    else:
        status, state, answer, direction = "Inactive", "CS_HANGUP", "terminated", ("call-direction", "inbound")
    name = room.name
    headers = [
        ("proto", "conf"),
        ("login", name),
        ("from", name if "@" in name else f"{name}@{room.domain}"),
        ("event_type", "presence"),
        ("alt_event_type", "dialog"),
        ("event_count", str(next(room.switch.conferences.presences))),
        ("unique-id", name),
        ("force-status", status),
        ("channel-state", state),
        ("answer-state", answer),
        direction,
    ]
    room.switch.fire("PRESENCE_IN", headers)


def room_headers(room: Room) -> list[Header]:
    """The room."""
    return [
        ("Conference-Name", room.name),
        ("Conference-Domain", room.domain),
        ("Conference-Size", str(len(room.members))),
        ("Conference-Ghosts", "0"),
        ("Conference-Profile-Name", room.profile_name),
        ("Conference-Unique-ID", room.uuid),
    ]


def member_headers(member: Member) -> list[Header]:
    """The floor, the channel, what the member may do."""
    return [
        ("Floor", flag(member.room.floor is member)),
        *channel_headers(member.session),
        ("Video", "false"),
        ("Hear", flag(member.can_hear)),
        ("See", "true"),
        ("Speak", flag(member.can_speak)),
        ("Talking", flag(member.is_talking)),
        ("Mute-Detect", "false"),
        ("Hold", flag(member.is_held)),
        ("Member-ID", str(member.id)),
        ("Member-Type", "moderator" if member.is_moderator else "member"),
        ("Member-Ghost", "false"),
        ("Energy-Level", str(member.energy_level)),
        ("Current-Energy", str(member.energy if member.is_talking else 0)),
    ]


def flag(value: bool) -> str:
    """true or false."""
    return "true" if value else "false"
