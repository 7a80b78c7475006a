"""``displace_session path [flags] [+limit]``: a sound over what the caller hears, while other applications run."""

from __future__ import annotations

from eslapp.softswitch.displacing import start
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module; the flag ``mux`` is taken as without it."""
    path, *more = data.split() or [""]
    limit = next((whole(word[1:]) for word in more if word.startswith("+")), 0)
    if path:
        start(session, path, limit)
