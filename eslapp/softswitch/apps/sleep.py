"""``sleep milliseconds``: stay quiet; a digit ends it at once, as FreeSWITCH does."""

from __future__ import annotations

from eslapp.softswitch.numbers import is_whole
from eslapp.softswitch.session import Session
from eslapp.softswitch.waiting import wait


async def run(session: Session, data: str) -> None:
    """See the module."""
    text = data.strip()
    if is_whole(text):
        await wait(session, timeout_s=int(text) / 1000, on_digit=lambda _digit: True)
