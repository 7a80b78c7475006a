"""REFER: a phone hands its partner on, blindly to a number or (Replaces) to the far end of its second call.

What is refused gets NOTIFY 403 and the call goes on.
Not here: who may and where to (``inside.py``), second calls (``replacing.py``), REFER and NOTIFY as messages
(``sip.receiving``, ``sip.call``), the daemon's transfers (``api.uuid_transfer``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eslapp.softswitch.inside import context_for, is_here, may_refer, user_of
from eslapp.softswitch.replacing import Handing, attend, in_uri
from eslapp.softswitch.sip.text import BadText
from eslapp.softswitch.sip.uri import Uri, parse_address

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

log = logging.getLogger(__name__)


def refer(session: Session, target: str, by: str = "") -> bool:
    """Do what a REFER on this leg asks (``by``: its Referred-By); False: nothing was done."""
    partner = session.partner
    try:
        uri = parse_address(target).uri
        replaces = in_uri(uri.headers)
    except BadText:
        return False
    if partner is None and replaces is None:
        _nobody_to_hand_on(session, uri)
    if session.call is None or not may_refer(session):
        log.info("refer-refused leg=%s", session.uuid)
        return False
    if replaces is not None:
        return attend(session, replaces, Handing(target, by))
    if partner is None or not partner.is_up or uri.headers:
        return False
    return _blind(session, partner, uri, Handing(target, by))


def _nobody_to_hand_on(session: Session, uri: Uri) -> None:
    """What FreeSWITCH leaves on a leg that is not bridged."""
    values = (
        ("transfer_disposition", "recv_replace"),
        ("transfer_to", f"blind:{uri.user}"),
        ("transfer_destination", f"blind:{uri.user}"),
        ("endpoint_disposition", "ATTENDED_TRANSFER_ERROR"),
    )
    for name, value in values:
        session.variables.set(name, value)


def _blind(session: Session, partner: Session, uri: Uri, handing: Handing) -> bool:
    assert session.call is not None
    number = uri.user
    context = context_for(session, partner, number) if is_here(session, uri) else ""
    if not context:
        log.warning("refer-refused leg=%s target=%s", session.uuid, handing.target[:128])
        return False
    values = (
        ("transfer_disposition", "recv_replace"),
        ("transfer_to", f"blind:{partner.uuid}"),
        ("transfer_destination", f"blind:{number}"),
        ("transfer_fallback_extension", user_of(session.call)),
        ("endpoint_disposition", "BLIND_TRANSFER"),
    )
    for name, value in values:
        session.variables.set(name, value)
    session.call.notify_refer(200, "OK", is_last=True)
    handing.mark(partner, session)
    partner.transfer(number, "XML", context)
    return True
