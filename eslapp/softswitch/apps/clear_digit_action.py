"""``clear_digit_action realm|all``: its keys do nothing any more."""

from __future__ import annotations

from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    realm = data.partition(",")[0].strip()
    if realm.lower() == "all":
        session.keys.realms.clear()
    else:
        session.keys.realms.pop(realm, None)
