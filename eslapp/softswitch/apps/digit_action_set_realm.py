"""``digit_action_set_realm realm``: which of the bound keys are heard."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    session.keys.realm = data.partition(",")[0].strip()
