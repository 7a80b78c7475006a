"""``intercept [-bleg] uuid``: take over another channel's call, ringing or talking; who had it is hung up
(PICKED_OFF).

Variables: ``intercept_unbridged_only``, ``intercept_unanswered_only``.
"""

from __future__ import annotations

from eslapp.softswitch import legs
from eslapp.softswitch.bridging import bonded
from eslapp.softswitch.rejoining import bridge_existing
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module; nothing happens without such a channel."""
    words = data.split()
    is_b_leg = len(words) > 1 and words[0].lower() == "-bleg"
    wanted = session.switch.locate(words[1] if is_b_leg else words[0]) if words else None
    if is_b_leg and wanted is not None:
        wanted = wanted.partner
    if wanted is None or wanted is session or _is_excused(session, wanted):
        return
    before = bonded(wanted)
    legs.answer(session)
    legs.answer(wanted)
    if before is session:
        before = None
    if before is not None:
        before.variables.set("park_after_bridge", "true")
    bridge_existing(session, wanted)
    if before is not None:
        before.hangup("PICKED_OFF")


def _is_excused(session: Session, wanted: Session) -> bool:
    variables = session.variables
    if variables.is_true("intercept_unbridged_only") and wanted.partner is not None:
        return True
    return variables.is_true("intercept_unanswered_only") and wanted.is_answered
