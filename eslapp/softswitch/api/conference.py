"""``conference [name] command ...``: list, mute, deaf, kick, play, lock, record, transfer and the like.

Not here: what a command does (``conference.orders``).
"""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.conference import calling, listing
from eslapp.softswitch.conference.member import Member
from eslapp.softswitch.conference.orders import MEMBER_ORDERS, ROOM_ORDERS
from eslapp.softswitch.conference.room import Room
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.separating import separate


async def conference(call: ApiCall) -> str:
    """Without words: what there is to order."""
    words = separate(call.text)
    if not words:
        return usage()
    rooms = call.switch.conferences
    room = rooms.find(words[0])
    if len(words) > 1 and words[1].lower() in ("dial", "bgdial"):
        ask = calling.dial if words[1].lower() == "dial" else calling.bgdial
        return await ask(call.switch, words[0], room, words[2:])
    if room is not None:
        return order(room, words[1:]) if len(words) > 1 else "Conference command, not specified.\nTry 'help'\n"
    verb = words[0].lower()
    if verb == "list":
        delimiter = words[2] if len(words) > 2 and words[1] == "delim" else ";"
        found = "".join(listing.title(each) + listing.lines(each, delimiter) for each in rooms)
        return found or "+OK No active conferences.\n"
    if verb == "count":
        return str(sum(len(each.members) for each in rooms))
    if verb in ("xml_list", "json_list"):
        return listing.xml(rooms) if verb == "xml_list" else listing.json_text(rooms)
    return usage() if verb in ("help", "commands") else f"-ERR Conference {words[0]} not found\n"


def usage() -> str:
    """A line per command."""
    known = {name: syntax for orders in (ROOM_ORDERS, MEMBER_ORDERS) for name, (_, syntax) in orders.items()}
    return "".join(f"<conf name> {name} {syntax}\n" for name, syntax in known.items())


def order(room: Room, words: list[str]) -> str:
    """One command of one conference."""
    name = words[0].lower()
    if name in ROOM_ORDERS:
        do, syntax = ROOM_ORDERS[name]
        return do(room, words[1:]) or (f"{name} {syntax}" if syntax else "")
    if name not in MEMBER_ORDERS:
        return f"-ERR Conference command '{words[0]}' not found.\n"
    do_member, syntax = MEMBER_ORDERS[name]
    target = words[1].lower() if len(words) > 1 else ""
    members = chosen(room, target)
    if members is None:
        return f"-ERR Non-Existant ID {whole(target)}\n" if whole(target) else f"{name} {syntax}"
    argument = words[2] if len(words) > 2 else ""
    return "".join(do_member(member, argument) for member in members)


def chosen(room: Room, target: str) -> list[Member] | None:
    """Whom a target means; None: nobody there, or no target at all."""
    if target == "all":
        return list(room.members)
    if target == "non_moderator":
        return [member for member in room.members if not member.is_moderator]
    if target == "last":
        return room.members[:1]
    member = room.find(whole(target)) if whole(target) else None
    return [member] if member is not None else None


COMMANDS = {"conference": conference}
