"""``info``: all headers and variables of the channel in the switch's own log."""

from __future__ import annotations

import logging

from eslapp.softswitch.session import Session
from eslapp.softswitch.session_events import channel_event

RUNS_AFTER_HANGUP = True
log = logging.getLogger(__name__)


async def run(session: Session, _data: str) -> None:
    """See the module."""
    if log.isEnabledFor(logging.INFO):
        text = channel_event(session, "CHANNEL_DATA").plain().decode()
        log.info("dialplan-info leg=%s headers=%r", session.uuid, text)
