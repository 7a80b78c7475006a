"""What is asked of the switch for a leg that waits in the dialplan, without a connection to us. Pure.

Not here: which legs do (``eslapp.services.waiting_room``), all other commands (``commands``).
"""

from __future__ import annotations

from collections.abc import Sequence

from . import doors
from .commands import quoted, sound_list, uuid_transfer


def music(leg: str, sounds: Sequence[str]) -> str:
    """What the extension plays the next time."""
    return f"uuid_setvar {doors.leg(leg)} zj_music {sound_list(sounds)}"


def rest(leg: str, sounds: Sequence[str]) -> list[str]:
    """Send a leg from our ``socket`` to an extension that plays ``${zj_music}`` without one.

    ``socket_resume`` goes off with it: the end of the connection would RESET the leg (see ``return_after_bridge``).
    """
    return [
        music(leg, sounds),
        f"uuid_setvar {doors.leg(leg)} socket_resume false",
        uuid_transfer(leg, "zj-rest", "zongji"),
    ]


def break_in(leg: str, sounds: str | Sequence[str]) -> str:
    """Words into what the leg plays; that goes on after them."""
    return f"uuid_broadcast {doors.leg(leg)} {quoted(sound_list(sounds))} aleg"
