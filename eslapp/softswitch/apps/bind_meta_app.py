"""``bind_meta_app digit a|b|ab flags application[::argument]``: what ``*digit`` does in a call.

Flags: ``s`` on the leg that pressed, ``o`` on the other one, ``a`` and ``b`` on those, ``1`` only once.
"""

from __future__ import annotations

from eslapp.softswitch.keybinding import Meta, bind_meta
from eslapp.softswitch.session import Session

WORDS = 4


async def run(session: Session, data: str) -> None:
    """See the module; ``b``: the key is pressed by whomever this leg talks to."""
    words = data.split(None, WORDS - 1)
    if len(words) < WORDS:
        return
    digit, pressers, sides, application = words
    for side in ("a", "b"):
        if side in pressers:
            bind_meta(session, side, digit[:1], Meta(application, sides, "1" in sides))
