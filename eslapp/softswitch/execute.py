"""Runs one dialplan application on a channel, with its events before and after.

Owns: CHANNEL_EXECUTE and CHANNEL_EXECUTE_COMPLETE, argument expansion, the implied early media, unknown applications.
Not here: the applications (``apps/``), what a channel runs next (``lifecycle.py``, ``waiting.py``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eslapp.softswitch import apps
from eslapp.softswitch.hooks import settle
from eslapp.softswitch.legs import open_early_media
from eslapp.softswitch.profile import Header
from eslapp.softswitch.session_events import fire

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

log = logging.getLogger(__name__)
MAX_DEPTH = 50  # applications inside applications
MAX_LOG = 200


async def execute(session: Session, name: str, data: str = "", *, uuid: str = "", uuid_name: str = "") -> None:
    """Run ``name``. An application nobody knows hangs the call up with DESTINATION_OUT_OF_ORDER, as FreeSWITCH does."""
    app = apps.find(name)
    if app is None or session.depth >= MAX_DEPTH:
        log.warning("application-unknown name=%r leg=%s", name, session.uuid)
        session.hangup("DESTINATION_OUT_OF_ORDER")
        return
    if not session.is_up and not app.runs_after_hangup:
        return
    if app.needs_media and not session.is_media_ready:
        open_early_media(session)
        if not session.is_ready:
            return
    name, data = app.name, session.expand(data)
    uuid = uuid or session.switch.new_uuid()
    ids: list[Header] = [("Application-UUID", uuid), ("Application-UUID-Name", uuid_name)]
    what: list[Header] = [("Application", name), ("Application-Data", data)]
    variables = session.variables
    variables.set("current_application", name)
    variables.assign("current_application_data", data)
    variables.set("current_application_response", None)
    session.app_log.append((name, data))
    del session.app_log[:-MAX_LOG]
    fire(session, "CHANNEL_EXECUTE", after=[*what, *ids])
    variables.set("current_application", name)
    await _run(session, app, data)
    response = variables.text("current_application_response", "_none_")
    fire(session, "CHANNEL_EXECUTE_COMPLETE", after=[*what, ("Application-Response", response), *ids])


async def _run(session: Session, app: apps.App, data: str) -> None:
    session.depth += 1
    try:
        await app.run(session, data)
    except Exception:
        log.exception("application-failed name=%s leg=%s", app.name, session.uuid)
        session.hangup("DESTINATION_OUT_OF_ORDER")
    finally:
        session.depth -= 1
    await settle(session)
