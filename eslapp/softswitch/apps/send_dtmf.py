"""``send_dtmf digits[@ms]``: dial digits towards the phone."""

from __future__ import annotations

from eslapp.softswitch.keypad import send_digits
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    send_digits(session, data)
