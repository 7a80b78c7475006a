"""``transfer [-bleg|-both] extension [dialplan] [context]``: go through the dialplan anew; ``'quotes'`` keep blanks."""

from __future__ import annotations

from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Session
from eslapp.softswitch.transferring import transfer_legs


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = separate(data)
    which = ""
    if words and words[0] in ("-bleg", "-both"):
        which = words.pop(0)
    if words:
        transfer_legs(session, which, words[:3])
