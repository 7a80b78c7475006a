"""``unbind_meta_app [digit]``: that key, or every one, does nothing any more."""

from __future__ import annotations

from eslapp.softswitch.keybinding import unbind_metas
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    unbind_metas(session, data.strip()[:1])
