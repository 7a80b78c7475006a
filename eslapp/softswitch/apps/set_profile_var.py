"""``set_profile_var name=value``: change a field of the caller profile (``caller_id_name`` and the like)."""

from __future__ import annotations

from eslapp.softswitch.profile import FIELDS
from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True
SETTABLE = frozenset(FIELDS) - {"uuid", "chan_name"}


async def run(session: Session, data: str) -> None:
    """See the module; an unknown field changes nothing."""
    name, _, value = data.partition("=")
    field = name.strip().lower()
    if field in SETTABLE:
        setattr(session.profile, FIELDS[field], value.strip())
