"""``three_way uuid``: join a call: all three hear each other."""

from __future__ import annotations

from eslapp.softswitch.eavesdropping import Ways, eavesdrop
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    target = session.switch.locate(data.strip())
    if target is not None:
        await eavesdrop(session, target, Ways(to_partner=True, to_target=True, by_keys=False))
