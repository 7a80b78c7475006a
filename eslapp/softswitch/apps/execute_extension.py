"""``execute_extension extension [dialplan] [context]``: run another extension's actions, then come back."""

from __future__ import annotations

from eslapp.softswitch.dialplan import Action, hunt
from eslapp.softswitch.execute import execute
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Session


async def run(session: Session, data: str) -> None:
    """See the module; what it runs finds further extensions in the dialplan it was found in itself."""
    words = separate(data, limit=4)
    if not words:
        return
    extension, dialplan, context = [*words, "", ""][:3]
    before, session.hunted_in = session.hunted_in, dialplan or session.hunted_in
    try:
        for action in _actions(session, extension, context):
            if not session.is_ready:
                break
            await execute(session, action.application, action.data)
    finally:
        session.hunted_in = before


def _actions(session: Session, extension: str, name: str) -> list[Action]:
    if (session.hunted_in or session.profile.dialplan).lower() == "inline":
        return session.switch.inline_actions(extension)
    context = session.switch.conf.contexts.get(name or session.profile.context)

    def lookup(field: str) -> str | None:
        return extension if field == "destination_number" else session.get(field)

    return list(hunt(context, lookup).actions) if context is not None else []
