"""``log [level] text``: a line in the log, for the controllers that hear it."""

from __future__ import annotations

import logging

from eslapp.softswitch.loglines import DEBUG, level_of
from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True
log = logging.getLogger(__name__)


async def run(session: Session, data: str) -> None:
    """See the module; control characters do not reach our own log."""
    word, blank, rest = data.partition(" ")
    level = level_of(word) if blank else None
    text = data if level is None else rest
    level = DEBUG if level is None else level
    log.debug("dialplan-log leg=%s level=%d text=%r", session.uuid, level, text)
    where = {"file": "mod_dptools.c", "function": "log_function", "line": 1865}
    session.switch.log_lines.write(level, text, session.uuid, **where)
