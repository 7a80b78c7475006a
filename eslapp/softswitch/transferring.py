"""Sends one leg of a call, its partner or both through the dialplan anew. Not here: one channel (``session.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


def transfer_legs(session: Session, which: str, words: list[str]) -> bool:
    """``transfer``, ``uuid_transfer``: this leg, with ``-bleg`` its partner, with ``-both`` both. False: no partner."""
    partner = session.partner
    if which == "-bleg":
        if partner is None:
            return False
        partner.transfer(*words)
        return True
    session.transfer(*words)
    if which == "-both" and partner is not None:
        partner.transfer(*words)
    return True
