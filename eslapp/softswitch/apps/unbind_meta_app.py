"""``unbind_meta_app [digit]``: that key, or every one, does nothing any more."""

from __future__ import annotations

from eslapp.softswitch.keybinding import bind_meta
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    for digit in [data.strip()[:1]] if data.strip() else list(session.keys.metas):
        bind_meta(session, digit, None)
