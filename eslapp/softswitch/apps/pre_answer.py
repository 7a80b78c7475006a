"""``pre_answer``: 183 with SDP: early media."""

from __future__ import annotations

from eslapp.softswitch import legs
from eslapp.softswitch.session import Session


async def run(session: Session, _data: str) -> None:
    """See the module."""
    legs.open_early_media(session)
