"""``set_profile_var name=value``: change a field of the caller profile (``caller_id_name`` and the like)."""

from __future__ import annotations

from eslapp.softswitch.profile import FIELDS
from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module; another name becomes a header of its own in the channel's events."""
    field, _, value = data.partition("=")
    profile = session.profile
    if field.lower() in FIELDS:
        setattr(profile, FIELDS[field.lower()], value)
    else:
        known = next((each for each in profile.more if each.lower() == field.lower()), field)
        profile.more = {**profile.more, known: value}
