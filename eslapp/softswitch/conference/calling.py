"""Calling somebody into a conference: ``dial`` waits for the answer, ``bgdial`` tells the result in an event.

Not here: dialing (``originate.py``), being a member (``apps/conference.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.api.originate import send_on
from eslapp.softswitch.originate import Dialing
from eslapp.softswitch.outgoing import announce_again

if TYPE_CHECKING:
    from eslapp.softswitch.conference.room import Room
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

SYNTAX = "<endpoint_module_name>/<destination> <callerid number> <callerid name>"
TIMEOUT_S = 60


async def dial(switch: Switch, conference: str, room: Room | None, words: list[str]) -> str:
    """``conference``: its name, with ``@profile`` where it is to be made."""
    if not words:
        return f"-ERR Bad Args\ndial {SYNTAX}"
    cause, _ = await _call(switch, conference, room, words, {})
    return f"+OK Call Requested: result: [{cause}]\n"


async def bgdial(switch: Switch, conference: str, room: Room | None, words: list[str]) -> str:
    """The answer is the number of the job."""
    if not words:
        return f"-ERR Bad Args\nbgdial {SYNTAX}"
    job = switch.new_uuid()

    async def call() -> None:
        cause, session = await _call(switch, conference, room, words, {"conference_bgdial_jobid": job})
        if room is not None:
            peer = [("Peer-UUID", session.uuid)] if session is not None else []
            room.tell(None, "bgdial-result", after=[("Result", cause), ("Job-UUID", job), *peer])

    switch.background(call(), "conference bgdial")
    return f"+OK Job-UUID: {job}\n"


async def _call(
    switch: Switch, conference: str, room: Room | None, words: list[str], given: dict[str, str]
) -> tuple[str, Session | None]:
    number, name = [*words[1:3], "", ""][:2]
    params = room.params if room is not None else {}
    dialing = Dialing(
        switch,
        caller_name=name or params.get("caller_id_name", ""),
        caller_number=number or params.get("caller_id_number", ""),
        timeout_s=TIMEOUT_S,
    )
    variables = ",".join(f"{key}={value}" for key, value in given.items())
    session = await dialing.dial(f"{{{variables}}}{words[0]}" if variables else words[0])
    if session is None:
        return dialing.cause, None
    if not dialing.is_forked:
        announce_again(session)
    send_on(session, f"&conference({conference if room is None else room.name})")
    return dialing.cause, session
