"""``execute_extension extension [dialplan] [context]``: run another extension's actions, then come back."""

from __future__ import annotations

from eslapp.softswitch.dialplan import hunt
from eslapp.softswitch.execute import execute
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = data.split()
    if not words:
        return
    name = words[2] if len(words) > 2 else session.profile.context
    context = session.switch.conf.contexts.get(name)
    if context is None:
        return

    def lookup(field: str) -> str | None:
        return words[0] if field == "destination_number" else session.get(field)

    for action in hunt(context, lookup).actions:
        if not session.is_ready:
            break
        await execute(session, action.application, action.data)
