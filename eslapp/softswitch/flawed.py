"""Calls that can never have media: their INVITE has no offer, or none with a codec of ours.

As with FreeSWITCH's ``inbound-late-negotiation`` the first ends before anybody hears of it, the second once it needs
media. Not here: finding the flaw (``sip.invites``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eslapp.softswitch.profile import Header
    from eslapp.softswitch.session import Session


def refuse_incomplete(session: Session) -> None:
    """End a new call without an offer."""
    if session.call is not None and session.call.flaw and not session.call.remote_sdp:
        session.variables.set("endpoint_disposition", "3PCC DISABLED")
        session.hangup(session.call.flaw)


def fails(session: Session) -> bool:
    """It needs media now, which ends it where it can have none."""
    call = session.call
    if call is None or not call.flaw:
        return False
    for name, value in _variables(call.remote_sdp):
        session.variables.set(name, value)
    session.hangup(call.flaw)
    return True


def _variables(offer: str) -> Iterator[Header]:
    """What reading the offer adds all the same."""
    yield "rtp_use_codec_string", "PCMU,PCMA"
    for kind in ("video", "text"):
        yield f"remote_{kind}_media_flow", "inactive"
    yield "remote_audio_media_flow", "sendrecv"
    yield "audio_media_flow", "sendrecv"
    yield "dtmf_type", "rfc2833" if "telephone-event" in offer else "info"
    yield "endpoint_disposition", "CODEC NEGOTIATION ERROR"
