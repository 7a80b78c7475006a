"""``displace_session path [flags] [+limit]``: a sound over what the caller hears, while other applications run."""

from __future__ import annotations

from eslapp.softswitch.displacing import start
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module; the flag ``m`` (mux) mixes, ``r`` is for who hears the caller."""
    path, *more = data.split() or [""]
    limit = next((whole(word[1:]) for word in more if word.startswith("+")), 0)
    flags = next((word for word in more if not word.startswith("+")), "")
    if path:
        start(session, path, limit, flags)
