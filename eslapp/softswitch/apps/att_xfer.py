"""``att_xfer dial-string``: ask somebody before handing the partner on.

Keys meanwhile (variables attxfer_cancel_key and so on): # takes the partner back, * hands it on, 0 makes a three-way
call. Hanging up hands it on too.
"""

from __future__ import annotations

from eslapp.softswitch.attended import ask
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    if data.strip():
        await ask(session, data)
