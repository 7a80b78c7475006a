"""Files that come with a contact's words: their rows, and how the message names them.

Not here: fetching them (``webhooks.media_worker``), the message itself (``inbox_worker``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eslapp.ids import IdSource
from eslapp.store.media import Media

if TYPE_CHECKING:
    from eslapp.services.inbox_worker import Inbound, Source


def files_of(inbound: Inbound, source: Source, ids: IdSource, at: float) -> list[Media]:
    """A row for each attachment that has something to fetch; its message is filled in by ``Chats``."""
    return [
        Media(
            id=ids(),
            message="",
            place=place,
            channel=source.type,
            account=source.account,
            direction="in",
            kind=one.kind,
            ref=one.ref,
            name=one.name,
            content_type=one.content_type,
            due_at=at,
            added_at=at,
        )
        for place, one in enumerate(inbound.attachments)
        if one.ref
    ]


def attachments_of(inbound: Inbound, files: Sequence[Media]) -> tuple[dict[str, Any], ...]:
    """The attachments as the message keeps them, with the ids of their files; then the name of an event with words."""
    ids = {one.place: one.id for one in files}
    kept = [
        {"kind": one.kind, "media": ids.get(place, ""), "name": one.name, "facts": dict(one.facts)}
        for place, one in enumerate(inbound.attachments)
    ]
    if str(inbound.kind) == "event" and inbound.text:
        kept.append({"kind": "event", "media": "", "name": "", "facts": {"name": inbound.event}})
    return tuple(kept)
