"""``log [level] text``: a line in the switch's own log."""

from __future__ import annotations

import logging

from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True
LEVELS = {
    "CONSOLE": logging.INFO,
    "ALERT": logging.CRITICAL,
    "CRIT": logging.CRITICAL,
    "ERR": logging.ERROR,
    "WARNING": logging.WARNING,
    "NOTICE": logging.INFO,
    "INFO": logging.INFO,
    "DEBUG": logging.DEBUG,
}
log = logging.getLogger(__name__)


async def run(session: Session, data: str) -> None:
    """See the module; control characters do not reach the log."""
    word, _, rest = data.strip().partition(" ")
    level = LEVELS.get(word.upper())
    text = rest if level is not None else data
    log.log(logging.DEBUG if level is None else level, "dialplan-log leg=%s text=%r", session.uuid, text)
